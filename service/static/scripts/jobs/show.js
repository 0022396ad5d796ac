// A job's page, live.

import { Problem, send } from "../api.js";
import { element, fill, find } from "../elements.js";
import { _, number } from "../text.js";
import { curves } from "./curves.js";
import { drawing } from "./drawing.js";
import { print, table } from "./figures.js";
import { batched, ended, follow } from "./story.js";
import * as telling from "./telling.js";

const page = find("#job");
const id = page.dataset.job;
const live = (name) => page.querySelector(`[data-live="${name}"]`);

const epochs = [];
const charts = curves(find("#charts"));
const drawEpochs = batched(() => {
  charts.draw(epochs);
  if (page.dataset.lastEpochs === "1") table(epochs);
  live("rate").textContent = number(epochs.at(-1).learning_rate);
});

const seen = { epochs: 0, lines: Number(page.dataset.lines) };
const story = () => follow(id, seen, {
  job: show,
  epochs(found) {
    epochs.push(...found);
    drawEpochs();
  },
  lines: page.dataset.lastLines === "1" ? print : undefined,
});
let following = story();

/** What a job is like now. */
function show(job) {
  const over = ended(job);
  live("status").className = `status ${job.status}`;
  say("status", telling.state(job));
  say("queue", job.queue ? telling.waiting(job.queue) : "");
  say("begins", job.queue ? telling.begins(job.queue) : "");
  say("progress", telling.progress(job));
  say("left", telling.left(job));
  live("done").value = telling.done(job);
  live("done").hidden = job.status === "queued";
  live("error").hidden = !job.error;
  say("message", job.error?.message ?? "");
  say("hint", job.error?.hint ?? "");
  fill(live("model"), job.model ? telling.made(job.model) : "–");
  fill(live("started"), job.started_at ? telling.when(job.started_at) : "–");
  fill(live("finished"), job.finished_at ? telling.when(job.finished_at) : "–");
  say("took", telling.took(job));
  fill(live("transitions"), job.transitions.map(moved));
  say("plan", JSON.stringify({ plan: job.plan, environment: job.environment }, null, 2));
  allow("cancel", !over && !job.cancel_requested);
  allow("retry", ["failed", "cancelled"].includes(job.status) && (job.error?.retryable ?? true));
  find("#delete").hidden = !over;
}

/** A text, changed only where it differs: what has not changed is not read out again. */
function say(name, text) {
  if (live(name).textContent !== text) live(name).textContent = text;
}

function moved(one) {
  const cell = (value, name) => element("td", { class: name }, value ?? "–");
  return element("tr", {},
    element("td", {}, element("span", { class: `status ${one.status}` }, telling.status(one.status))),
    element("td", {}, telling.when(one.at)),
    cell(one.attempt, "number"), cell(one.worker, "named"), cell(one.reason, "named"));
}

/** Shows what can be done, without leaving somebody whose button goes away in the middle of nowhere. */
function allow(does, can) {
  const form = find(`[data-does="${does}"]`);
  const within = form.contains(document.activeElement);
  form.hidden = !can;
  if (!can && within) find("#state").focus();
}

/** What the buttons do, without leaving the page; each form does the same where this script does not run. */
async function act(event) {
  const does = event.target.dataset.does;
  if (does !== "cancel" && does !== "retry") return;
  event.preventDefault();
  const trouble = find("#trouble");
  trouble.hidden = true;
  try {
    const job = await send("POST", `/v1/jobs/${id}/${does}`);
    show(job);
    if (does === "retry") following = story();
    else following.now();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    trouble.textContent = error.status ? error.message : _("The service does not answer. Try it again.");
    trouble.hidden = false;
  }
}

addEventListener("submit", act);
drawing(find("#picture"));
const log = find("#log");
log.scrollTop = log.scrollHeight;
