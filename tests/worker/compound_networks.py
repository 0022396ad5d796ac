"""A small network for each type of layer that joins, wraps, attends, recurs or prepares."""

from collections.abc import Mapping

Document = dict[str, object]

FLAT: Document = {"type": "Flatten"}
OUT: Document = {"type": "Dense", "units": 2}


def examples() -> dict[str, Document]:
    """For each type of layer, the shape and type of a row, and layers that end in two numbers."""
    return {
        **_core(),
        **_recurrent(),
        **_wrappers(),
        **_merging(),
        **_attention(),
        **_pictures(),
        **_features(),
        **_sounds(),
    }


def _network(shape: list[int], *layers: Mapping[str, object], dtype: str = "float32") -> Document:
    return {"shape": shape, "dtype": dtype, "layers": [*map(dict, layers), FLAT, OUT]}


def _core() -> dict[str, Document]:
    einsum = {"type": "EinsumDense", "equation": "...bc,cd->...bd", "output_shape": [5, 4], "bias_axes": "bd"}
    reversible = {"type": "ReversibleEmbedding", "input_dim": 8, "output_dim": 3, "mask_zero": True}
    embedding = {"type": "Embedding", "input_dim": 9, "output_dim": 4}
    return {
        "Embedding": _network([4], embedding, dtype="int32"),
        "EinsumDense": _network([2, 5, 3], einsum | {"activation": "gelu"}),
        "ReversibleEmbedding": _network([4], reversible, {"type": "LSTM", "units": 3}, dtype="int32"),
        "Masking": _network([4, 3], {"type": "Masking", "mask_value": 0.5}, {"type": "GRU", "units": 3}),
        "Identity": _network([3], {"type": "Identity"}),
    }


def _recurrent() -> dict[str, Document]:
    stacked = {
        "type": "StackedRNNCells",
        "cells": [
            {"type": "LSTMCell", "units": 3},
            {"type": "GRUCell", "units": 2, "reset_after": False},
            {"type": "SimpleRNNCell", "units": 2, "recurrent_dropout": 0.2},
        ],
    }
    step = {"filters": 2, "kernel_size": 2, "return_sequences": True, "dropout": 0.1}
    return {
        "RNN": _network([4, 3], {"type": "RNN", "cell": stacked, "return_sequences": True}),
        "ConvLSTM1D": _network([3, 4, 2], {"type": "ConvLSTM1D", **step, "strides": 2}),
        "ConvLSTM2D": _network([3, 4, 4, 1], {"type": "ConvLSTM2D", **step, "padding": "same"}),
        "ConvLSTM3D": _network([2, 3, 3, 3, 1], {"type": "ConvLSTM3D", **step, "go_backwards": True}),
    }


def _wrappers() -> dict[str, Document]:
    gru = {"type": "GRU", "units": 3, "return_sequences": True}
    both = {"type": "Bidirectional", "layer": gru, "merge_mode": "mul"}
    back = {"type": "SimpleRNN", "units": 3, "return_sequences": True, "go_backwards": True}
    convolution = {"type": "Conv1D", "filters": 2, "kernel_size": 2}
    return {
        "Bidirectional": _network(
            [4, 2], {"type": "Bidirectional", "layer": gru}, both | {"backward_layer": back}
        ),
        "TimeDistributed": _network([3, 4, 2], {"type": "TimeDistributed", "layer": convolution}),
        "SpectralNormalization": _network(
            [4, 2], {"type": "SpectralNormalization", "layer": convolution, "power_iterations": 2}
        ),
    }


def _merging() -> dict[str, Document]:
    row = {"type": "Identity", "name": "row"}
    wide = {"type": "Dense", "units": 3, "name": "wide"}
    narrow = {"type": "Dense", "units": 1, "name": "narrow", "inputs": ["row"]}
    plain = ("Add", "Multiply", "Average", "Maximum", "Minimum")
    both = {"inputs": ["wide", "narrow"]}
    return {
        **{
            kind: _network([4, 2], row, wide, narrow, {"type": kind, "inputs": ["wide", "narrow", "wide"]})
            for kind in plain
        },
        "Subtract": _network([4, 2], row, wide, narrow, {"type": "Subtract", **both}),
        "Concatenate": _network([4, 2], row, wide, narrow, {"type": "Concatenate", **both}),
        "Dot": _network(
            [4, 2], row, wide, narrow, {"type": "Dot", "axes": [1, -2], "normalize": True, **both}
        ),
    }


