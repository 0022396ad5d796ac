// What there is to say of a job: what `service/pages/telling.py` says of it when a page is written.

import { element } from "../elements.js";
import { _, duration, since, time, whole } from "../text.js";

const FEW = 2;

/** A status. */
export function status(word) {
  const known = {
    queued: _("queued"),
    running: _("running"),
    succeeded: _("succeeded"),
    failed: _("failed"),
    cancelled: _("cancelled"),
  };
  return known[word];
}

/** Its status, and whether it is about to change. */
export function state(job) {
  return job.status === "running" && job.cancel_requested ? _("being cancelled") : status(job.status);
}

/** Why it waits, or for how many others. */
export function waiting(queue) {
  if (queue.reason) {
    const known = {
      "no worker is there": _("Waits for a worker: there is none."),
      "no worker takes jobs for a CPU": _("Waits for a worker with a CPU for jobs: there is none."),
      "no worker has a GPU": _("Waits for a GPU: no worker has one."),
    };
    return known[queue.reason] ?? _("Waits: %(reason)s.", { reason: queue.reason });
  }
  if (queue.position === 1) return _("Next in the queue");
  return _("Number %(place)s in the queue", { place: whole(queue.position) });
}

/** When it may begin, if that can be guessed. */
export function begins({ estimated_start: start }) {
  if (!start) return "";
  const seconds = Math.round((new Date(start) - Date.now()) / 1000);
  return seconds <= 0 ? _("Begins any moment") : _("Begins in about %(time)s", { time: duration(seconds) });
}

/** How far it is. */
export function progress({ progress: told }) {
  if (!told) return "";
  return _("Epoch %(epoch)s of %(epochs)s", { epoch: whole(told.epoch), epochs: whole(told.epochs) });
}

/** How long the training may still take, while it runs. */
export function left({ status: word, progress: told }) {
  if (word !== "running" || !told) return "";
  if (told.eta_seconds <= 0) return _("Trained; it is tested and stored.");
  return _("About %(time)s left", { time: duration(told.eta_seconds) });
}

/** The share of its steps that are done, from 0 to 1. */
export function done({ status: word, progress: told }) {
  if (word === "succeeded") return 1;
  if (!told) return 0;
  return (told.epoch - 1 + told.step / Math.max(1, told.steps)) / Math.max(1, told.epochs);
}

/** How long it took from its beginning to its end. */
export function took({ started_at: began, finished_at: ended }) {
  return began && ended ? duration((new Date(ended) - new Date(began)) / 1000) : "–";
}

/** The first metrics, of held-back rows where there are such: `[[name, value]]`. */
export function few(metrics) {
  const names = Object.keys(metrics).filter((name) => !name.startsWith("val_")).slice(0, FEW);
  return names.map((name) => (`val_${name}` in metrics ? `val_${name}` : name)).map((name) => [name, metrics[name]]);
}

/** A time, which goes on being told rightly: `frame.js` looks after it. */
export function when(at, { span = false } = {}) {
  return element("time", { datetime: at, "data-since": span, title: time(at) }, span ? since(at) : time(at));
}

/** The model version that a job made. */
export function made({ id, name, version }, label = _("%(name)s, version %(version)s", { name, version })) {
  return element("a", { class: "named", href: `/models/${id}/versions/${version}` }, label);
}
