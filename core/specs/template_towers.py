"""What a template begins with: layers that make of one input a flat list of numbers."""

import math
from typing import Any

from core.specs.facts import InputFacts

Layers = list[dict[str, Any]]
LARGE = 20.0
"""Numbers from which on they are brought near 1 first."""
PER_ROW = 500
FREE = 50_000
"""Weights that a first layer may have, for each row and at any rate."""
FLAT = 4096
"""The most numbers of a picture that a Dense layer takes as they are."""
SMALL = 4
FILTERS = (16, 32, 32, 64, 64)
WORDS = 200_000


def suits(name: str, known: InputFacts) -> bool:
    """Whether a template of that name says something of such an input: pictures, or sequences."""
    if name == "convolutional":
        return len(known.shape) == 3 and min(known.shape[:2]) >= SMALL
    words = known.dtype == "int32" and len(known.shape) == 1 and _words(known) is not None
    return name == "recurrent" and (words or (known.dtype == "float32" and len(known.shape) == 2))


def dense(known: InputFacts, rows: int) -> Layers:
    """All numbers of a row at once."""
    if known.dtype == "int32" and (words := _words(known)) is not None and len(known.shape) == 1:
        embedding = {"type": "Embedding", "input_dim": words, "output_dim": 16}
        return [embedding, {"type": "GlobalAveragePooling1D"}, _hidden(32)]
    layers, size = _scaled(known), math.prod(known.shape)
    if len(known.shape) == 3 and size > FLAT:
        high, wide, channels = known.shape
        by = [min(side, math.ceil(max(high, wide) / 32)) for side in (high, wide)]
        layers.append({"type": "AveragePooling2D", "pool_size": by})
        size = (high // by[0]) * (wide // by[1]) * channels
    if len(known.shape) > 1:
        layers.append({"type": "Flatten"})
        return [*layers, _hidden(_units(128, size, rows))]
    units = _units(64, size, rows)
    return [*layers, _hidden(units), _hidden(max(units // 2, 4))]


def convolutional(known: InputFacts, rows: int) -> Layers:
    """Pictures: kernels, and pooling until little is left; other inputs as in a dense network."""
    if not suits("convolutional", known):
        return recurrent(known, rows) if suits("recurrent", known) else dense(known, rows)
    high, wide = known.shape[:2]
    layers = _scaled(known)
    for filters in FILTERS:
        if max(high, wide) < SMALL:
            break
        pool = [min(2, high), min(2, wide)]
        layers.append(_conv(filters))
        layers.append({"type": "MaxPooling2D"} | ({} if pool == [2, 2] else {"pool_size": pool}))
        high, wide = high // pool[0], wide // pool[1]
    flat = "Flatten" if max(high, wide) <= SMALL else "GlobalAveragePooling2D"
    return [*layers, {"type": flat}, {"type": "Dropout", "rate": 0.2}]


def recurrent(known: InputFacts, rows: int) -> Layers:
    """Sequences, step by step; other inputs as their own template takes them."""
    if not suits("recurrent", known):
        return convolutional(known, rows) if suits("convolutional", known) else dense(known, rows)
    if known.dtype == "int32":
        # A text is filled up with 0, which is no word.
        embedding = {"type": "Embedding", "input_dim": _words(known), "output_dim": 16, "mask_zero": True}
        return [embedding, {"type": "LSTM", "units": 32}]
    return [*_scaled(known), {"type": "LSTM", "units": 32}]


def _scaled(known: InputFacts) -> Layers:
    """A first layer that brings large numbers near 1; none where they are."""
    if known.dtype == "float32" and (known.largest or 0) > LARGE:
        return [{"type": "Normalization"}]
    return []


def _words(known: InputFacts) -> int | None:
    """The rows of a table for all whole numbers that there are, if that is a table one may have."""
    if known.integers is None or known.integers[0] < 0 or known.integers[1] >= WORDS:
        return None
    return known.integers[1] + 1


def _units(most: int, size: int, rows: int) -> int:
    """A power of two, so that the weights stay within what so many rows can teach."""
    units = most
    while units > 8 and units * size > max(FREE, PER_ROW * rows):
        units //= 2
    return units


def _hidden(units: int) -> dict[str, Any]:
    return {"type": "Dense", "units": units, "activation": "relu"}


def _conv(filters: int) -> dict[str, Any]:
    return {
        "type": "Conv2D",
        "filters": filters,
        "kernel_size": 3,
        "padding": "same",
        "activation": "relu",
    }