def _attention() -> dict[str, Document]:
    query = {"type": "Dense", "units": 4, "name": "query"}
    value = {"type": "Conv1D", "filters": 4, "kernel_size": 2, "name": "value", "inputs": ["input"]}
    both = {"inputs": ["query", "value"]}
    key = {"type": "Conv1D", "filters": 4, "kernel_size": 2, "name": "key", "inputs": ["input"]}
    heads = {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3, "value_dim": 2, "output_shape": 5}
    groups = {"type": "GroupQueryAttention", "head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
    return {
        "MultiHeadAttention": _network([4, 2], query, value, heads | both | {"dropout": 0.1}),
        "GroupQueryAttention": _network([4, 2], query, value, groups | both | {"use_gate": True}),
        "Attention": _network(
            [4, 2],
            query,
            value,
            key,
            {"type": "Attention", "use_scale": True, "inputs": ["query", "value", "key"]},
        ),
        "AdditiveAttention": _network([4, 2], query, value, {"type": "AdditiveAttention", **both}),
    }


def _pictures() -> dict[str, Document]:
    varied: dict[str, Document] = {
        "RandomFlip": {"mode": "horizontal"},
        "RandomRotation": {"factor": 0.1},
        "RandomTranslation": {"height_factor": 0.1, "width_factor": [-0.1, 0.2]},
        "RandomZoom": {"height_factor": [-0.2, 0.1]},
        "RandomShear": {"x_factor": 0.2, "y_factor": [0.1, 0.3]},
        "RandomPerspective": {"factor": 0.5, "scale": 0.3},
        "RandomElasticTransform": {"factor": 0.5, "scale": 0.5},
        "RandomContrast": {"factor": 0.2},
        "RandomBrightness": {"factor": 0.2},
        "RandomHue": {"factor": 0.2},
        "RandomSaturation": {"factor": 0.3},
        "RandomColorDegeneration": {"factor": 0.3},
        "RandomColorJitter": {"brightness_factor": 0.1, "hue_factor": 0.1},
        "RandomGrayscale": {"factor": 0.5},
        "RandomInvert": {"factor": 0.5},
        "RandomSharpness": {"factor": 0.5},
        "RandomGaussianBlur": {"kernel_size": [3, 5], "sigma": 0.5},
        "RandomPosterization": {"factor": 4},
        "RandomErasing": {"scale": [0.1, 0.3]},
        "Solarization": {"addition_factor": 0.2, "threshold_factor": 0.3},
        "AugMix": {"num_chains": 2, "chain_depth": 2},
        "RandAugment": {"num_ops": 1},
        "Rescaling": {"scale": [1.0, 2.0, 3.0], "offset": -0.5},
        "CenterCrop": {"height": 4, "width": 9},
        "Resizing": {"height": 9, "width": 5, "crop_to_aspect_ratio": True},
        "AutoContrast": {},
        "ContrastLimitedAdaptiveHistogramEqualization": {"tile_grid_size": [2, 2]},
    }
    return {kind: _network([8, 8, 3], {"type": kind, **arguments}) for kind, arguments in varied.items()}


def _features() -> dict[str, Document]:
    lookup = {"type": "IntegerLookup", "vocabulary": [3, 1, 7], "num_oov_indices": 2, "mask_token": 0}
    embedding = {"type": "Embedding", "input_dim": 6, "output_dim": 2}
    bins = {"type": "Discretization", "bin_boundaries": [0.2, 0.5, 0.7]}
    return {
        "Normalization": _network([4, 3], {"type": "Normalization", "axis": [1, 2]}),
        "CategoryEncoding": _network([4], {"type": "CategoryEncoding", "num_tokens": 5}, dtype="int32"),
        "Discretization": _network([4], bins, embedding),
        "IntegerLookup": _network([4], lookup, embedding, dtype="int32"),
    }


def _sounds() -> dict[str, Document]:
    mel = {"type": "MelSpectrogram", "fft_length": 16, "sequence_stride": 8, "num_mel_bins": 4}
    stft = {
        "type": "STFTSpectrogram",
        "mode": "stft",
        "frame_length": 16,
        "frame_step": 8,
        "expand_dims": True,
    }
    return {
        "MelSpectrogram": _network([64], mel | {"sampling_rate": 1000}),
        "STFTSpectrogram": _network([64, 2], stft),
    }
