"""A small network for every layer that computes, recurs, convolves, pools, reshapes, activates, normalizes or
drops out.
"""

from typing import Any

STEPS, PICTURE, VOLUME = (6, 3), (6, 6, 3), (4, 5, 3, 2)
RECURRENT = {"LSTM", "GRU", "SimpleRNN"}
ROWS = {1: STEPS, 2: PICTURE, 3: VOLUME}
ENDS = [{"type": "Flatten"}, {"type": "Dense", "units": 2}]

# The arguments of each layer, for rows of as many axes as its name says, or for pictures.
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "Dense": {"units": 3, "kernel_initializer": {"type": "HeNormal", "seed": 1}},
    "Activation": {"activation": "gelu"},
    "LSTM": {"units": 3, "kernel_regularizer": {"type": "L1L2", "l1": 0.1}},
    "GRU": {"units": 3, "return_sequences": True, "recurrent_dropout": 0.5},
    "SimpleRNN": {"units": 3, "go_backwards": True, "activity_regularizer": "l2"},
    "Conv1D": {"filters": 4, "kernel_size": 3, "padding": "causal", "dilation_rate": 2, "activation": "gelu"},
    "Conv2D": {"filters": 6, "kernel_size": [3, 2], "strides": [2, 1], "padding": "same", "groups": 3},
    "Conv3D": {"filters": 3, "kernel_size": [2, 3, 1], "padding": "same", "activation": "selu"},
    "Conv1DTranspose": {"filters": 2, "kernel_size": 4, "strides": 2, "output_padding": 1},
    "Conv2DTranspose": {"filters": 2, "kernel_size": 3, "strides": [2, 3], "padding": "same"},
    "Conv3DTranspose": {"filters": 2, "kernel_size": 2, "strides": [1, 2, 1], "padding": "same"},
    "DepthwiseConv1D": {"kernel_size": 3, "depth_multiplier": 2, "padding": "same", "activation": "silu"},
    "DepthwiseConv2D": {"kernel_size": [2, 3], "strides": [1, 2], "depth_multiplier": 2},
    "SeparableConv1D": {"filters": 4, "kernel_size": 3, "strides": 2, "dilation_rate": 2, "padding": "same"},
    "SeparableConv2D": {"filters": 4, "kernel_size": 2, "dilation_rate": [2, 1], "activation": "relu6"},
    "MaxPooling1D": {"pool_size": 3, "strides": 2, "padding": "same"},
    "MaxPooling2D": {"pool_size": [2, 3], "strides": 1},
    "MaxPooling3D": {"pool_size": [2, 2, 1], "padding": "same"},
    "AveragePooling1D": {"pool_size": 4, "strides": 3, "padding": "same"},
    "AveragePooling2D": {"pool_size": [3, 2], "strides": [1, 2], "padding": "same"},
    "AveragePooling3D": {"pool_size": 2},
    "GlobalAveragePooling1D": {},
    "GlobalAveragePooling2D": {"keepdims": True},
    "GlobalAveragePooling3D": {},
    "GlobalMaxPooling1D": {"keepdims": True},
    "GlobalMaxPooling2D": {},
    "GlobalMaxPooling3D": {},
    "AdaptiveAveragePooling1D": {"output_size": 4},
    "AdaptiveAveragePooling2D": {"output_size": [2, 4]},
    "AdaptiveAveragePooling3D": {"output_size": 2},
    "AdaptiveMaxPooling1D": {"output_size": 8},
    "AdaptiveMaxPooling2D": {"output_size": 4},
    "AdaptiveMaxPooling3D": {"output_size": [3, 2, 2]},
    "Flatten": {},
    "Reshape": {"target_shape": [9, -1]},
    "Permute": {"dims": [3, 1, 2]},
    "Cropping1D": {"cropping": [0, 2]},
    "Cropping2D": {"cropping": [[1, 0], 2]},
    "Cropping3D": {"cropping": [[0, 1], [2, 0], 0]},
    "ZeroPadding1D": {"padding": [2, 0]},
    "ZeroPadding2D": {"padding": [[1, 0], 2]},
    "ZeroPadding3D": {"padding": [[0, 1], 2, 0]},
    "UpSampling1D": {"size": 3},
    "UpSampling2D": {"size": [2, 3], "interpolation": "bilinear"},
    "UpSampling3D": {"size": [1, 2, 3]},
    "Softmax": {"axis": [1, 2]},
    "ReLU": {"max_value": 0.9, "negative_slope": 0.1, "threshold": 0.2},
    "LeakyReLU": {"negative_slope": 0.2},
    "ELU": {"alpha": 0.7},
    "PReLU": {"alpha_initializer": {"type": "Constant", "value": 0.3}, "shared_axes": [1, 2]},
    "Dropout": {"rate": 0.5, "noise_shape": [None, 1, 1, 3], "seed": 3},
    "AlphaDropout": {"rate": 0.3},
    "GaussianDropout": {"rate": 0.3},
    "GaussianNoise": {"stddev": 0.1},
    "SpatialDropout1D": {"rate": 0.5},
    "SpatialDropout2D": {"rate": 0.5},
    "SpatialDropout3D": {"rate": 0.5},
    "ActivityRegularization": {"l1": 0.01, "l2": 0.01},
    "BatchNormalization": {"renorm": True, "renorm_clipping": {"rmax": 3}},
    "LayerNormalization": {"axis": [1, 2], "center": False},
    "GroupNormalization": {"groups": 3, "axis": 1},
    "RMSNormalization": {"axis": [-1, -2]},
    "UnitNormalization": {"axis": [1, 3]},
}


def examples() -> dict[str, dict[str, Any]]:
    """For every layer's type, the shape of a row and a list of layers that ends in two scores."""
    found = {
        kind: {"shape": list(_row(kind)), "layers": [{"type": kind, **arguments}, *ENDS]}
        for kind, arguments in _ARGUMENTS.items()
    }
    vector = {"type": "RepeatVector", "n": 3}
    return found | {"RepeatVector": {"shape": [4], "layers": [vector, *ENDS]}}


def _row(kind: str) -> tuple[int, ...]:
    if kind in RECURRENT:
        return STEPS
    return next((shape for rank, shape in ROWS.items() if f"{rank}D" in kind), PICTURE)
