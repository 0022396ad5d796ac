// Pictures as numbers: from 0 to 255, row by row, with one channel or three.

/** Shows numbers on a canvas of the picture's own size: grey or red, green and blue. */
export function paint(canvas, numbers) {
  const { width, height } = canvas;
  const channels = numbers.length === width * height ? 1 : 3;
  const image = new ImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      image.data[4 * at + channel] = numbers[at * channels + (channels === 1 ? 0 : channel)];
    }
    image.data[4 * at + 3] = 255;
  }
  context(canvas).putImageData(image, 0, 0);
}

/** The numbers of what is on a canvas; with one channel, how bright it is (ITU-R 601, as the service reckons). */
export function read(canvas, channels) {
  const { data } = context(canvas).getImageData(0, 0, canvas.width, canvas.height);
  const numbers = [];
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = data.subarray(at, at + 3);
    if (channels === 3) numbers.push(red, green, blue);
    else numbers.push(Math.round(0.299 * red + 0.587 * green + 0.114 * blue));
  }
  return numbers;
}

/** A flat list as nested lists of this shape. */
export function nest(numbers, sizes) {
  if (sizes.length < 2) return numbers;
  const step = numbers.length / sizes[0];
  return Array.from({ length: sizes[0] }, (_row, at) => nest(numbers.slice(at * step, (at + 1) * step), sizes.slice(1)));
}

/**
 * Draws a picture onto a canvas, stretched to its size. The browser halves it until it is no more than twice as large:
 * in a single step it would leave out most of the pixels.
 */
export function shrink(source, canvas) {
  let drawn = source;
  let width = source.naturalWidth || source.width;
  let height = source.naturalHeight || source.height;
  while (width > 2 * canvas.width || height > 2 * canvas.height) {
    width = Math.max(canvas.width, Math.ceil(width / 2));
    height = Math.max(canvas.height, Math.ceil(height / 2));
    const half = new OffscreenCanvas(width, height);
    put(half, drawn);
    drawn = half;
  }
  put(canvas, drawn);
}

function put(canvas, source) {
  const on = context(canvas);
  // What is transparent is seen on white, as the service sees it.
  on.fillStyle = "white";
  on.fillRect(0, 0, canvas.width, canvas.height);
  on.imageSmoothingEnabled = true;
  on.imageSmoothingQuality = "high";
  on.drawImage(source, 0, 0, canvas.width, canvas.height);
}

/** Whatever is drawn here is read again. */
function context(canvas) {
  return canvas.getContext("2d", { willReadFrequently: true });
}

/** A picture that has been decoded; rejects what is none. */
export async function decoded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}
