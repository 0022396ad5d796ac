// The builder of networks: a list of layers, the training, a picture and the JSON, of one and the same document. It
// knows nothing of the page around it: what it may do, and whom it asks, it is told.

import { element, fill } from "../elements.js";
import { picture } from "../network.js";
import { _ } from "../text.js";
import { Checking } from "./checking.js";
import { History } from "./history.js";
import { able, signButton } from "./icons.js";
import { Layers } from "./layers.js";
import { faultsOf, Notes } from "./notes.js";
import { Options } from "./options.js";
import { at, patched, path, put, same } from "./pointers.js";
import { Source } from "./source.js";
import { Summary } from "./summary.js";
import { tabs } from "./tabs.js";

const LAYERS = ["model", "layers"];

/**
 * Builds it into `container`. What it is told:
 * - `document`: the job's document to begin with: `{model, training, …}`
 * - `check(document, {signal})`: what `POST /v1/specs:check` answers, or throws a `Problem`
 * - `catalogue`: `{layers, optimizers, losses}`, the lists of `GET /v1/layers` and the like
 * - `allowed`: `{layers, training}`: the types of layers, and the names of `training`, that may be chosen; all if not said
 * - `fixed`: pointers (`/model`, `/training/epochs`) of what is shown and cannot be changed
 * - `about`: whether the name of the model and where to train are asked too
 * - `actions`: buttons beside the verdict
 * - `onchange()`: whenever something was typed
 * What it answers has `document`, `text`, `isBroken`, `set(document)`, `restore(text)`, `refuse(errors)`.
 */
export function build(container, told) {
  return new Builder(container, told);
}

class Builder {
  constructor(container, { document, check, catalogue, allowed = {}, fixed = [], about = false, actions = [], onchange = () => {} }) {
    this.history = new History(document);
    this.onchange = onchange;
    this.verdict = null;
    this.checking = new Checking(check, (verdict) => this.tell(verdict));
    const fixedWays = fixed.map(path);
    const isFixed = (way) => fixedWays.some((start) => start.every((part, index) => way[index] === part));
    const isAllowed = (name) => !allowed.training || allowed.training.includes(name) || fixed.includes(`/training/${name}`);
    const shared = { change: (next, tag) => this.change(next, { tag }), mend: (fault) => this.mend(fault) };
    this.layers = new Layers({
      ...shared,
      types: new Map(catalogue.layers.map((entry) => [entry.type, entry])),
      offered: catalogue.layers.filter(({ type, network }) => network && (!allowed.layers || allowed.layers.includes(type))),
      say: (text) => this.say(text),
      fixed: isFixed(LAYERS),
    });
    this.options = new Options({ ...shared, catalogue, isFixed, isAllowed, about });
    this.source = new Source({
      edit: (next) => this.change(shared_(this.history.now, next), { tag: "source", from: this.source }),
      broken: (is) => this.stop(is),
      keep: () => this.onchange(),
    });
    this.notes = new Notes(shared.mend);
    this.summary = new Summary({ actions, reveal: () => this.reveal() });
    this.drawing = element("div", { class: "picture scroll", tabindex: "0", role: "region", "aria-label": _("The network as a picture") });
    this.lay(container);
    this.source.show(document);
    this.show();
    this.checking.ask(document, 0);
  }

  /** The document as it is now. */
  get document() {
    return this.history.now;
  }

  /** Whether the JSON is none at present. */
  get isBroken() {
    return this.source.isBroken;
  }

  /** The text of the JSON, as it was typed. */
  get text() {
    return this.source.text;
  }

  /** Another document, which can be taken back like any change. */
  set(document) {
    this.change(document);
  }

  /** A text as somebody left it, JSON or not. */
  restore(text) {
    this.source.restore(text);
    if (this.isBroken) this.views.open(1);
  }

  /** Goes to the JSON. */
  showSource() {
    this.views.open(1);
    this.source.area.focus();
  }

  /** Shows what was wrong with the document when it was sent. */
  refuse(errors) {
    this.tell({ document: this.document, checked: null, errors, warnings: [], failure: null });
    this.reveal();
  }

  change(next, { tag = null, from = null } = {}) {
    if (!this.history.change(next, tag)) return;
    this.changed(from);
  }

  changed(from = null) {
    if (from !== this.source) this.source.show(this.document);
    this.show();
    this.checking.ask(this.document);
    this.onchange();
  }

  show() {
    this.layers.show(this.document);
    this.options.show(this.document);
    able(this.undo, this.history.past.length > 0);
    able(this.redo, this.history.future.length > 0);
  }

