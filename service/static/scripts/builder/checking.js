// Asks the check about the document as it is now: soon after the last change, and never about an old one.

import { Problem } from "../api.js";

const SOON = 250;

/**
 * `ask(document)`; `show(verdict)` is told `{document, checked, errors, warnings, failure}`: `checked` is null
 * where there are errors, `failure` a sentence if there was no answer at all.
 */
export class Checking {
  constructor(check, show) {
    Object.assign(this, { check, show, timer: null, asked: null, document: null });
  }

  ask(document, wait = SOON) {
    this.document = document;
    this.asked?.abort();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), wait);
  }

  async now() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const asked = new AbortController();
    const { document } = this;
    this.asked = asked;
    const verdict = await this.verdict(document, asked.signal);
    if (verdict && this.asked === asked) this.show({ document, ...verdict });
  }

  async verdict(document, signal) {
    const nothing = { checked: null, errors: [], warnings: [], failure: null };
    try {
      const checked = await this.check(document, { signal });
      return { ...nothing, checked, warnings: checked.warnings };
    } catch (error) {
      if (error.name === "AbortError") return null;
      if (!(error instanceof Problem)) throw error;
      if (error.errors.length) return { ...nothing, errors: error.errors };
      return { ...nothing, failure: error.status ? error.message : null, lost: error.status === 0 };
    }
  }
}
