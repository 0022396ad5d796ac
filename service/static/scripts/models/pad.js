// The area that one draws on: with a mouse, a finger, a pen, or the keyboard.

import { element } from "../elements.js";
import { _ } from "../text.js";

const SIDE = 320;
// The keyboard's cursor steps from pixel to pixel of a small picture, and takes larger steps in a large one.
const STEPS = 32;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * `new Pad(id, width, height, on)`: `on.drawing(canvas)` draws all; `on.begin(point)` and `on.move(point)` take points
 * of a line, from 0 to 1; `on.undo()`; `on.changed()` after any of them.
 */
export class Pad {
  #on;
  #canvas;
  #status;
  #columns;
  #rows;
  #cursor;
  // Where the keyboard's line ends: the next point goes on from there if it is beside it.
  #last = null;
  #held = false;
  #pending = false;
  #keyed = false;

  constructor(id, width, height, on) {
    this.#on = on;
    this.#columns = Math.min(width, STEPS);
    this.#rows = Math.min(height, STEPS);
    this.#cursor = [Math.floor(this.#columns / 2), Math.floor(this.#rows / 2)];
    const scale = SIDE / Math.max(width, height);
    this.#canvas = element("canvas", {
      class: "pad",
      width: Math.round(width * scale),
      height: Math.round(height * scale),
      tabindex: "0",
      // So that the arrow keys come here, and not to who reads the page aloud.
      role: "application",
      "aria-label": _("Drawing area, %(columns)s by %(rows)s points", { columns: this.#columns, rows: this.#rows }),
      "aria-describedby": `${id}-hint`,
      onkeydown: (event) => this.#key(event),
      onkeyup: (event) => this.#release(event),
      onblur: () => this.#leave(),
      onpointerdown: (event) => this.#press(event),
      onpointermove: (event) => this.#follow(event),
    });
    this.#status = element("p", { class: "hint", role: "status" });
    this.node = element(
      "div",
      { class: "padded" },
      this.#canvas,
      element(
        "p",
        { class: "hint", id: `${id}-hint` },
        _("Draw with the mouse, a finger or a pen. By keyboard: the arrow keys move, the space bar paints, Shift with an arrow key draws a line, Backspace undoes."),
      ),
      this.#status,
    );
  }

  /** Draws all of it again. */
  redraw() {
    this.#on.drawing(this.#canvas);
    if (this.#keyed && document.activeElement === this.#canvas) this.#mark();
  }

  /** Where the keyboard is, in two colours: seen on any ground. */
  #mark() {
    const context = this.#canvas.getContext("2d");
    const [width, height] = [this.#canvas.width / this.#columns, this.#canvas.height / this.#rows];
    const [column, row] = this.#cursor;
    for (const [colour, inset] of [["#000", 1], ["#fff", 3], ["#2553c2", 5]]) {
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.strokeRect(column * width + inset, row * height + inset, width - 2 * inset, height - 2 * inset);
    }
  }

  #press(event) {
    if (event.button !== 0) return;
    this.#keyed = false;
    this.#last = null;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#on.begin(this.#at(event));
    this.#later();
  }

  #follow(event) {
    if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) this.#on.move(this.#at(one));
    this.#later();
  }

  #at(event) {
    const box = this.#canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /** Once for each frame, however many points there are. */
  #later() {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      this.#on.changed();
    });
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) this.#step(ARROWS[event.key], event.shiftKey || this.#held);
    else if (event.key === " ") this.#hold(event.repeat);
    else if (event.key === "Backspace") this.#back();
    else return;
    event.preventDefault();
  }

  #release(event) {
    if (event.key === " ") this.#held = false;
  }

  #leave() {
    this.#held = false;
    this.redraw();
  }

  #hold(again) {
    this.#held = true;
    if (!again) this.#put();
  }

  #back() {
    this.#last = null;
    this.#on.undo();
    this.#say(_("Undone"));
  }

  #step([across, down], drawing) {
    if (drawing && !this.#beside()) this.#put();
    const [column, row] = this.#cursor;
    this.#cursor = [clamp(column + across, this.#columns), clamp(row + down, this.#rows)];
    this.#keyed = true;
    if (drawing) this.#put();
    else {
      this.redraw();
      this.#say(this.#place());
    }
  }

  /** Paints where the cursor is, and a line from there if what was painted last is beside it. */
  #put() {
    this.#keyed = true;
    const [column, row] = this.#cursor;
    const point = [(column + 0.5) / this.#columns, (row + 0.5) / this.#rows];
    if (this.#beside()) this.#on.move(point);
    else this.#on.begin(point);
    this.#last = this.#cursor;
    this.#on.changed();
    this.#say(_("%(place)s, painted", { place: this.#place() }));
  }

  #beside() {
    return this.#last !== null && this.#last.every((place, at) => Math.abs(place - this.#cursor[at]) <= 1);
  }

  #place() {
    return _("Row %(row)s, column %(column)s", { row: this.#cursor[1] + 1, column: this.#cursor[0] + 1 });
  }

  #say(sentence) {
    this.#status.textContent = sentence;
  }
}

function clamp(place, count) {
  return Math.min(count - 1, Math.max(0, place));
}
