// The network as a list of layers, to add to, move about in and take away from.

import { element } from "../elements.js";
import { _ } from "../text.js";
import { choose } from "./adding.js";
import { Dragging } from "./dragging.js";
import { sign } from "./icons.js";
import { within } from "./notes.js";
import { at, isObject, put } from "./pointers.js";
import { Row } from "./row.js";
import { fresh } from "./words.js";

const LAYERS = ["model", "layers"];

/** `change(document, tag)` takes a new document; `mend(fault)` applies a suggestion; `say(text)` tells who listens. */
export class Layers {
  constructor({ types, offered, change, mend, say, fixed }) {
    Object.assign(this, { types, offered, change: (...told) => this.edit(...told), put: change, mend, say, fixed, rows: [] });
    this.list = element("ol", { class: "layers", "aria-label": _("Layers, from the input to the output") });
    this.word = element("p", { class: "note", hidden: true });
    this.more = element("button", { type: "button", onclick: () => this.add() }, sign("add"), _("Add a layer"));
    this.empty = element("p", { class: "empty" }, _("There is no layer yet."));
    this.node = element("div", { class: "stack" }, this.word, this.empty, this.list, element("div", { class: "row" }, this.more));
    this.dragging = new Dragging(this);
  }

  /** Shows a document's network; what stayed the same keeps its row, and the focus. */
  show(job) {
    this.document = job;
    const entries = at(job, LAYERS);
    const layers = Array.isArray(entries) ? entries : [];
    const form = formOf(job.model);
    this.isFree = form === "list" && !this.fixed;
    this.word.hidden = form === "list";
    this.word.textContent = words(form);
    this.empty.hidden = layers.length > 0 || form !== "list";
    this.more.hidden = !this.isFree;
    this.rows = this.matched(layers);
    this.arrange();
    layers.forEach((layer, index) => {
      this.rows[index].show(layer, index, { last: index === layers.length - 1, free: this.isFree, disabled: this.fixed });
    });
  }

  /** What the check says. `summary` has a line for each layer, or is null. */
  tell(summary, faults) {
    this.rows.forEach((row, index) => {
      row.tell(summary?.[index] ?? null, within(faults, [...LAYERS, index]));
    });
  }

  /** Opens a layer's fields and goes there. */
  reveal(index) {
    const row = this.rows[index];
    if (!row) return;
    row.open(true);
    row.toggle.focus();
    row.node.scrollIntoView({ block: "nearest" });
  }

  /** Rows that stay where they are are not touched: whoever types in one goes on typing. */
  arrange() {
    const focused = document.activeElement;
    const nodes = this.rows.map((row) => row.node);
    for (const node of [...this.list.children]) if (!nodes.includes(node)) node.remove();
    nodes.forEach((node, index) => {
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
    if (focused !== document.activeElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
  }

  matched(layers) {
    const old = new Map(this.rows.map((row) => [row.layer, row]));
    const kept = layers.map((layer) => {
      const row = isObject(layer) ? old.get(layer) : undefined;
      old.delete(layer);
      return row;
    });
    const left = new Set(old.values());
    return kept.map((row, index) => {
      if (row) return row;
      const same = this.rows[index];
      // A layer that changed in its place.
      if (left.delete(same) && same.layer?.type === layers[index]?.type) return same;
      return new Row(this, this.types);
    });
  }

  edit(row, name, value) {
    this.put(put(this.document, [...LAYERS, row.index, name], value), `${row.id}/${name}`);
  }

  async add(after) {
    const type = await choose(this.offered);
    if (!type) {
      (after?.more ?? this.more).focus();
      return;
    }
    const index = after ? after.index + 1 : this.rows.length;
    this.splice(index, 0, fresh(this.types.get(type)));
    const row = this.rows[index];
    this.reveal(index);
    (row.body.querySelector("input, select") ?? row.toggle).focus();
    this.say(_("%(type)s added as layer %(place)s.", { type, place: index + 1 }));
  }

  move(row, by) {
    const to = row.index + by;
    if (to < 0 || to >= this.rows.length) return;
    this.shift(row, to);
  }

  /** Puts a layer in another place. */
  shift(row, to) {
    const layers = at(this.document, LAYERS);
    const others = layers.toSpliced(row.index, 1);
    this.put(put(this.document, LAYERS, others.toSpliced(to, 0, layers[row.index])));
    row.node.scrollIntoView({ block: "nearest" });
    this.say(_("%(type)s is layer %(place)s now.", { type: row.called, place: to + 1 }));
  }

  copy(row) {
    // Two layers cannot have one name.
    const { name: _gone, ...layer } = row.layer;
    this.splice(row.index + 1, 0, layer);
    this.rows[row.index + 1].toggle.focus();
    this.say(_("%(type)s duplicated.", { type: row.called }));
  }

  remove(row) {
    this.splice(row.index, 1);
    const next = this.rows[Math.min(row.index, this.rows.length - 1)];
    (next?.toggle ?? this.more).focus();
    this.say(_("%(type)s removed.", { type: row.called }));
  }

  splice(index, gone, ...layers) {
    const before = at(this.document, LAYERS);
    const after = (Array.isArray(before) ? before : []).toSpliced(index, gone, ...layers);
    this.put(put(this.document, LAYERS, after));
  }
}

/** `list`, `graph` (names and inputs), `keras` (Keras's JSON), or `other`, which the check has a word for. */
function formOf(model) {
  if (model === undefined) return "list";
  if (!isObject(model)) return "other";
  if ("class_name" in model || "config" in model) return "keras";
  if (model.layers !== undefined && !Array.isArray(model.layers)) return "other";
  const isGraph = (layer) => isObject(layer) && ("inputs" in layer || typeof layer.layer === "string");
  return model.inputs || model.outputs || (model.layers ?? []).some(isGraph) ? "graph" : "list";
}

function words(form) {
  return {
    graph: _("This network is a graph: its layers are named, and may take what several others put out. Their arguments can be changed here; how they hang together is edited as JSON."),
    keras: _("This network is in Keras's own JSON, and is edited there. The picture shows its layers."),
    other: _("This network is edited as JSON."),
  }[form] ?? "";
}
