// What the check has to say: errors, which must be mended, and warnings, each with what may be done about it.

import { element, fill } from "../elements.js";
import { _ } from "../text.js";
import { path } from "./pointers.js";

let count = 0;

/** The faults of an answer of the check, each with its `way` in the document. Errors are `bad`. */
export function faultsOf(answer, bad) {
  return answer.map((fault) => ({ ...fault, bad, way: path(fault.pointer) }));
}

/** Those at a place and beneath it, with the way that is left from there. */
export function within(faults, way) {
  return faults
    .filter((fault) => way.every((part, index) => fault.way[index] === String(part)))
    .map((fault) => ({ ...fault, way: fault.way.slice(way.length) }));
}

/** A place for notes, which is redrawn only if there is something else to say: `show(faults)`. */
export class Notes {
  constructor(mend, { quiet = false } = {}) {
    count += 1;
    this.mend = mend;
    this.said = "[]";
    this.quiet = quiet;
    this.node = element("div", { class: "notes", id: `notes-${count}`, hidden: true });
  }

  show(faults) {
    const said = JSON.stringify(faults);
    if (said === this.said) return;
    this.said = said;
    this.node.hidden = !faults.length;
    fill(this.node, faults.map((fault) => this.note(fault)));
  }

  note(fault) {
    const { suggestion, bad, way } = fault;
    return element(
      "div",
      { class: bad ? "note bad" : "note warn" },
      element("p", {}, element("strong", {}, bad ? _("Error") : _("Warning")), _(":"), " ", place(way, this.quiet), fault.detail),
      suggestion?.patch?.length
        ? element("button", { type: "button", onclick: () => this.mend(fault) }, suggestion.detail)
        : suggestion && element("p", { class: "hint" }, suggestion.detail),
    );
  }
}

function place(way, quiet) {
  return !quiet && way.length > 0 && [element("code", {}, way.join(".")), " – "];
}
