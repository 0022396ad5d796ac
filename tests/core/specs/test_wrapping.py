"""Layers that hold another layer, and what is said of the one inside."""

import pytest
from pydantic import ValidationError

from core.specs.layers import LAYERS
from core.specs.wording import Misfit

DENSE = {"type": "Dense", "units": 3}
LSTM = {"type": "LSTM", "units": 3}


def refusal(document: dict[str, object], shape: tuple[int, ...] = (4, 3)) -> tuple[tuple[object, ...], str]:
    """Where a layer is refused, and why."""
    try:
        LAYERS.read(document).applied([shape])
    except ValidationError as error:
        found = error.errors()[0]
        return found["loc"], found["ctx"]["detail"]
    except Misfit as error:
        return error.path, error.detail
    return (), "nothing is wrong"


@pytest.mark.parametrize(
    ("document", "path", "why"),
    [
        ({"type": "TimeDistributed", "layer": {"type": "Dense"}}, ("layer", "units"), "needs 'units'"),
        (
            {"type": "TimeDistributed", "layer": DENSE | {"kernel_initializer": "identity"}},
            (),
            "nothing is wrong",
        ),
        (
            {"type": "TimeDistributed", "layer": DENSE | {"bias_initializer": "orthogonal"}},
            ("layer", "bias_initializer"),
            "",
        ),
        ({"type": "TimeDistributed", "layer": LSTM}, ("layer",), "takes rows of 2 axes"),
        ({"type": "TimeDistributed", "layer": {"type": "Add"}}, ("layer", "type"), "no layer 'Add'"),
        (
            {"type": "TimeDistributed", "layer": {"type": "TimeDistributed", "layer": DENSE}},
            ("layer", "type"),
            "no other of its own kind",
        ),
        ({"type": "TimeDistributed", "layer": {"type": "Lambda"}}, ("layer", "type"), "no code is taken"),
        ({"type": "TimeDistributed", "layer": DENSE | {"inputs": ["row"]}}, ("layer", "inputs"), "no inputs"),
        ({"type": "Bidirectional", "layer": DENSE}, ("layer", "type"), "holds a recurrent layer"),
        (
            {"type": "Bidirectional", "layer": LSTM | {"go_backwards": True}},
            ("layer", "go_backwards"),
            "must go forwards",
        ),
        ({"type": "Bidirectional", "layer": LSTM, "backward_layer": LSTM}, ("backward_layer",), "other way"),
        (
            {
                "type": "Bidirectional",
                "layer": LSTM,
                "backward_layer": LSTM | {"units": 2, "go_backwards": True},
            },
            ("backward_layer",),
            "must be alike",
        ),
        (
            {"type": "SpectralNormalization", "layer": {"type": "MaxPooling1D"}},
            ("layer", "type"),
            "a layer with a kernel",
        ),
        (
            {
                "type": "RNN",
                "cell": {"type": "StackedRNNCells", "cells": [{"type": "LSTMCell", "units": 2}, LSTM]},
            },
            ("cell", "cells", 1, "type"),
            "no cell 'LSTM'",
        ),
        (
            {"type": "RNN", "cell": {"type": "GRUCell", "units": 2, "bias_initializer": "orthogonal"}},
            (),
            "nothing is wrong",
        ),
        (
            {"type": "RNN", "cell": {"type": "LSTMCell", "units": 2, "bias_initializer": "orthogonal"}},
            ("cell", "bias_initializer"),
            "",
        ),
        ({"type": "LSTMCell", "units": 2}, ("type",), "makes a layer of it"),
    ],
)
def test_what_is_wrong_in_a_layer_in_another_is_pointed_at(
    document: dict[str, object], path: tuple[object, ...], why: str
) -> None:
    # A layer's own type is read by whoever reads the list.
    found = refusal(document)
    assert found[0] == path
    assert why in found[1]


def test_what_is_frozen_inside_is_not_trained_outside() -> None:
    layer = LAYERS.read({"type": "TimeDistributed", "layer": DENSE | {"trainable": False}})
    assert not any(weight.trainable for weight in layer.applied([(4, 3)]).weights)


def test_a_layer_in_another_is_written_with_its_type() -> None:
    document = {"type": "TimeDistributed", "layer": {"type": "Bidirectional", "layer": LSTM}}
    read = LAYERS.read(document)
    assert LAYERS.read(read.model_dump(mode="json")) == read
