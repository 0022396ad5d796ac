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
from core.specs.layers.base import Applied, Inputs, Joining, Layer, Shape, Weight

__all__ = [
    "AUGMENTATIONS",
    "LAYERS",
    "AnyAugmentation",
    "AnyLayer",
    "Applied",
    "Inputs",
    "Joining",
    "Layer",
    "Shape",
    "Weight",
]

_NETWORK: tuple[type[Layer], ...] = (
    *core.MEMBERS,
    *activations.MEMBERS,
    *convolutional.MEMBERS,
    *pooling.MEMBERS,
    *recurrent.MEMBERS,
    *normalization.MEMBERS,
    *regularization.MEMBERS,
    *reshaping.MEMBERS,
    *preprocessing.MEMBERS,
)

LAYERS: Family[Layer] = Family(
    "layer",
    _NETWORK,
    aliases=names.ALIASES,
    refused=names.REFUSED
    | {
        one.__name__: "it varies pictures in training, and belongs into training.augment"
        for one in preprocessing.AUGMENTATIONS
    },
    bare_names=False,
)
AUGMENTATIONS: Family[Layer] = Family(
    "augmentation",
    preprocessing.AUGMENTATIONS,
    refused=names.REFUSED
    | {one.__name__: "it is a layer of the network, and belongs into model.layers" for one in _NETWORK},
    bare_names=False,
)

AnyLayer = Annotated[Layer, LAYERS]
AnyAugmentation = Annotated[Layer, AUGMENTATIONS]
