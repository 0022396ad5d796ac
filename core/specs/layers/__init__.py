"""Every layer that is taken, and how a document names one."""

from typing import Annotated

from core.specs.base import Family
from core.specs.layers import (
    activations,
    convolutional,
    core,
    names,
    normalization,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
)
from core.specs.layers.base import Layer, Shape, Weight

__all__ = ["AUGMENTATIONS", "LAYERS", "AnyAugmentation", "AnyLayer", "Layer", "Shape", "Weight"]

_NETWORK: tuple[type[Layer], ...] = (
    core.Dense,
    core.Activation,
    core.Embedding,
    activations.Softmax,
    activations.ReLU,
    activations.LeakyReLU,
    convolutional.Conv1D,
    convolutional.Conv2D,
    pooling.MaxPooling1D,
    pooling.MaxPooling2D,
    pooling.AveragePooling1D,
    pooling.AveragePooling2D,
    pooling.GlobalAveragePooling1D,
    pooling.GlobalAveragePooling2D,
    pooling.GlobalMaxPooling1D,
    pooling.GlobalMaxPooling2D,
    recurrent.LSTM,
    recurrent.GRU,
    recurrent.SimpleRNN,
    normalization.BatchNormalization,
    normalization.LayerNormalization,
    regularization.Dropout,
    reshaping.Flatten,
    reshaping.Reshape,
    preprocessing.Rescaling,
)
_PICTURES: tuple[type[Layer], ...] = (
    preprocessing.RandomFlip,
    preprocessing.RandomRotation,
    preprocessing.RandomTranslation,
    preprocessing.RandomZoom,
    preprocessing.RandomContrast,
    preprocessing.RandomBrightness,
)

LAYERS: Family[Layer] = Family(
    "layer",
    _NETWORK,
    aliases=names.ALIASES,
    refused=names.REFUSED
    | {
        one.__name__: "it varies pictures in training, and belongs into training.augment" for one in _PICTURES
    },
    bare_names=False,
)
AUGMENTATIONS: Family[Layer] = Family(
    "augmentation",
    _PICTURES,
    refused=names.REFUSED
    | {one.__name__: "it is a layer of the network, and belongs into model.layers" for one in _NETWORK},
    bare_names=False,
)

AnyLayer = Annotated[Layer, LAYERS]
AnyAugmentation = Annotated[Layer, AUGMENTATIONS]
