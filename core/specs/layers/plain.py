"""The layers that take one input and hold no other layer, in Keras's groups."""

from core.specs.layers import (
    activations,
    augmentation,
    cells,
    convolutional,
    convolutional_recurrent,
    convolutional_separable,
    convolutional_transpose,
    core,
    einsum_dense,
    normalization,
    pooling,
    pooling_whole,
    preprocessing_audio,
    preprocessing_features,
    preprocessing_images,
    recurrent,
    regularization,
    reshaping,
    resizing,
)
from core.specs.layers.base import Layer

RECURRENT: tuple[type[Layer], ...] = (
    *recurrent.MEMBERS,
    *cells.MEMBERS,
    *convolutional_recurrent.MEMBERS,
)
MEMBERS: tuple[type[Layer], ...] = (
    *core.MEMBERS,
    *einsum_dense.MEMBERS,
    *activations.MEMBERS,
    *convolutional.MEMBERS,
    *convolutional_transpose.MEMBERS,
    *convolutional_separable.MEMBERS,
    *pooling.MEMBERS,
    *pooling_whole.MEMBERS,
    *RECURRENT,
    *normalization.MEMBERS,
    *regularization.MEMBERS,
    *reshaping.MEMBERS,
    *resizing.MEMBERS,
    *preprocessing_images.MEMBERS,
    *augmentation.MEMBERS,
    *preprocessing_features.MEMBERS,
    *preprocessing_audio.MEMBERS,
)
