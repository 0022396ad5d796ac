// What a beginner needs to know of the arguments that are met most, and with what a new layer begins.

import { element } from "../elements.js";
import { _ } from "../text.js";

/** Arguments that are shown first, beside those that a layer cannot do without. */
export const COMMON = new Set([
  "units", "filters", "kernel_size", "strides", "padding", "activation", "rate", "pool_size", "return_sequences",
  "input_dim", "output_dim", "mask_zero", "layer", "merge_mode", "num_heads", "key_dim", "target_shape", "size",
  "factor", "mode", "height_factor", "width_factor", "scale", "offset", "n", "dims", "negative_slope", "stddev",
  "output_size", "cropping", "height", "width",
]);

/** A sentence about an argument, if there is one. */
export function meaning(name) {
  return {
    units: _("How many numbers the layer puts out."),
    filters: _("How many kernels the layer has: so many channels come out."),
    kernel_size: _("How much of the picture or sequence a kernel sees at a time."),
    strides: _("How far the window moves each time."),
    padding: _("\"same\" keeps the size, \"valid\" loses the border."),
    activation: _("What bends the numbers that come out, so that layers can learn more than lines."),
    rate: _("The share of numbers that is thrown away in each step of training."),
    pool_size: _("How much is made one."),
    return_sequences: _("Puts out every step, and not the last alone."),
    input_dim: _("How many different whole numbers there are."),
    output_dim: _("How many numbers stand for each of them."),
    mask_zero: _("0 fills rows up, and is passed over."),
    use_bias: _("Adds a number of its own to each output."),
    layer: _("The layer inside."),
    merge_mode: _("How the two directions are put together."),
    num_heads: _("How many ways of looking there are."),
    key_dim: _("How many numbers a key has."),
    target_shape: _("The shape that comes out; -1 for what is left."),
    factor: _("How much it varies."),
    scale: _("What every number is multiplied with."),
    stddev: _("How strong the noise is."),
    dropout: _("The share of its inputs that is thrown away in training."),
    recurrent_dropout: _("The share of what it remembers that is thrown away in training."),
    kernel_regularizer: _("Keeps weights small."),
    kernel_initializer: _("What the weights begin with."),
    trainable: _("Whether it learns."),
    name: _("What the layer is called, if not by its type."),
    seed: _("From what its chance is drawn."),
  }[name];
}

const STARTS = {
  units: 32, filters: 32, kernel_size: 3, rate: 0.2, pool_size: 2, output_size: 1, input_dim: 10000, output_dim: 16,
  num_heads: 2, key_dim: 16, head_dim: 16, num_query_heads: 4, num_key_value_heads: 2, num_tokens: 10, height: 32,
  width: 32, stddev: 0.1, n: 4, factor: 0.1, height_factor: 0.1, width_factor: 0.1, scale: 1, target_shape: [-1],
  layer: { type: "LSTM", units: 32 }, cell: { type: "LSTMCell", units: 32 }, activation: "relu", axes: -1,
};
const BENT = new Set(["Dense", "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D"]);
const INSIDE = { TimeDistributed: { type: "Dense", units: 32 }, SpectralNormalization: { type: "Dense", units: 32 } };

/** A new layer of that type: with what it cannot do without, so that it works where it may stand. */
export function fresh({ type, arguments: { required = [] } }) {
  const known = required.filter((name) => name in STARTS);
  const layer = { type, ...Object.fromEntries(known.map((name) => [name, STARTS[name]])) };
  if (BENT.has(type)) layer.activation = "relu";
  if (type in INSIDE) layer.layer = INSIDE[type];
  return layer;
}

/** A sentence of the catalogue: what stands between backticks is code. */
export function prose(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

/** The group of a layer, as Keras calls it, in the reader's words. */
export function groupName(group) {
  return {
    core: _("Core"),
    activations: _("Activations"),
    convolutional: _("Convolutional"),
    pooling: _("Pooling"),
    recurrent: _("Recurrent"),
    normalization: _("Normalization"),
    regularization: _("Regularization"),
    attention: _("Attention"),
    merging: _("Merging"),
    reshaping: _("Reshaping"),
    preprocessing: _("Preprocessing"),
  }[group] ?? group;
}
