// A row of the list of jobs: what `templates/jobs/parts.html` writes.

import { element } from "../elements.js";
import { _, number } from "../text.js";
import * as telling from "./telling.js";

/** The cells of a job's row. */
export function cells(job) {
  return [
    element("td", { class: "pick" }, element("label", {}, element("input", { type: "checkbox", name: "job", value: job.id }), element("span", { class: "unseen" }, _("Compare %(name)s, %(id)s", { name: job.name, id: job.id })))),
    element("td", { class: "name" }, element("a", { class: "named", href: `/jobs/${job.id}` }, job.name), element("span", { class: "code quiet block" }, job.id), Object.entries(job.tags).map(tag)),
    element("td", {}, status(job)),
    element("td", {}, result(job)),
    element("td", { class: "extra" }, element("a", { class: "named", href: `/datasets/${job.dataset.id}` }, job.dataset.name)),
    element("td", { class: "extra" }, telling.when(job.created_at, { span: true })),
    element("td", { class: "extra number" }, telling.took(job)),
  ];
}

function tag([key, value]) {
  return [" ", element("span", { class: "tag named" }, value ? `${key}: ${value}` : key)];
}

function status(job) {
  const word = element("span", { class: `status ${job.status}` }, telling.state(job));
  const beneath = (...text) => element("span", { class: "quiet block" }, text);
  if (job.queue) {
    return [word, beneath(telling.waiting(job.queue)), beneath(telling.begins(job.queue))];
  }
  if (job.error) return [word, beneath(job.error.message)];
  const bar = element("progress", { max: 1, value: telling.done(job), "aria-label": _("Progress") });
  return [word, beneath(telling.progress(job)), job.status === "running" && bar];
}

function result(job) {
  const metrics = telling.few(job.metrics).map(([name, value]) =>
    element("span", { class: "metric" }, element("span", { class: "quiet" }, name), " ", number(value)));
  if (!job.model) return metrics;
  const label = _("Model %(name)s, version %(version)s", { name: job.model.name, version: job.model.version });
  const link = telling.made(job.model, label);
  link.classList.add("block");
  return [...metrics, link];
}
