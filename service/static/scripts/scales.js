// What a chart reckons with before it draws: ranges, ticks, and lines of no more points than can be seen.

/** Ticks from `low` to `high`, at multiples of 1, 2 or 5 times a power of ten, about `count` of them. */
export function ticks(low, high, count, least = 0) {
  const rough = (high - low) / Math.max(1, count) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(least, power * [1, 2, 5, 10].find((size) => size * power >= rough * 0.999));
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1) {
    found.push(Number((n * step).toPrecision(12)));
  }
  return found;
}

/** The powers of ten between two numbers; where there are hardly any, 2 and 5 times them too. */
export function decades(low, high) {
  const found = [];
  const several = Math.log10(high / low) > 2;
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const size of several ? [1] : [1, 2, 5]) found.push(Number((size * 10 ** power).toPrecision(12)));
  }
  return found.filter((value) => value >= low && value <= high);
}

/** The least and the greatest of what is drawn, with a little room; on a log scale of what is above 0. */
export function range(series, log) {
  let [low, high] = [Infinity, -Infinity];
  for (const { values } of series) {
    for (const value of values) {
      if (value === null || (log && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) return low === high ? [low / 2, high * 2] : [low / 1.05, high * 1.05];
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  // What never falls below zero does not do so on the chart either.
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/**
 * The path of a line through `values`, of which the n-th stands at `x(n)`, in at most two points for each of
 * `columns`: the least and the greatest of what falls together. Where there is no number there is a gap.
 */
export function outline(values, x, y, columns) {
  const step = Math.max(1, values.length / columns);
  const path = [];
  let pen = "M";
  for (let from = 0; from < values.length; from += step) {
    const extremes = between(values, Math.floor(from), Math.min(values.length, Math.floor(from + step)), y);
    if (!extremes.length) pen = "M";
    for (const n of extremes) {
      path.push(`${pen}${x(n).toFixed(1)} ${y(values[n]).toFixed(1)}`);
      // A point that stands alone is a line without a length, which its round end makes a dot.
      if (pen === "M") path.push("h0");
      pen = "L";
    }
  }
  return path.join("");
}

function between(values, from, to, y) {
  let [least, most] = [-1, -1];
  for (let n = from; n < to; n += 1) {
    if (values[n] === null || !Number.isFinite(y(values[n]))) continue;
    if (least < 0 || values[n] < values[least]) least = n;
    if (most < 0 || values[n] > values[most]) most = n;
  }
  if (least < 0) return [];
  return least === most ? [least] : [Math.min(least, most), Math.max(least, most)];
}
