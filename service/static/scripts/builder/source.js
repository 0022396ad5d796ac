// The document as a text. It is what one typed as long as one types; what is no JSON says where.

import { element, fill } from "../elements.js";
import { _ } from "../text.js";
import { isObject } from "./pointers.js";
import { read, written } from "./writing.js";

/** `edit(document)` is told what the text means, `broken(is)` whether it means anything. */
export class Source {
  constructor({ edit, broken, keep }) {
    Object.assign(this, { edit, broken, keep, isBroken: false });
    this.area = element("textarea", {
      id: "source", class: "code", spellcheck: "false", autocomplete: "off", autocapitalize: "off", rows: 24,
      "aria-describedby": "source-wrong", oninput: () => this.typed(),
    });
    this.wrong = element("div", { id: "source-wrong", class: "notes" });
    this.node = element(
      "div",
      { class: "stack" },
      element("label", { for: "source" }, _("All of the job, as JSON")),
      this.wrong,
      this.area,
    );
  }

  get text() {
    return this.area.value;
  }

  /** The text of a document that was changed elsewhere. */
  show(document) {
    this.area.value = written(document);
    this.last = document;
    this.judge(null);
  }

  /** A text as it was left, JSON or not. */
  restore(text) {
    this.area.value = text;
    this.typed();
  }

  typed() {
    const { value, wrong } = read(this.text);
    if (!wrong && isObject(value)) {
      this.last = value;
      this.judge(null);
      this.edit(value);
    } else {
      this.judge(wrong ?? { index: 0, line: 1, column: 1, detail: _("A job is an object: it begins with {.") });
    }
    this.keep();
  }

  judge(wrong) {
    this.isBroken = wrong !== null;
    this.area.setAttribute("aria-invalid", String(this.isBroken));
    fill(this.wrong, wrong && this.note(wrong));
    this.broken(this.isBroken);
  }

  note({ index, line, column, detail }) {
    const place = _("Line %(line)s, column %(column)s:", { line, column });
    return element(
      "div",
      { class: "note bad" },
      element("p", {}, element("strong", {}, place), " ", detail),
      element(
        "div",
        { class: "row" },
        element("button", { type: "button", onclick: () => this.go(index) }, _("Go there")),
        element("button", { type: "button", onclick: () => this.back() }, _("Back to the last that could be read")),
      ),
    );
  }

  go(index) {
    this.area.focus();
    this.area.setSelectionRange(index, index + 1);
  }

  back() {
    this.show(this.last);
    this.keep();
    this.area.focus();
  }
}
