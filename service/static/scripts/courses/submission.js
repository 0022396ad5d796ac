// A submission's page, live: its training goes on, and then it is scored.

import { get, Problem } from "../api.js";
import { element, fill, find } from "../elements.js";
import { curves } from "../jobs/curves.js";
import { drawing } from "../jobs/drawing.js";
import { print, table } from "../jobs/figures.js";
import { batched, ended, follow } from "../jobs/story.js";
import * as telling from "../jobs/telling.js";
import { _, ngettext, number } from "../text.js";
import { deliver, delivering } from "./passback.js";

const page = find("#submission");
const { submission: id, job: job_id, assignment, lines } = page.dataset;
// A retry is soon enough for what an answer that got lost would have said.
const AGAIN = 2000;
const path = `/v1/assignments/${assignment}`;
const live = (name) => page.querySelector(`[data-live="${name}"]`);

const epochs = [];
const charts = curves(find("#charts"));
const drawEpochs = batched(() => {
  charts.draw(epochs);
  table(epochs);
});

follow(job_id, { epochs: 0, lines: Number(lines) }, {
  job: show,
  epochs(found) {
    epochs.push(...found);
    drawEpochs();
  },
  lines: print,
});

/** How the training goes. */
function show(job) {
  live("status").className = `status ${job.status}`;
  say("status", telling.state(job));
  say("queue", job.queue ? telling.waiting(job.queue) : "");
  say("begins", job.queue ? telling.begins(job.queue) : "");
  say("progress", telling.progress(job));
  say("left", telling.left(job));
  live("done").value = telling.done(job);
  live("done").hidden = job.status === "queued";
  if (ended(job)) settle();
}

/** What it is worth, once it is over. */
async function settle() {
  try {
    const [submission, { mine }] = await Promise.all([get(`/v1/submissions/${id}`), get(path)]);
    worth(submission, mine?.submission === id);
    if (mine) deliver(mine.passback, path);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    setTimeout(settle, AGAIN);
  }
}

function worth({ score, penalty, days_late: days, public: metrics, model, error, superseded, counted }, counts) {
  say("score", number(score));
  live("penalty").hidden = !penalty;
  if (penalty) {
    const points = number(penalty);
    say("penalty", ngettext("%(points)s taken off for one day late", "%(points)s taken off for %(num)s days late", days, { points }));
  }
  live("counts").hidden = !counts;
  const choose = live("choose");
  if (choose) choose.hidden = counts || score === null;
  live("error").hidden = !error || superseded;
  say("message", error?.message ?? "");
  say("hint", error?.hint ?? "");
  live("superseded").hidden = !superseded;
  live("uncounted").hidden = counted;
  if (model) {
    const label = _("Version %(version)s: try it", { version: model.version });
    fill(live("model"), element("a", { href: `/models/${model.id}/versions/${model.version}` }, label));
  }
  live("public").hidden = !metrics;
  fill(live("metrics"), Object.entries(metrics ?? {}).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, number(value)))));
}

/** A text, changed only where it differs: what has not changed is not read out again. */
function say(name, text) {
  if (live(name).textContent !== text) live(name).textContent = text;
}

drawing(find("#picture"));
delivering(path);
const log = find("#log");
log.scrollTop = log.scrollHeight;
