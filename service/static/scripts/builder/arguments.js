// The fields for what a layer takes: the common ones first, the others folded away.

import { element } from "../elements.js";
import { _, number } from "../text.js";
import { control } from "./controls.js";
import { Notes, within } from "./notes.js";
import { isObject, put } from "./pointers.js";
import { kindOf } from "./schemas.js";
import { COMMON, fresh, meaning } from "./words.js";

// A list has no branches, and there is one order of the channels.
const HIDDEN = new Set(["inputs", "data_format"]);
const LATE = ["trainable", "activity_regularizer", "name"];

/** Fields for a layer's arguments: `show(layer)`, and `tell(faults)`, which answers those that found no field. */
export class Arguments {
  /** `change(name, value)` is told what is typed; `types` are the catalogue's, by their names. */
  constructor(entry, layer, { id, change, mend, types, disabled }) {
    Object.assign(this, { id, change, mend, types, disabled, fields: new Map() });
    const { properties = {}, required = [] } = entry.arguments;
    const names = Object.keys(properties).filter((name) => !HIDDEN.has(name));
    const isFirst = (name) => required.includes(name) || COMMON.has(name) || Object.hasOwn(layer, name);
    const make = (name) => this.field(name, kindOf(properties[name], required.includes(name)));
    const rest = [...names.filter((name) => !LATE.includes(name)), ...LATE.filter((name) => names.includes(name))];
    this.fold = element(
      "details",
      { class: "more" },
      element("summary", {}, _("More arguments")),
      element("div", { class: "arguments" }, rest.filter((name) => !isFirst(name)).map(make)),
    );
    const first = names.filter(isFirst).sort((one, other) => required.includes(other) - required.includes(one));
    this.node = element("div", {}, first.length > 0 && element("div", { class: "arguments" }, first.map(make)), this.fold);
    this.show(layer);
  }

  show(layer) {
    for (const [name, field] of this.fields) field.show(Object.hasOwn(layer, name) ? layer[name] : undefined);
  }

  tell(faults) {
    for (const [name, field] of this.fields) {
      const own = within(faults, [name]);
      field.tell(own);
      // What is wrong must be seen.
      if (own.length && this.fold.contains(field.node)) this.fold.open = true;
    }
    return faults.filter(({ way }) => !this.fields.has(way[0]));
  }

  field(name, kind) {
    const made = kind.kind === "part" ? this.part(name, kind) : this.plain(name, kind);
    this.fields.set(name, made);
    return made.node;
  }

  plain(name, kind) {
    const id = `${this.id}-${name}`;
    const made = control(kind, { id, disabled: this.disabled, onvalue: (value) => this.change(name, value) });
    return field({ id, label: element("code", {}, name), made, hint: hint(name, kind), mend: this.mend });
  }

  /** A layer inside a layer, with the fields of its own. */
  part(name, kind) {
    const id = `${this.id}-${name}`;
    const options = kind.options ?? [...this.types.keys()];
    const choose = control(
      { ...kind, kind: "choice", options },
      { id, disabled: this.disabled, onvalue: (type) => this.change(name, type && fresh(this.types.get(type))) },
    );
    const box = element("div", { class: "inside" });
    const chosen = field({ id, label: element("code", {}, name), made: choose, hint: meaning(name), mend: this.mend });
    let inner = null;
    let type = null;
    let current = null;
    return {
      node: element("div", { class: "part" }, chosen.node, box),
      show: (value) => {
        const entry = isObject(value) ? this.types.get(value.type) : undefined;
        choose.show(entry ? value.type : value);
        if (!entry || entry.type !== type) {
          const changed = (one, said) => this.change(name, put(current, [one], said));
          inner = entry && new Arguments(entry, value, { ...this, id, change: changed });
          type = entry?.type ?? null;
          box.replaceChildren(...(inner ? [inner.node] : []));
        }
        current = value;
        inner?.show(value);
      },
      tell: (faults) => chosen.tell(inner ? inner.tell(faults) : faults),
    };
  }
}

/** A label, a control, a sentence and notes: `{node, show, tell}`. */
export function field({ id, label, made, hint: said, mend }) {
  const notes = new Notes(mend);
  const about = said ? `${id}-hint` : null;
  const isFlag = made.node.type === "checkbox";
  const title = element("label", { for: id }, label);
  const described = said && element("p", { class: "hint", id: about }, said);
  if (about) made.node.setAttribute("aria-describedby", about);
  return {
    node: element(
      "div",
      { class: "field" },
      isFlag ? element("div", { class: "tick" }, made.node, title) : [title, made.node],
      described,
      notes.node,
    ),
    show: (value) => made.show(value),
    tell(faults) {
      notes.show(faults);
      const bad = faults.some((fault) => fault.bad);
      if (bad) made.node.setAttribute("aria-invalid", "true");
      else made.node.removeAttribute("aria-invalid");
      const by = [about, faults.length ? notes.node.id : null].filter(Boolean).join(" ");
      if (by) made.node.setAttribute("aria-describedby", by);
      else made.node.removeAttribute("aria-describedby");
    },
  };
}

/** What may be put in: a sentence, and the range. */
function hint(name, kind) {
  return [meaning(name), range(kind)].filter(Boolean).join(" ");
}

function range(kind) {
  if (kind.kind === "list") {
    if (kind.length && kind.alone) return _("A number, or %(n)s of them with commas.", { n: kind.length });
    return _("Numbers, with commas.");
  }
  if (kind.kind === "json") return _("As JSON.");
  if (kind.kind !== "number") return "";
  const values = { least: number(kind.least ?? kind.above), most: number(kind.most ?? kind.below) };
  // Bounds that are there to keep numbers finite say nothing to a reader.
  if (Math.abs(kind.most ?? kind.below ?? Infinity) > 1e5) {
    if (kind.least === undefined || kind.least < -1e5) return kind.whole ? _("A whole number.") : _("A number.");
    return kind.whole ? _("A whole number, at least %(least)s.", values) : _("A number, at least %(least)s.", values);
  }
  return kind.whole ? _("A whole number from %(least)s to %(most)s.", values) : _("A number from %(least)s to %(most)s.", values);
}
