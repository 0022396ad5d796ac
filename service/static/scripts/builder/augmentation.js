// Pictures that are varied a little in every epoch: a few ways to tick.

import { element } from "../elements.js";
import { _ } from "../text.js";
import { Notes } from "./notes.js";
import { at, put } from "./pointers.js";

const WAY = ["training", "augment"];

function ways() {
  return [
    [{ type: "RandomFlip", mode: "horizontal" }, _("Mirror them"), _("Not for letters and digits.")],
    [{ type: "RandomRotation", factor: 0.05 }, _("Turn them a little"), ""],
    [{ type: "RandomZoom", height_factor: 0.1 }, _("Come nearer or go away"), ""],
    [{ type: "RandomTranslation", height_factor: 0.1, width_factor: 0.1 }, _("Shift them"), ""],
  ];
}

/** A field of `Options`, which is there for pictures alone. */
export class Augmentation {
  constructor({ change, mend, isFixed }) {
    this.way = WAY;
    this.change = change;
    this.notes = new Notes(mend);
    this.ticks = ways().map(([layer, label, hint]) => this.tick(layer, label, hint, isFixed(WAY)));
    this.other = element("p", { class: "hint", hidden: true }, _("There are others, which are edited as JSON."));
    this.node = element(
      "fieldset",
      { class: "field wide", hidden: true },
      element("legend", {}, _("Vary the pictures")),
      element("p", { class: "hint" }, _("In training alone, so that it learns what does not matter. It takes more epochs then.")),
      element("div", { class: "row" }, this.ticks.map(({ node }) => node)),
      this.other,
      this.notes.node,
    );
  }

  read(document) {
    const said = at(document, WAY);
    return Array.isArray(said) ? said : [];
  }

  show(layers, document) {
    this.document = document;
    for (const { input, type } of this.ticks) input.checked = layers.some((layer) => layer?.type === type);
    this.other.hidden = layers.every((layer) => this.ticks.some(({ type }) => type === layer?.type));
    if (layers.length) this.node.hidden = false;
  }

  tell(faults) {
    this.notes.show(faults);
  }

  /** It is seen when the rows turn out to be pictures. */
  resolve({ inputs }) {
    this.node.hidden = !inputs.some(({ shape }) => shape.length === 3) && !this.read(this.document).length;
  }

  tick(layer, label, hint, disabled) {
    const id = `option-augment-${layer.type}`;
    const input = element("input", { type: "checkbox", id, disabled, onchange: () => this.toggle(layer, input.checked) });
    const node = element("div", { class: "tick" }, input, element("label", { for: id }, label, hint && element("span", { class: "hint" }, ` ${hint}`)));
    return { node, input, type: layer.type };
  }

  toggle(layer, is) {
    const others = this.read(this.document).filter(({ type }) => type !== layer.type);
    const next = is ? [...others, layer] : others;
    this.change(put(this.document, WAY, next.length ? next : undefined));
  }
}
