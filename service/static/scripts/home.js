// The first page, live: what runs, what waits, what has ended, and how busy the workers are.

import { watch } from "./api.js";
import { element, fill, find } from "./elements.js";
import { follow } from "./first.js";
import * as telling from "./jobs/telling.js";
import { _, ngettext, number, whole } from "./text.js";

const FEW = 6;
const EVERY = 2000;

/** Lines for jobs, kept where they are as long as their jobs are: whoever is on a link stays on it. */
function show(list, jobs, more) {
  const known = new Map([...list.children].map((line) => [line.dataset.job, line]));
  const lines = jobs.map((job) => update(known.get(job.id) ?? line(job), job));
  const same = lines.length === list.children.length && lines.every((one, at) => one === list.children[at]);
  if (!same) fill(list, lines);
  const card = list.parentElement;
  find(".none", card).hidden = jobs.length > 0;
  find(".more", card).hidden = !more;
}

function line(job) {
  return element("li", { "data-job": job.id },
    element("a", { class: "named", href: `/jobs/${job.id}` }, job.name),
    element("span"),
    element("span", { class: "told quiet" }));
}

function update(node, job) {
  const word = node.children[1];
  word.className = `status ${job.status}`;
  fill(word, telling.state(job));
  fill(find(".told", node), told(job));
  let bar = node.querySelector("progress");
  if (job.status === "running") {
    if (!bar) node.append((bar = element("progress", { max: 1, "aria-label": _("Progress") })));
    bar.value = telling.done(job);
  } else bar?.remove();
  if (job.model && !node.querySelector(".made")) {
    const made = telling.made(job.model, _("Model %(name)s, version %(version)s", job.model));
    made.classList.add("made");
    node.append(made);
  }
  return node;
}

function told(job) {
  if (job.queue) return telling.waiting(job.queue);
  if (job.error) return job.error.message;
  if (job.status === "running") return telling.progress(job);
  return telling.few(job.metrics).map(([name, value]) => `${name} ${number(value)}`).join(", ");
}

function workers({ data }) {
  const slots = data.reduce((sum, worker) => sum + worker.slots, 0);
  const busy = data.reduce((sum, worker) => sum + worker.busy, 0);
  const bar = find("#taken");
  [bar.max, bar.value] = [Math.max(1, slots), busy];
  fill(find("#busy"), ngettext("%(busy)s of %(num)s place for jobs taken", "%(busy)s of %(num)s places for jobs taken", slots, { busy: whole(busy) }));
}

for (const [id, status] of [["running", "running"], ["waiting", "queued"]]) {
  watch(`/v1/jobs?status=${status}&limit=${FEW}`, ({ data, has_more: more }) => show(find(`#${id}`), data, more), { every: EVERY });
}
watch(`/v1/jobs?limit=${4 * FEW}`, ({ data }) => {
  const ended = data.filter((job) => !["queued", "running"].includes(job.status));
  show(find("#results"), ended.slice(0, FEW), ended.length >= FEW);
}, { every: EVERY });
if (document.querySelector("#busy")) watch("/v1/workers", workers, { every: EVERY });
follow();
