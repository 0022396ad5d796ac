// A network as a picture: its layers from the input to the output, in SVG, with all branches.

import { shape } from "./elements.js";
import { _, ngettext } from "./text.js";
import { arranged } from "./builder/arranging.js";

const WIDE = 210;
const HIGH = 46;
const LETTERS = 22;
const FAMILIES = [
  [/^Conv|Conv\dD/, 1],
  [/Pool|UpSampling|Cropping|Padding|Flatten|Reshape|Permute|Repeat|Resizing/, 2],
  [/LSTM|GRU|RNN|Bidirectional|TimeDistributed|Embedding/, 3],
  [/Dropout|Noise|Normalization|Regularization|Random|Masking/, 4],
  [/Attention|Add|Concatenate|Average|Maximum|Minimum|Multiply|Subtract|Dot/, 5],
];
// So many are told one by one to who cannot see the picture; a table beside it has all.
const TOLD = 40;

/**
 * An SVG of `layers` as the check and a job's network tell them: `{name, type, output_shape, parameters, inputs}`.
 * `inputs` are the data set's, `{name, shape}`. With `onselect(name)` layers can be clicked, and gone through with
 * the arrows.
 */
export function picture(layers, { inputs = [], onselect } = {}) {
  const { nodes, edges, width, height } = arranged(withInputs(layers, inputs), { wide: WIDE, high: HIGH });
  const svg = shape(
    "svg",
    { class: "network-picture", viewBox: `0 0 ${width} ${height}`, width, height, role: onselect ? "group" : "img" },
    shape("title", {}, _("The network, from its input to its output")),
    shape("desc", {}, description(layers)),
    edges.map(({ d }) => shape("path", { class: "wire", d })),
    nodes.map((node) => box(node, onselect)),
  );
  if (onselect) walkable(svg);
  return svg;
}

/** A shape as one says it: 28 × 28 × 1. */
export function shapeText(shape) {
  return shape.length ? shape.map((side) => side ?? "?").join(" × ") : "1";
}

function withInputs(layers, inputs) {
  const known = new Map(inputs.map((input) => [input.name, input]));
  const names = new Set(layers.map(({ name }) => name));
  const outer = [...new Set(layers.flatMap(({ inputs: from }) => from).filter((name) => !names.has(name)))];
  const starts = outer.map((name) => ({ name, type: _("Input"), output_shape: known.get(name)?.shape, inputs: [], isInput: true }));
  return [...starts, ...layers];
}

function box({ x, y, layer }, onselect) {
  const { name, type, isInput, output_shape: out } = layer;
  const family = isInput ? 0 : FAMILIES.find(([pattern]) => pattern.test(type))?.[1] ?? 6;
  const canSelect = onselect && !isInput;
  const select = () => onselect(name);
  const group = shape(
    "g",
    {
      class: `node family-${family}`,
      transform: `translate(${x - WIDE / 2} ${y})`,
      ...(canSelect && { role: "button", tabindex: -1, "aria-label": told(layer), onclick: select, onkeydown: pressed(select) }),
    },
    shape("title", {}, told(layer)),
    shape("rect", { width: WIDE, height: HIGH, rx: 8 }),
    shape("rect", { class: "stripe", width: 5, height: HIGH - 12, x: 6, y: 6, rx: 2 }),
    shape("text", { x: 20, y: 19, class: "type" }, cut(isInput && name !== "input" ? `${type} ${name}` : type)),
    shape("text", { x: 20, y: 36 }, out ? cut(shapeText(out), 18) : ""),
    !isInput && shape("text", { x: WIDE - 10, y: 36, class: "parameters" }, layer.parameters ? compact(layer.parameters) : ""),
  );
  return group;
}

function told({ name, type, output_shape: out, parameters, isInput }) {
  if (isInput) return out ? `${name}: ${shapeText(out)}` : name;
  const values = { name, type, shape: shapeText(out), parameters: ngettext("%(num)s parameter", "%(num)s parameters", parameters) };
  return _("%(type)s (%(name)s): %(shape)s, %(parameters)s", values);
}

function description(layers) {
  const lines = layers.slice(0, TOLD).map(told);
  const more = layers.length - lines.length;
  if (more > 0) lines.push(ngettext("and %(num)s more layer", "and %(num)s more layers", more));
  return lines.join("; ");
}

function cut(text, most = LETTERS) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function compact(value) {
  return new Intl.NumberFormat(document.documentElement.lang || "en", { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

function pressed(select) {
  return (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    select();
  };
}

/** One stop for the tabulator; the arrows go on from there. */
function walkable(svg) {
  const nodes = [...svg.querySelectorAll('[role="button"]')];
  nodes[0]?.setAttribute("tabindex", "0");
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const next = by && nodes[nodes.indexOf(event.target) + by];
    if (!next) return;
    event.preventDefault();
    for (const node of nodes) node.setAttribute("tabindex", node === next ? "0" : "-1");
    next.focus();
  });
}
