// How the network is trained: what most will want to choose, each with a sentence. The rest is there as JSON.

import { element } from "../elements.js";
import { _ } from "../text.js";
import { field } from "./arguments.js";
import { Augmentation } from "./augmentation.js";
import { control } from "./controls.js";
import { Notes, within } from "./notes.js";
import { at, isObject, put } from "./pointers.js";

const TRAINING = "training";
const PATIENCE = { patience: 3, restore_best: true };

/** Fields for the training, and for the job if `about` says so: `show(document)`, `tell(faults, resolved)`. */
export class Options {
  constructor({ catalogue, change, mend, isFixed, isAllowed, about }) {
    Object.assign(this, { catalogue, change, mend, isFixed, fields: [] });
    this.notes = new Notes(mend);
    this.augmentation = new Augmentation(this);
    const training = [
      this.optimizer(), this.rate(), this.loss(), ...this.numbers(), ...this.stopping(), ...this.chance(), this.augmentation,
    ].filter(({ way }) => way[0] !== TRAINING || isAllowed(way[1]));
    this.fields = [...training, ...(about ? this.about() : [])];
    this.node = element("div", { class: "stack" }, this.notes.node, element("div", { class: "options" }, this.fields.map(({ node }) => node)));
  }

  show(document) {
    this.document = document;
    for (const one of this.fields) one.show(one.read(document), document);
  }

  /** What the check says; `resolved` is a job with every default, or null. Answers what found no field. */
  tell(faults, resolved) {
    let left = faults;
    // A fault goes to the narrowest field that it is about.
    for (const one of this.fields.toSorted((a, b) => b.way.length - a.way.length)) {
      const own = within(left, one.way);
      one.tell(own);
      if (resolved) one.resolve?.(resolved, one.read(this.document) === undefined);
      left = left.filter((fault) => !one.way.every((part, index) => fault.way[index] === part));
    }
    this.notes.show(left.filter((fault) => fault.way[0] === TRAINING));
    return left.filter((fault) => fault.way[0] !== TRAINING);
  }

  /** A field for the value at a place of the document. */
  field(name, way, kind, hint, { write, read, resolve } = {}) {
    const id = `option-${way.join("-")}`;
    const put_ = write ?? ((document, value) => put(document, way, value));
    const made = control(kind, {
      id,
      disabled: this.isFixed(way),
      onvalue: (value) => this.change(put_(this.document, value), id),
    });
    const one = field({ id, label: name, made, hint, mend: this.mend });
    return { ...one, way, made, read: read ?? ((document) => at(document, way)), resolve };
  }

  optimizer() {
    const options = this.catalogue.optimizers.map(({ type }) => type);
    const kind = { kind: "choice", options, fallback: "Adam" };
    const way = [TRAINING, "optimizer"];
    const write = (document, type) => put(document, way, type === undefined ? { type: "Adam" } : { type });
    const known = (value) => this.type(value, this.catalogue.optimizers);
    const read = (document) => known(at(document, way));
    // Its arguments have no field but the learning rate, which comes first.
    return this.field(_("Optimizer"), way, kind, _("How the weights follow what the loss tells. Adam is good to begin with."), { write, read });
  }

  rate() {
    const way = [TRAINING, "optimizer", "learning_rate"];
    const write = (document, value) => {
      const said = at(document, way.slice(0, 2));
      const whole = isObject(said) ? said : { type: this.type(said, this.catalogue.optimizers) ?? "Adam" };
      return put(document, way.slice(0, 2), put(whole, ["learning_rate"], value));
    };
    const read = (document) => (isObject(at(document, way.slice(0, 2))) ? at(document, way) : undefined);
    const resolve = usually(way);
    const hint = _("How far each step goes: too large and it stumbles, too small and it never arrives.");
    return this.field(_("Learning rate"), way, { kind: "number" }, hint, { write, read, resolve });
  }

  loss() {
    const options = this.catalogue.losses.map(({ type }) => type);
    const kind = { kind: "choice", options, fallback: "auto" };
    const way = [TRAINING, "loss"];
    const read = (document) => this.type(at(document, way), this.catalogue.losses);
    return this.field(_("Loss"), way, kind, _("What is to become small. \"auto\" takes the one that suits the data and the last layer."), { read });
  }

  numbers() {
    const make = (name, label, kind, hint) => {
      const way = [TRAINING, name];
      return this.field(label, way, { kind: "number", ...kind }, hint, { resolve: usually(way) });
    };
    return [
      make("epochs", _("Epochs"), { whole: true, least: 1 }, _("How often the network sees every row.")),
      make("batch_size", _("Batch size"), { whole: true, least: 1 }, _("How many rows make one step.")),
      make("validation_split", _("Validation split"), { least: 0, most: 0.9 }, _("The share of rows that is put aside, to see how well it does on what it has not learned from.")),
    ];
  }

  stopping() {
    const way = [TRAINING, "early_stopping"];
    const write = (document, is) => put(document, way, is ? PATIENCE : undefined);
    const read = (document) => Boolean(at(document, way)) || undefined;
    const hint = _("Ends the training when the validation loss no longer gets better, and keeps the best epoch.");
    const stop = this.field(_("Stop early"), way, { kind: "flag", fallback: false }, hint, { write, read });
    const patient = [...way, "patience"];
    const patience = this.field(_("Patience"), patient, { kind: "number", whole: true, least: 0 }, _("For how many epochs it waits for something better."));
    const show = (value, document) => {
      patience.node.hidden = !isObject(at(document, way));
      patience.made.show(value);
    };
    return [{ ...patience, show }, stop].reverse();
  }

  chance() {
    const seed = [TRAINING, "seed"];
    return [
      this.field(_("Seed"), seed, { kind: "number", whole: true, least: 0 }, _("From what chance is drawn: another number, another beginning."), { resolve: usually(seed) }),
      this.field(_("Deterministic"), [TRAINING, "deterministic"], { kind: "flag", fallback: false }, _("The same weights to the last bit whenever it is trained again; somewhat slower.")),
    ];
  }

  about() {
    const accelerators = { kind: "choice", options: ["any", "cpu", "gpu"], fallback: "any" };
    return [
      this.field(_("Name of the model"), ["name"], { kind: "text" }, _("The model that this makes a version of; without one, the data set's name. Lower-case letters, digits and . _ - are taken.")),
      this.field(_("Where to train"), ["resources", "accelerator"], accelerators, _("On whatever is free, or only where there is a GPU.")),
    ];
  }

  /** The type that a name or an object means; the value itself if it is something else. */
  type(value, members) {
    if (isObject(value) && typeof value.type === "string") return value.type;
    if (typeof value !== "string") return value;
    const key = value.toLowerCase().replaceAll("_", "");
    const found = members.find(({ type, names }) => type.toLowerCase() === key || names.includes(value));
    return found?.type ?? value;
  }
}

/** Shows what holds where nothing is said. */
function usually(way) {
  return function resolve(resolved, isUnsaid) {
    const value = at(resolved, way);
    if (isUnsaid && typeof value === "number") this.made.node.placeholder = String(value);
  };
}
