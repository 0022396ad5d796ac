// A photographed or scanned drawing, made like the data set's: a digit on paper becomes one of light on dark, as
// large and where those are.

import { shrink } from "./pixels.js";
import { render } from "./strokes.js";

// Of the copy in which the ink is looked for.
const SIDE = 256;
// What differs from the paper by less than the first is paper, by more than the second all ink: in parts of the most.
const PAPER = 0.3;
const INK = 0.7;
// A picture whose darkest and lightest are nearer has nothing drawn on it.
const LEAST = 50;

/** Draws a picture on `canvas` in the data set's manner; false if there is no drawing to be seen in it. */
export function prepare(image, canvas, manner) {
  const copy = small(image);
  const box = inked(copy, manner);
  if (!box) return false;
  const [room, height] = [manner.width * canvas.width, manner.height * canvas.height];
  const scale = Math.min(room / box.width, height / box.height);
  render(canvas, (large) => {
    const fine = large.width / canvas.width;
    const context = large.getContext("2d");
    context.fillStyle = `rgb(${manner.ground} ${manner.ground} ${manner.ground})`;
    context.fillRect(0, 0, large.width, large.height);
    const [width, tall] = [box.width * scale * fine, box.height * scale * fine];
    const [x, y] = [manner.x * large.width - width / 2, manner.y * large.height - tall / 2];
    context.drawImage(copy, box.left, box.top, box.width, box.height, x, y, width, tall);
  });
  return true;
}

function small(image) {
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const by = Math.min(1, SIDE / Math.max(width, height));
  const copy = new OffscreenCanvas(Math.max(1, Math.round(width * by)), Math.max(1, Math.round(height * by)));
  shrink(image, copy);
  return copy;
}

/** Makes paper ground and what is drawn ink, and tells where that is; null if there is none. */
function inked(copy, { ink, ground }) {
  const context = copy.getContext("2d");
  const image = context.getImageData(0, 0, copy.width, copy.height);
  const { data } = image;
  const greys = Array.from({ length: data.length / 4 }, (_one, at) => (data[4 * at] + data[4 * at + 1] + data[4 * at + 2]) / 3);
  const paper = middle(edge(greys, copy.width));
  const far = greys.map((grey) => Math.abs(grey - paper));
  const most = far.reduce((one, other) => Math.max(one, other), 0);
  if (most < LEAST) return null;
  let [left, right, top, bottom] = [copy.width, -1, copy.height, -1];
  far.forEach((distance, at) => {
    const share = Math.min(1, Math.max(0, (distance / most - PAPER) / (INK - PAPER)));
    const value = ground + share * (ink - ground);
    data.fill(value, 4 * at, 4 * at + 3);
    if (share < 0.5) return;
    const [x, y] = [at % copy.width, Math.floor(at / copy.width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  context.putImageData(image, 0, 0);
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function edge(greys, width) {
  return greys.filter((_grey, at) => at < width || at >= greys.length - width || at % width === 0 || at % width === width - 1);
}

function middle(values) {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)];
}
