"""Every layer that is taken, and how a document names one."""

from typing import Annotated

from core.specs.base import Family
from core.specs.layers import attention, augmentation, merging, names, plain, wrappers
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

LAYERS: Family[Layer] = Family(
    "layer",
    (*plain.MEMBERS, *wrappers.MEMBERS, *merging.MEMBERS, *attention.MEMBERS),
    aliases=names.ALIASES,
    refused=names.REFUSED,
    bare_names=False,
)
AUGMENTATIONS: Family[Layer] = Family(
    "augmentation",
    augmentation.MEMBERS,
    refused=names.REFUSED
    | {
        name: "it is a layer of the network, and belongs into model.layers"
        for name, layer in LAYERS.members.items()
        if layer not in augmentation.MEMBERS
    },
    bare_names=False,
)

AnyLayer = Annotated[Layer, LAYERS]
AnyAugmentation = Annotated[Layer, AUGMENTATIONS]
