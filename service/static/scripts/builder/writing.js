// JSON as people read it, and where a text stops being JSON.

import { _ } from "../text.js";

const WIDTH = 64;

/** A value as JSON: what is short stays in one line, so that a layer is a line. */
export function written(value, indent = "") {
  const line = inline(value);
  if (line.length + indent.length <= WIDTH || value === null || typeof value !== "object") return line;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => inner + written(item, inner))
    : Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${written(item, inner)}`);
  if (!parts.length) return line;
  return `${isList ? "[" : "{"}\n${parts.join(",\n")}\n${indent}${isList ? "]" : "}"}`;
}

function inline(value) {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${inline(item)}`);
  return `{${members.join(", ")}}`;
}

/**
 * The value of a text: `{value}`, or `{wrong: {index, line, column, detail}}`. Browsers tell the place of an
 * error each in its own way, or not at all; so it is looked for here.
 */
export function read(text) {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const { index, detail } = new Scanner(text).run();
    const before = text.slice(0, index).split("\n");
    return { wrong: { index, line: before.length, column: before.at(-1).length + 1, detail } };
  }
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** Goes through a text that is not JSON until it stops being JSON. */
class Scanner {
  constructor(text) {
    this.text = text;
    this.index = 0;
  }

  run() {
    try {
      this.value();
      this.blank();
      if (this.index < this.text.length) this.fail(_("Something stands after the end."));
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      return { index: this.index, detail: error.message };
    }
    return { index: this.text.length, detail: _("This is not JSON.") };
  }

  value() {
    this.blank();
    const next = this.text[this.index];
    if (next === "{") this.members("}", () => this.member());
    else if (next === "[") this.members("]", () => this.value());
    else if (![STRING, NUMBER, WORD].some((pattern) => this.eat(pattern))) this.fail(this.odd(next));
  }

  members(end, one) {
    this.index += 1;
    this.blank();
    if (this.text[this.index] === end) {
      this.index += 1;
      return;
    }
    for (;;) {
      one();
      this.blank();
      const next = this.text[this.index];
      if (next !== "," && next !== end) this.fail(_("Here a comma or %(end)s is missing.", { end }));
      this.index += 1;
      if (next === end) return;
    }
  }

  member() {
    this.blank();
    if (!this.eat(STRING)) this.fail(_("Here a name in double quotes is missing."));
    this.blank();
    if (this.text[this.index] !== ":") this.fail(_("Here a colon is missing."));
    this.index += 1;
    this.value();
  }

  odd(next) {
    if (next === undefined) return _("The end is missing.");
    if (next === "'") return _("Texts stand in double quotes.");
    if (next === '"') return _("This text does not end, or holds what a text cannot.");
    return _("Here a value is missing.");
  }

  eat(pattern) {
    pattern.lastIndex = this.index;
    const found = pattern.test(this.text);
    if (found) this.index = pattern.lastIndex;
    return found;
  }

  blank() {
    while (" \t\n\r".includes(this.text[this.index] ?? "x")) this.index += 1;
  }

  fail(detail) {
    throw new Stop(detail);
  }
}

class Stop extends Error {}