  /** What the check found. */
  tell(verdict) {
    this.verdict = verdict;
    const faults = [...faultsOf(verdict.errors, true), ...faultsOf(verdict.warnings, false)];
    const { checked } = verdict;
    this.node.classList.toggle("stale", !checked);
    if (checked) this.draw(checked);
    this.layers.tell(checked && lines(checked), faults);
    const shown = this.layers.rows.length;
    const ofLayers = ({ way }) => way[0] === "model" && way[1] === "layers" && Number(way[2]) < shown;
    this.notes.show(this.options.tell(faults.filter((fault) => !ofLayers(fault)), checked?.resolved));
    this.summary.show(verdict);
    const wanted = this.wanted && faults.find(({ detail }) => detail === this.wanted);
    this.wanted = null;
    if (wanted) this.mend(wanted);
  }

  /** Does what is suggested about a fault. */
  mend(fault) {
    if (this.verdict?.document !== this.document) {
      // Said of what is no longer there: places may have moved, so the check is asked again first.
      this.wanted = fault.detail;
      this.checking.now();
      return;
    }
    const way = path(fault.pointer);
    this.change(patched(this.document, fault.suggestion.patch));
    this.say(_("Done: %(what)s", { what: fault.suggestion.detail }));
    // The button is about to go.
    const index = way[1] === "layers" ? Math.min(Number(way[2]) || 0, this.layers.rows.length - 1) : -1;
    (this.layers.rows[index]?.toggle ?? this.undo).focus();
  }

  /** Goes to the first thing that there is to mend. */
  reveal() {
    const note = this.node.querySelector(".layers .notes:not([hidden]), .notes:not([hidden])");
    const row = this.layers.rows.find(({ node }) => node.contains(note));
    if (row) this.layers.reveal(row.index);
    const seen = row ? row.node.querySelector(".notes:not([hidden])") : note;
    seen?.scrollIntoView({ block: "center" });
    if (!row) (seen?.closest(".field")?.querySelector("input, select") ?? seen?.querySelector("button") ?? this.undo).focus();
  }

  draw({ layers, resolved }) {
    const said = JSON.stringify(layers);
    if (said === this.drawn) return;
    this.drawn = said;
    const onselect = (name) => this.layers.reveal(this.layers.rows.findIndex(({ summary }) => summary?.name === name));
    fill(this.drawing, picture(layers, { inputs: resolved.inputs, onselect }));
  }

  step(isDone, text) {
    if (!isDone) return;
    this.changed();
    this.say(text);
  }

  say(text) {
    this.voice.textContent = text;
  }

  /** While the JSON is none, all else waits: a change there would throw away what is being written. */
  stop(is) {
    if (!this.node) return;
    this.waiting.hidden = !is;
    for (const part of this.parts) part.inert = is;
  }

  lay(container) {
    this.undo = signButton("undo", _("Undo"), () => this.step(this.history.undo(), _("Undone.")));
    this.redo = signButton("redo", _("Redo"), () => this.step(this.history.redo(), _("Done again.")));
    this.voice = element("p", { class: "unseen", role: "status" });
    this.waiting = element("p", { class: "note bad", hidden: true }, _("The JSON cannot be read as it is. This shows the last that could be read, and waits until it is mended."));
    this.views = tabs(_("Views of the network"), [[_("Picture"), this.drawing], [_("JSON"), this.source.node]]);
    const network = element("div", { class: "stack" }, this.notes.node, this.layers.node);
    const training = element("section", { class: "card" }, element("h2", {}, _("Training")), this.options.node);
    this.parts = [network, training, this.undo, this.redo];
    this.node = element(
      "div",
      { class: "builder" },
      element(
        "section",
        { class: "card network" },
        element("div", { class: "row apart" }, element("h2", {}, _("Network")), element("div", { class: "row" }, this.undo, this.redo)),
        this.waiting,
        network,
      ),
      element("section", { class: "card side" }, this.views.node),
      training,
      this.summary.node,
      this.voice,
    );
    this.node.addEventListener("keydown", (event) => this.press(event));
    fill(container, this.node);
  }

  press(event) {
    // In a field, the browser's own undo is what is meant.
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input, textarea")) return;
    event.preventDefault();
    (event.shiftKey ? this.redo : this.undo).click();
  }
}

/** The check's line for each layer, in the order of the document. */
function lines({ layers, resolved }) {
  const named = new Map(layers.map((line) => [line.name, line]));
  return resolved.layers.map(({ name }) => named.get(name));
}

/** The new document, with layers that are as they were still the same objects, so that they keep their rows. */
function shared_(before, after) {
  const [old, layers] = [at(before, LAYERS), at(after, LAYERS)];
  if (!Array.isArray(old) || !Array.isArray(layers)) return after;
  const left = new Set(old);
  const kept = layers.map((layer, index) => {
    const found = [old[index], ...left].find((one) => left.has(one) && same(one, layer));
    left.delete(found);
    return found ?? layer;
  });
  return put(after, LAYERS, kept);
}
