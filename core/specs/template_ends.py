"""What a template ends with: layers that put out what the target asks for."""

import math
from typing import Any

from core.specs.facts import InputFacts, TargetFacts
from core.specs.template_towers import SMALL

Layers = list[dict[str, Any]]


def head(target: TargetFacts) -> Layers:
    """The layers that answer, from a flat list of numbers."""
    if target.kind == "class":
        return [_dense(max(len(target.classes), 2), "softmax")]
    if target.kind == "multilabel":
        return [_dense(len(target.classes), "sigmoid")]
    if target.kind == "vector":
        return [_dense(target.width)]
    return [_dense(1)]


def reconstruction(name: str, known: InputFacts, rows: int) -> Layers:
    """A network that puts out what went in, through a narrow place: an autoencoder."""
    if name == "convolutional":
        return _pictures(known)
    if name == "recurrent":
        return _sequences(known)
    size = math.prod(known.shape)
    wide = max(4, min(128, 50_000 // size, max(size // 2, 4)))
    while wide > 4 and 2 * wide * size > max(50_000, 500 * rows):
        wide //= 2
    layers = [_dense(wide, "relu"), _dense(max(wide // 4, 2), "relu"), _dense(wide, "relu"), _dense(size)]
    if len(known.shape) == 1:
        return layers
    return [{"type": "Flatten"}, *layers, {"type": "Reshape", "target_shape": list(known.shape)}]


def _pictures(known: InputFacts) -> Layers:
    high, wide, channels = known.shape
    halves = 0
    while halves < 2 and high % 2 == wide % 2 == 0 and min(high, wide) > SMALL:
        high, wide, halves = high // 2, wide // 2, halves + 1
    down: Layers = [{"type": "MaxPooling2D"}]
    up: Layers = [{"type": "UpSampling2D"}]
    layers: Layers = []
    for _ in range(max(halves, 1)):
        layers += [_conv(16, "relu"), *(down if halves else [])]
    layers.append(_conv(8, "relu"))
    for _ in range(halves):
        layers += [*up, _conv(16, "relu")]
    return [*layers, _conv(channels)]


def _sequences(known: InputFacts) -> Layers:
    steps, width = known.shape
    return [
        {"type": "LSTM", "units": 32},
        {"type": "RepeatVector", "n": steps},
        {"type": "LSTM", "units": 32, "return_sequences": True},
        _dense(width),
    ]


def _dense(units: int, activation: str | None = None) -> dict[str, Any]:
    return {"type": "Dense", "units": units} | ({"activation": activation} if activation else {})


def _conv(filters: int, activation: str | None = None) -> dict[str, Any]:
    layer = {"type": "Conv2D", "filters": filters, "kernel_size": 3, "padding": "same"}
    return layer | ({"activation": activation} if activation else {})
