// A chart of lines over epochs, in SVG: it grows while it is looked at, and its values can be read off with
// the mouse, a finger or the keyboard.

import { element, fill, shape } from "./elements.js";
import { decades, outline, range, ticks } from "./scales.js";
import { _, number, whole } from "./text.js";

const MARGIN = { right: 16, top: 10, bottom: 26 };
// How wide a digit is, more or less.
const DIGIT = 7;

/**
 * An empty chart: `{node, draw, name}`; `name` gives it another title. `draw([{name, values, colour, dashed}])` draws the lines; the n-th of the
 * `values` is of epoch n + 1, `null` where there is none; `colour` is 1 to 6.
 */
export function chart(title, { large = false } = {}) {
  let series = [];
  let size = { width: 0, height: 0 };
  let log = false;
  let left = 0;
  let at = null;

  const svg = shape("svg", { "aria-hidden": "true" });
  const caption = element("span", { class: "named" });
  const plot = element("div", { class: "plot", role: "slider", tabindex: 0, onkeydown: step, onpointermove: point, onpointerdown: point, onpointerleave: leave, onblur: leave }, svg);
  const scale = element("button", { type: "button", class: "plain", "aria-pressed": "false", title: _("Each line upwards is ten times the one below: what is small is seen too"), onclick: toggle }, _("Log scale"));
  const legend = element("ul", { class: "legend" });
  const epoch = element("li", { class: "quiet" });
  const node = element("figure", { class: large ? "chart large" : "chart" }, element("figcaption", {}, caption, scale), plot, legend);
  name(title);

  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === size.width && contentRect.height === size.height) return;
    size = { width: contentRect.width, height: contentRect.height };
    render();
  }).observe(svg);

  function name(text) {
    caption.textContent = text;
    plot.setAttribute("aria-label", _("%(title)s: the values of an epoch", { title: text }));
  }

  function draw(lines) {
    const names = (all) => all.map((one) => one.name).join("\n");
    const changed = names(lines) !== names(series);
    series = lines;
    if (changed) fill(legend, series.map(key), epoch);
    render();
  }

  function render() {
    const last = Math.max(1, ...series.map((one) => one.values.length));
    if (at !== null) at = Math.min(at, last - 1);
    read(last);
    if (!size.width) return;
    const { x, y, across } = scales(last);
    fill(svg, axes(x, y, across, last), series.map((one) => line(one, x, y)), at === null ? [] : cursor(x, y));
    svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  }

  function scales(last) {
    const [low, high] = range(series, log);
    const across = (log ? decades(low, high) : ticks(low, high, size.height / 50)).map((value) => [value, number(value)]);
    left = 12 + DIGIT * Math.max(2, ...across.map(([, label]) => label.length));
    const wide = size.width - left - MARGIN.right;
    const tall = size.height - MARGIN.top - MARGIN.bottom;
    const bend = log ? Math.log10 : (value) => value;
    const [from, to] = [bend(low), bend(high)];
    return {
      across,
      x: (n) => left + (last === 1 ? 0.5 : n / (last - 1)) * wide,
      y: (value) => MARGIN.top + (1 - (bend(value) - from) / (to - from)) * tall,
    };
  }

  function axes(x, y, across, last) {
    const [right, bottom] = [size.width - MARGIN.right, size.height - MARGIN.bottom];
    const rule = (height) => shape("line", { class: "grid-line", x1: left, x2: right, y1: height, y2: height });
    const label = (n) => shape("text", { x: x(n - 1), y: bottom + 18, "text-anchor": "middle" }, whole(n));
    const along = ticks(1, last, Math.min(last, size.width / 90), 1);
    // The first epoch too, where there is room.
    if (along[0] > 1 && x(along[0] - 1) - x(0) > 40) along.unshift(1);
    return [
      across.map(([value, text]) => [rule(y(value)), shape("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text)]),
      rule(bottom),
      along.map(label),
    ];
  }

  function line({ values, colour, dashed }, x, y) {
    const d = outline(values, x, y, size.width - left - MARGIN.right);
    return shape("path", { class: `line series-${colour}${dashed ? " dashed" : ""}`, d });
  }

  function cursor(x, y) {
    const rule = shape("line", { class: "cursor", x1: x(at), x2: x(at), y1: MARGIN.top, y2: size.height - MARGIN.bottom });
    const dots = series.filter(({ values }) => Number.isFinite(values[at]) && Number.isFinite(y(values[at])));
    return [rule, ...dots.map(({ values, colour }) => shape("circle", { class: `dot series-${colour}`, cx: x(at), cy: y(values[at]), r: 4 }))];
  }

  function key({ name, colour, dashed }) {
    const stroke = shape("line", { class: `line series-${colour}${dashed ? " dashed" : ""}`, x1: 1, x2: 27, y1: 6, y2: 6 });
    return element("li", {}, shape("svg", { viewBox: "0 0 28 12", "aria-hidden": "true" }, stroke), element("span", { class: "named" }, name), " ", element("span", { class: "value" }));
  }

  /** The values of the epoch that is pointed at, or else of the last, beside the names and for who hears. */
  function read(last) {
    const shown = at ?? last - 1;
    const told = series.map(({ values }) => number(at === null ? values.at(-1) : values[at]));
    legend.querySelectorAll(".value").forEach((value, n) => { value.textContent = told[n]; });
    epoch.textContent = _("Epoch %(epoch)s", { epoch: whole(shown + 1) });
    // What nobody moved is not read out again and again to who is just there.
    if (at === null && document.activeElement === plot) return;
    plot.setAttribute("aria-valuemin", 1);
    plot.setAttribute("aria-valuemax", last);
    plot.setAttribute("aria-valuenow", shown + 1);
    plot.setAttribute("aria-valuetext", [epoch.textContent, ...series.map(({ name }, n) => `${name} ${told[n]}`)].join(", "));
  }

  function move(to) {
    const last = Math.max(1, ...series.map((one) => one.values.length));
    at = to === null ? null : Math.max(0, Math.min(last - 1, to));
    render();
  }

  function point(event) {
    const last = Math.max(1, ...series.map((one) => one.values.length));
    const wide = size.width - left - MARGIN.right;
    const share = (event.clientX - svg.getBoundingClientRect().left - left) / wide;
    move(Math.round(share * (last - 1)));
  }

  function leave() {
    if (at !== null) move(null);
  }

  function step(event) {
    const last = Math.max(1, ...series.map((one) => one.values.length));
    const far = Math.max(1, Math.round(last / 10));
    const here = at ?? last - 1;
    const to = { ArrowLeft: here - 1, ArrowDown: here - 1, ArrowRight: here + 1, ArrowUp: here + 1, PageDown: here - far, PageUp: here + far, Home: 0, End: last - 1, Escape: null }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  }

  function toggle() {
    log = !log;
    scale.setAttribute("aria-pressed", String(log));
    render();
  }

  return { node, draw, name };
}
