// A picture: drawn by hand, dropped, chosen, or taken from the data set.

import { element } from "../elements.js";
import { _ } from "../text.js";
import { mannerOf, USUAL } from "./manner.js";
import { Pad } from "./pad.js";
import { decoded, nest, paint, read, shrink } from "./pixels.js";
import { prepare } from "./preparing.js";
import { draw, fitted, render } from "./strokes.js";

// Larger pictures are sent as files: as lists of numbers they would be many times as long.
const MOST_NUMBERS = 4096;
let count = 0;

/** Whether a part is a picture that can be shown: with one channel, or with three. */
export function isPicture({ pictures, raw_shape: raw, shape }) {
  const sizes = raw ?? shape;
  return Boolean(pictures) && (sizes.length === 2 || (sizes.length === 3 && [1, 3].includes(sizes[2])));
}

/** The field of a part that is a picture. */
export function drawingField(part, preview, changed) {
  count += 1;
  return new Drawing(part, preview, changed, `drawing-${count}`);
}

class Drawing {
  #part;
  #sizes;
  #channels;
  #thumbnails;
  #changed;
  #manner = USUAL;
  // What the strokes are drawn on: a picture of the network's size, if one was dropped.
  #picture = null;
  // What was dropped, as it was.
  #dropped = null;
  #strokes = [];
  #seen;
  #pad;
  #controls;

