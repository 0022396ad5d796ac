// The first steps, while the second is under way: how far the training is, and that the third can be taken.

import { watch } from "./api.js";
import { fill, find } from "./elements.js";
import * as telling from "./jobs/telling.js";
import { _ } from "./text.js";

/** Follows the job of the second step, if there is one. */
export function follow() {
  const bar = document.querySelector("#far");
  if (!bar) return;
  watch(`/v1/jobs/${bar.dataset.job}`, (job) => {
    bar.value = telling.done(job);
    fill(find("#told"), told(job));
    if (job.status === "queued" || job.status === "running") return true;
    if (job.model) ready(job.model);
    // What went wrong, and how to begin again, the server tells.
    else location.reload();
    return false;
  }, { every: 500 });
}

function told(job) {
  if (job.queue) return telling.waiting(job.queue);
  return [telling.progress(job), telling.left(job)].filter(Boolean).join(". ") || telling.state(job);
}

function ready(model) {
  const [train, next] = [find("#step-train"), find("#step-try")];
  train.className = "done";
  fill(find(".mark", train), "✓");
  fill(find(".done-word", train), _("Done"));
  next.className = "now";
  find("[name=model]", next).value = model.id;
  find("[name=version]", next).value = model.version;
  const button = find("button", next);
  button.disabled = false;
  fill(find("#news"), _("It has learned. Now try it."));
  // Whoever waits for it is led on; whoever does something else meanwhile is left alone.
  if (document.activeElement === document.body) button.focus();
}
