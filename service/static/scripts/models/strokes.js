// Lines that somebody drew, kept as points: so they can be undone, and drawn in any size.

import { paint } from "./pixels.js";

// Each pixel of a small picture is the mean of so many by so many.
const FINE = 8;
const MOST_SIDE = 1024;

/**
 * A line: `points` in parts of the picture's sides from 0 to 1, `pen` in parts of its width.
 * @typedef {{points: number[][], pen: number, colour: string}} Stroke
 */

/** Draws lines on a canvas, over what is there. */
export function draw(canvas, strokes, place = (point) => point) {
  const context = canvas.getContext("2d");
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { points, pen, colour } of strokes) {
    context.strokeStyle = colour;
    context.lineWidth = pen * canvas.width;
    context.beginPath();
    const [first, ...rest] = points.map(place);
    context.moveTo(first[0] * canvas.width, first[1] * canvas.height);
    // A line of no length is a dot.
    for (const [x, y] of rest.length ? rest : [first]) context.lineTo(x * canvas.width, y * canvas.height);
    context.stroke();
  }
}

/**
 * The place of each point once the whole is as large as the data set's drawings are, and where they are. The pen stays
 * as it is: enlarging a drawing makes its lines no thicker.
 */
export function fitted(strokes, manner) {
  const points = strokes.flatMap((stroke) => stroke.points);
  const pen = Math.max(...strokes.map((stroke) => stroke.pen));
  const [left, right] = ends(points.map(([x]) => x));
  const [top, bottom] = ends(points.map(([, y]) => y));
  const scale = Math.min(ratio(manner.width - pen, right - left), ratio(manner.height - pen, bottom - top));
  // A dot alone has no size that could be changed.
  const by = Number.isFinite(scale) ? scale : 1;
  return ([x, y]) => [manner.x + by * (x - (left + right) / 2), manner.y + by * (y - (top + bottom) / 2)];
}

/** Shrinks what `drawing` draws onto a large canvas to the size of `canvas`: each pixel is the mean of its part. */
export function render(canvas, drawing) {
  const { width, height } = canvas;
  const fine = Math.max(1, Math.min(FINE, Math.floor(MOST_SIDE / Math.max(width, height))));
  const large = new OffscreenCanvas(width * fine, height * fine);
  const context = large.getContext("2d", { willReadFrequently: true });
  drawing(large);
  const { data } = context.getImageData(0, 0, large.width, large.height);
  const sums = new Float64Array(3 * width * height);
  for (let y = 0; y < large.height; y += 1) {
    for (let x = 0; x < large.width; x += 1) {
      const from = 4 * (y * large.width + x);
      const to = 3 * (Math.floor(y / fine) * width + Math.floor(x / fine));
      for (let channel = 0; channel < 3; channel += 1) sums[to + channel] += data[from + channel];
    }
  }
  paint(canvas, Array.from(sums, (sum) => Math.round(sum / fine ** 2)));
}

function ends(values) {
  return [Math.min(...values), Math.max(...values)];
}

function ratio(room, size) {
  return size > 0.01 ? Math.max(0.01, room) / size : Infinity;
}
