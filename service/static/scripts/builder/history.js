// What was changed, so that it can be taken back.

const MOST = 200;

/** The document as it is now, as it was, and as it was before something was taken back. */
export class History {
  constructor(document) {
    this.now = document;
    this.past = [];
    this.future = [];
    this.tag = null;
  }

  /** A new document. Changes of the same `tag` one after another, such as letters typed into a field, are one. */
  change(document, tag = null) {
    if (document === this.now) return false;
    if (tag === null || tag !== this.tag) this.past = [...this.past.slice(1 - MOST), this.now];
    this.tag = tag;
    this.now = document;
    this.future = [];
    return true;
  }

  undo() {
    return this.step(this.past, this.future);
  }

  redo() {
    return this.step(this.future, this.past);
  }

  step(from, to) {
    if (!from.length) return false;
    to.push(this.now);
    this.now = from.pop();
    this.tag = null;
    return true;
  }
}
