// One control for one value of JSON. What is typed and makes no sense is kept as a text, so that the check says what
// is wrong with it, at its place, and nothing is lost.

import { element } from "../elements.js";
import { _ } from "../text.js";
import { same } from "./pointers.js";
import { fallback } from "./schemas.js";
import { written } from "./writing.js";

const OTHER = "other";
const NONE = "none";

/** `{node, show(value)}`: a control of a kind (of `schemas.js`). `onvalue(undefined)` is: nothing is said. */
export function control(kind, { id, onvalue, disabled = false }) {
  const make = { flag, choice }[kind.kind] ?? typed;
  return make(kind, { id, disabled }, onvalue);
}

/** The value that a text in such a field means. */
export function valueOf(kind, text) {
  const said = text.trim();
  if (said === "") return undefined;
  if (said === "null" && kind.nullable) return null;
  if (kind.kind === "text") return text;
  if (kind.kind === "number") return numeric(said) ?? text;
  return (kind.kind === "list" ? listed(kind, said) : undefined) ?? parsed(said) ?? text;
}

function typed(kind, attributes, onvalue) {
  const numbers = kind.kind === "number";
  const input = element("input", {
    ...attributes,
    inputmode: numbers ? (kind.whole && !(kind.least < 0) ? "numeric" : "decimal") : null,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: text(kind, fallback(kind)),
    oninput: () => onvalue(valueOf(kind, input.value)),
  });
  if (numbers) input.addEventListener("keydown", (event) => step(event, kind, input, onvalue));
  return {
    node: input,
    show(value) {
      // What is being typed stays as it is typed, as long as it means the same: `0.` on the way to `0.5`.
      if (!same(valueOf(kind, input.value), value)) input.value = value === undefined ? "" : text(kind, value);
    },
  };
}

function choice(kind, attributes, onvalue) {
  const usual = fallback(kind);
  const first = kind.required ? _("choose …") : usual === "" ? _("none") : _("%(value)s (default)", { value: usual });
  const others = kind.options.filter((option) => option !== usual);
  const select = element(
    "select",
    { ...attributes, onchange: () => onvalue(select.value === NONE ? null : others.find((option) => String(option) === select.value)) },
    element("option", { value: "" }, first),
    kind.nullable && usual !== "" && element("option", { value: NONE }, _("none")),
    others.map((option) => element("option", { value: option }, option)),
  );
  // What is said and is none of them; the others stay as they are, or typing their names would begin anew.
  const other = element("option", { value: OTHER, disabled: true });
  return {
    node: select,
    show(value) {
      const isKnown = value === undefined || value === null || others.includes(value) || value === usual;
      if (isKnown) other.remove();
      else select.append(other);
      other.textContent = isKnown ? "" : text(kind, value);
      const shown = !isKnown ? OTHER : value === null && usual !== "" ? NONE : value === usual ? "" : String(value ?? "");
      // Setting it, even to what it is, would end the word that somebody is typing to find an option.
      if (select.value !== shown) select.value = shown;
    },
  };
}

function flag(kind, attributes, onvalue) {
  const input = element("input", {
    ...attributes,
    type: "checkbox",
    onchange: () => onvalue(input.checked === kind.fallback ? undefined : input.checked),
  });
  return {
    node: input,
    show(value) {
      input.checked = value === undefined ? Boolean(kind.fallback) : value === true;
      input.indeterminate = value !== undefined && typeof value !== "boolean";
    },
  };
}

/** The arrow keys count up and down. */
function step(event, kind, input, onvalue) {
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const from = numeric(input.value.trim() || String(fallback(kind)));
  if (!by || from === undefined || event.altKey) return;
  event.preventDefault();
  const size = kind.whole ? 1 : 10 ** Math.floor(Math.log10(Math.abs(from) || 1));
  const next = Number((from + by * size).toPrecision(6));
  input.value = String(Math.min(kind.most ?? Infinity, Math.max(kind.least ?? -Infinity, next)));
  onvalue(valueOf(kind, input.value));
}

function numeric(said) {
  const value = Number(/^[^,]*,[^,]*$/.test(said) ? said.replace(",", ".") : said);
  return said !== "" && Number.isFinite(value) ? value : undefined;
}

/** `3` is a number where one may stand alone, `3, 5` and `3 × 5` are lists. */
function listed(kind, said) {
  const parts = said.replace(/^\[|\]$/g, "").split(/[\s,;×x]+/).filter(Boolean).map(Number);
  if (!parts.length || !parts.every(Number.isFinite)) return undefined;
  return parts.length === 1 && kind.alone && !said.startsWith("[") ? parts[0] : parts;
}

function parsed(said) {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

function text(kind, value) {
  if (kind.kind === "list" && Array.isArray(value)) return value.join(", ");
  if (typeof value === "string") return value;
  return written(value).replace(/\s+/g, " ");
}
