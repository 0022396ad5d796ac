// One layer of the list: what it is, what comes out of it, what is wrong with it, and its fields.

import { element, fill } from "../elements.js";
import { shapeText } from "../network.js";
import { _, ngettext, number } from "../text.js";
import { Arguments } from "./arguments.js";
import { able, sign, signButton } from "./icons.js";
import { Notes } from "./notes.js";
import { isObject } from "./pointers.js";
import { prose } from "./words.js";
import { written } from "./writing.js";

const BRIEF = 60;
let count = 0;

/** `list` does what the buttons say: `move`, `copy`, `remove`, `add`, `change`, `mend`. */
export class Row {
  constructor(list, types) {
    count += 1;
    Object.assign(this, { list, types, id: `layer-${count}`, layer: null, faults: [], fields: null });
    this.place = element("span", { class: "place" });
    this.title = element("strong", { class: "named" });
    this.brief = element("span", { class: "quiet brief named" });
    this.toggle = element(
      "button",
      { type: "button", class: "plain layer-name", "aria-expanded": "false", onclick: () => this.open(!this.isOpen) },
      sign("open"), this.place, this.title, this.brief,
    );
    this.facts = element("span", { class: "layer-facts" });
    this.notes = new Notes(list.mend);
    this.body = element("div", { class: "layer-body", hidden: true });
    this.tools = element("span", { class: "tools" });
    this.node = element(
      "li",
      { class: "layer", id: this.id },
      element("div", { class: "layer-head" }, this.toggle, this.facts, this.tools),
      this.notes.node,
      this.body,
    );
    this.equip();
  }

  get isOpen() {
    return !this.body.hidden;
  }

  /** The layer as it is now, and its place in the list; `free` says that it may be moved. */
  show(layer, index, { last, free, disabled }) {
    const isOther = this.layer === null || layer?.type !== this.layer?.type || disabled !== this.disabled;
    Object.assign(this, { layer, index, disabled });
    this.place.textContent = `${index + 1}.`;
    this.title.textContent = this.called;
    this.brief.textContent = brief(layer);
    this.tools.hidden = !free || disabled;
    able(this.up, index > 0);
    able(this.down, !last);
    for (const [name, button] of Object.entries({ up: this.up, down: this.down, copy: this.copy, remove: this.gone, add: this.more })) {
      const label = labels(name, this.called, index + 1);
      button.setAttribute("aria-label", label);
      button.title = label;
    }
    this.node.draggable = free && !disabled;
    if (isOther) this.fields = null;
    if (this.isOpen) this.draw();
  }

  /** What the check says of it: its line in the summary, and its faults. */
  tell(summary, faults) {
    this.faults = faults;
    if (summary) this.count(summary);
    this.node.classList.toggle("bad", faults.some((fault) => fault.bad));
    this.node.classList.toggle("warn", faults.some((fault) => !fault.bad));
    this.spread();
  }

  /** Its numbers; they stay until there are others, as a network with an error has none. */
  count(summary) {
    this.summary = summary;
    fill(
      this.facts,
      element("span", { class: "out" }, element("span", { class: "unseen" }, _("Output"), " "), shapeText(summary.output_shape)),
      element("span", { class: "quiet" }, ngettext("%(num)s parameter", "%(num)s parameters", summary.parameters)),
    );
  }

  open(is) {
    this.body.hidden = !is;
    this.toggle.setAttribute("aria-expanded", String(is));
    this.node.classList.toggle("open", is);
    if (is) this.draw();
    this.spread();
  }

  get called() {
    const { type, layer } = isObject(this.layer) ? this.layer : {};
    return String(type ?? layer ?? "?");
  }

  draw() {
    const entry = isObject(this.layer) ? this.types.get(this.layer.type) : undefined;
    if (!this.fields && entry) {
      const change = (name, value) => this.list.change(this, name, value);
      const told = { id: this.id, change, mend: this.list.mend, types: this.types, disabled: this.disabled };
      this.fields = new Arguments(entry, this.layer, told);
      fill(this.body, element("p", { class: "quiet", lang: "en" }, prose(entry.description)), this.fields.node);
    } else if (!entry) {
      fill(this.body, element("p", { class: "quiet" }, _("This one is edited as JSON:")), element("pre", {}, written(this.layer)));
    }
    this.fields?.show(this.layer);
  }

  /** Notes stand at their fields while those are seen, else beneath the layer's name. */
  spread() {
    const left = this.fields?.tell(this.isOpen ? this.faults : []) ?? this.faults;
    this.notes.show(this.isOpen ? left : this.faults);
  }

  equip() {
    const { list } = this;
    this.up = signButton("up", "", () => list.move(this, -1));
    this.down = signButton("down", "", () => list.move(this, 1));
    this.copy = signButton("copy", "", () => list.copy(this));
    this.gone = signButton("remove", "", () => list.remove(this));
    this.more = signButton("add", "", () => list.add(this));
    fill(this.tools, this.more, this.up, this.down, this.copy, this.gone);
    this.toggle.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (this.tools.hidden || event.ctrlKey || event.metaKey) return;
    const by = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by) this.list.move(this, by);
    else if (event.key === "Delete") this.list.remove(this);
    else return;
    event.preventDefault();
  }
}

function labels(name, type, place) {
  const values = { type, place };
  return {
    up: _("Move %(type)s, layer %(place)s, up", values),
    down: _("Move %(type)s, layer %(place)s, down", values),
    copy: _("Duplicate %(type)s, layer %(place)s", values),
    remove: _("Remove %(type)s, layer %(place)s", values),
    add: _("Add a layer after %(type)s, layer %(place)s", values),
  }[name];
}

function brief(layer) {
  if (!isObject(layer)) return "";
  const said = Object.entries(layer)
    .filter(([name]) => name !== "type" && name !== "layer" || typeof layer[name] === "object")
    .map(([name, value]) => `${name} ${isObject(value) ? value.type ?? "…" : short(value)}`)
    .join(", ");
  return said.length > BRIEF ? `${said.slice(0, BRIEF - 1)}…` : said;
}

function short(value) {
  if (Array.isArray(value)) return value.map(short).join(", ");
  return typeof value === "number" ? number(value) : String(value);
}