  constructor(part, preview, changed, id) {
    this.#part = part;
    this.#sizes = part.raw_shape ?? part.shape;
    this.#channels = this.#sizes[2] ?? 1;
    this.#thumbnails = preview.thumbnails;
    this.#changed = changed;
    const [height, width] = this.#sizes;
    this.#seen = element("canvas", { class: "pixels seen", width, height, role: "img", "aria-label": _("What the network sees") });
    this.#pad = new Pad(id, width, height, {
      drawing: (canvas) => this.#paint(canvas),
      begin: (point) => this.#strokes.push({ points: [point], pen: this.#pen(), colour: this.#colour() }),
      move: (point) => this.#strokes.at(-1).points.push(point),
      undo: () => this.#undo(),
      changed: () => this.#redraw(),
    });
    this.#controls = controls(id, this.#channels, {
      clear: () => this.#clear(),
      undo: () => this.#undo(),
      swap: () => this.#swap(),
      fit: () => (this.#dropped ? this.#place() : this.#redraw()),
      file: (file) => this.#load(file),
    });
    this.node = this.#node(id);
  }

  /** What a prediction takes: lists of numbers, or a file; nothing while nothing is drawn. */
  value() {
    if (!this.#picture && !this.#strokes.length) return undefined;
    const numbers = read(this.#seen, this.#channels);
    if (numbers.length <= MOST_NUMBERS || this.#part.shape.length !== 3) return nest(numbers, this.#sizes);
    return { b64: this.#seen.toDataURL("image/png").split(",")[1] };
  }

  /** A picture of the data set: a list of numbers, or an address; of larger ones a row has neither. */
  async take(cell) {
    if (Array.isArray(cell)) {
      this.#show(this.#blank((canvas) => paint(canvas, cell.flat(Infinity))));
    } else if (cell?.address) {
      const image = await decoded(cell.address);
      this.#show(this.#blank((canvas) => shrink(image, canvas)));
    }
  }

  /** Finds out how the data set's pictures are drawn. */
  async begin() {
    this.#manner = await mannerOf(this.#thumbnails);
    const { drawn, ink } = this.#manner;
    this.#controls.begin(drawn, ink);
    this.#redraw();
  }

  #node(id) {
    const node = element(
      "div",
      { class: "drawing" },
      this.#pad.node,
      element("figure", {}, this.#seen, element("figcaption", { class: "hint" }, _("What the network sees"))),
      this.#controls.node,
    );
    node.addEventListener("dragover", (event) => event.preventDefault());
    node.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) this.#load(event.dataTransfer.files[0]);
    });
    node.id = `${id}-field`;
    return node;
  }

  #pen() {
    return this.#manner.pen * this.#controls.pen();
  }

  #colour() {
    const { ink } = this.#manner;
    return this.#controls.colour() ?? `rgb(${ink} ${ink} ${ink})`;
  }

  #ground() {
    const { ground } = this.#manner;
    return `rgb(${ground} ${ground} ${ground})`;
  }

  /** What one has drawn, as one has drawn it. */
  #paint(canvas, place) {
    const context = canvas.getContext("2d");
    context.fillStyle = this.#ground();
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = false;
    if (this.#picture) context.drawImage(this.#picture, 0, 0, canvas.width, canvas.height);
    draw(canvas, this.#strokes, place);
  }

  #redraw() {
    const fits = this.#controls.fits() && !this.#picture && this.#strokes.length;
    const place = fits ? fitted(this.#strokes, this.#manner) : undefined;
    render(this.#seen, (large) => this.#paint(large, place));
    this.#pad.redraw();
    this.#changed();
  }

  #undo() {
    if (this.#strokes.length) this.#strokes.pop();
    else [this.#picture, this.#dropped] = [null, null];
    this.#redraw();
  }

  #clear() {
    this.#show(null);
    this.#changed();
  }

  #show(picture) {
    this.#picture = picture;
    this.#dropped = null;
    this.#strokes = [];
    this.#redraw();
  }

  /** Light becomes dark: a digit on paper is what a data set of light digits has on black. */
  #swap() {
    const numbers = read(this.#seen, this.#channels).map((value) => 255 - value);
    this.#show(this.#blank((canvas) => paint(canvas, numbers)));
  }

  async #load(file) {
    const address = URL.createObjectURL(file);
    try {
      const image = await decoded(address);
      this.#controls.refuse("");
      this.#dropped = image;
      this.#place();
    } catch {
      this.#controls.refuse(_("This is no picture that the browser can read."));
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /** The picture that was dropped: as a drawing of the data set's, or all of it. */
  #place() {
    const image = this.#dropped;
    const drawn = this.#channels === 1 && this.#controls.fits();
    this.#show(this.#blank((canvas) => (drawn && prepare(image, canvas, this.#manner)) || shrink(image, canvas)));
    this.#dropped = image;
  }

  #blank(fill) {
    const canvas = element("canvas", { width: this.#seen.width, height: this.#seen.height });
    fill(canvas);
    return canvas;
  }
}

/** Buttons and choices beside the drawing area. */
function controls(id, channels, on) {
  const pen = element("input", { id: `${id}-pen`, type: "range", min: "0.5", max: "2.5", step: "0.25", value: "1" });
  const colour = channels === 3 ? element("input", { id: `${id}-colour`, type: "color" }) : null;
  const fit = element("input", { id: `${id}-fit`, type: "checkbox", checked: true, onchange: on.fit, "aria-describedby": `${id}-fit-hint` });
  const wrong = element("p", { class: "wrong", role: "alert" });
  const file = element("input", { id: `${id}-file`, type: "file", accept: "image/*", onchange: () => file.files.length && on.file(file.files[0]) });
  const fitting = element(
    "div",
    {},
    element("label", { class: "row" }, fit, _("Size and place it as the data set's pictures are")),
    element("p", { class: "hint", id: `${id}-fit-hint` }, _("A network knows only pictures like those that it learned from.")),
  );
  return {
    node: element(
      "div",
      { class: "stack tools" },
      element(
        "div",
        { class: "row" },
        element("button", { type: "button", onclick: on.clear }, _("Clear")),
        element("button", { type: "button", onclick: on.undo }, _("Undo")),
        element("button", { type: "button", onclick: on.swap }, _("Swap light and dark")),
      ),
      element("div", { class: "field" }, element("label", { for: pen.id }, _("Pen")), pen),
      colour && element("div", { class: "field" }, element("label", { for: colour.id }, _("Colour")), colour),
      fitting,
      element("div", { class: "field" }, element("label", { for: file.id }, _("Or choose a picture, or drop one here")), file),
      wrong,
    ),
    pen: () => Number(pen.value),
    colour: () => colour?.value,
    fits: () => fit.checked,
    begin: (drawn, ink) => {
      fit.checked = drawn;
      fitting.hidden = !drawn;
      if (colour) colour.value = ink ? "#ffffff" : "#000000";
    },
    refuse: (sentence) => {
      wrong.textContent = sentence;
    },
  };
}
