// How the pictures of a data set are drawn: light on dark or dark on light, how large, where, with which pen.
//
// A network knows digits as they were prepared for it. Those of scikit-learn fill all of their 8 rows, MNIST's 20 of
// 28, and a network that has seen no others takes a small 1 in a corner for anything. So a drawing is prepared as the
// data set's pictures are, and these tell how: no two data sets need rules of their own.

import { decoded } from "./pixels.js";

// What is this near to black or white is ground, or ink that covers it.
const NEAR = 48;
// Drawings have so much of one ground; photographs do not.
const PLAIN = 0.35;
const INKED = 0.25;
// The line of a digit is some 2.2 times as long as the digit is high.
const LENGTH = 2.2;

/**
 * In parts of the picture's sides: the middle and size of what is drawn, and the width of the pen.
 * `ink` and `ground` are 0 or 255; `drawn` is false for photographs, which have none of this.
 */
export const USUAL = { drawn: true, ink: 255, ground: 0, height: 0.75, width: 0.75, x: 0.5, y: 0.5, pen: 0.09 };

/** The manner of a preview's thumbnails; the usual one where there are none. */
export async function mannerOf(thumbnails) {
  if (!thumbnails.length) return USUAL;
  const pictures = await Promise.all(thumbnails.map(({ png_base64: png }) => greys(`data:image/png;base64,${png}`)));
  const values = pictures.flatMap(({ grey }) => grey);
  const dark = values.filter((value) => value < NEAR).length / values.length;
  const light = values.filter((value) => value > 255 - NEAR).length / values.length;
  const ground = light > dark ? 255 : 0;
  if (Math.max(dark, light) < PLAIN) return { ...USUAL, drawn: false, ink: 0, ground: 255 };
  const boxes = pictures.map((picture) => boxOf(picture, ground)).filter(Boolean);
  return boxes.length ? { drawn: true, ink: 255 - ground, ground, ...typical(boxes) } : { ...USUAL, ink: 255 - ground, ground };
}

async function greys(address) {
  const image = await decoded(address);
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const grey = [];
  for (let at = 0; at < data.length; at += 4) grey.push((data[at] + data[at + 1] + data[at + 2]) / 3);
  return { grey, width: canvas.width, height: canvas.height };
}

/** Where the ink of a picture is, and how wide the pen was; nothing for an empty one. */
function boxOf({ grey, width, height }, ground) {
  const ink = grey.map((value) => Math.abs(value - ground) / 255);
  const places = [...ink.keys()].filter((at) => ink[at] > INKED);
  if (!places.length) return null;
  const columns = places.map((at) => at % width);
  const rows = places.map((at) => Math.floor(at / width));
  const [left, right, top, bottom] = [Math.min(...columns), Math.max(...columns) + 1, Math.min(...rows), Math.max(...rows) + 1];
  const all = ink.reduce((sum, one) => sum + one, 0);
  return {
    x: (left + right) / 2 / width,
    y: (top + bottom) / 2 / height,
    width: (right - left) / width,
    height: (bottom - top) / height,
    pen: all / (LENGTH * (bottom - top)) / width,
  };
}

function typical(boxes) {
  const mean = (name) => boxes.reduce((sum, box) => sum + box[name], 0) / boxes.length;
  // Most are narrower than they might be: a 1 says nothing of how wide a 0 is.
  const widths = boxes.map((box) => box.width).sort((one, other) => one - other);
  return {
    x: mean("x"),
    y: mean("y"),
    height: mean("height"),
    width: widths[Math.floor(0.8 * (widths.length - 1))],
    pen: Math.min(0.25, Math.max(0.04, mean("pen"))),
  };
}
