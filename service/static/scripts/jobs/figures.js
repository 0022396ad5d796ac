// The last epochs as a table, and the log: what the pages of a job and of a submission show of a training.

import { element, fill, find } from "../elements.js";
import { _, number, whole } from "../text.js";

const SHOWN = 50;
const MOST_BATCHES = 400;

/** The last of the epochs, the newest first, in `#epochs`. */
export function table(epochs) {
  const names = Object.keys(epochs.at(-1).metrics);
  const head = (label) => element("th", { scope: "col", class: "number" }, label);
  const cell = (value) => element("td", { class: "number" }, number(value));
  find("#no-epochs").hidden = true;
  fill(find("#epochs"),
    element("thead", {}, element("tr", {}, head(_("Epoch")), names.map(head), head(_("Learning rate")), head(_("Seconds")))),
    element("tbody", {}, epochs.slice(-SHOWN).reverse().map((one) => element("tr", {},
      element("th", { scope: "row", class: "number" }, whole(one.epoch)),
      names.map((name) => cell(one.metrics[name])), cell(one.learning_rate), cell(one.seconds)))));
}

/** Adds lines to the log, `#log`, and stays at its end unless somebody has scrolled up to read. */
export function print(lines) {
  const log = find("#log");
  const following = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  find("#no-lines").hidden = true;
  log.append(lines.map(({ line }) => `${line}\n`).join(""));
  while (log.childNodes.length > MOST_BATCHES) log.firstChild.remove();
  if (following) log.scrollTop = log.scrollHeight;
}
