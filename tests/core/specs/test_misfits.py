"""What can be known to fail before anything is trained."""

import pytest

from core import specs
from core.errors import SpecTooLargeError
from tests.core.specs.documents import (
    DIGITS,
    dense,
    facts,
    number,
    only_fault,
    pets,
    resolved,
    two,
    vector,
    words,
)

FLATTEN = {"type": "Flatten"}
SOFTMAX = {"type": "Softmax"}
CONV = {"type": "Conv2D", "filters": 2, "kernel_size": 1}
EMBEDDING = {"type": "Embedding", "input_dim": 9, "output_dim": 2}


@pytest.mark.parametrize(
    ("known", "layers", "pointer", "detail"),
    [
        (DIGITS, [dense(10)], "#/model/layers/0", "The network puts out 28x28x10 for each row"),
        (
            pets(),
            [dense(2)],
            "#/model/layers/0/units",
            "The network puts out 2 numbers, and it should put out at",
        ),
        (pets(), [dense(2), SOFTMAX], "#/model/layers/0/units", "The network puts out 2 numbers"),
        (
            two(),
            [dense(1, "softmax")],
            "#/model/layers/0/units",
            "The network puts out 1 number, and it should put out 2, as",
        ),
        (
            number(),
            [dense(3)],
            "#/model/layers/0/units",
            "The network puts out 3 numbers, and it should put out 1",
        ),
        (
            vector(),
            [dense(4)],
            "#/model/layers/0/units",
            "The network puts out 4 numbers, and it should put out 3",
        ),
        (pets(), [FLATTEN], "#/model/layers", "The network has nothing to train"),
        (pets(), [dense(3, trainable=False)], "#/model/layers", "The network has nothing to train"),
        (pets(), [dense(3, name="a"), dense(3, name="a")], "#/model/layers/1/name", "The name 'a' is taken"),
        (pets(), [dense(3, name="input")], "#/model/layers/0/name", "The name 'input' is taken"),
        (
            facts(input_shape=(3, 3, 1)),
            [CONV | {"kernel_size": 5}],
            "#/model/layers/0/kernel_size",
            "Conv2D with kernel 5x5 does not fit its 3x3 input",
        ),
        (
            facts(input_shape=(4, 4, 1)),
            [CONV | {"kernel_size": 3, "dilation_rate": 2}],
            "#/model/layers/0/kernel_size",
            "Conv2D with kernel 3x3 (spread over 5x5 by its dilation_rate)",
        ),
        (
            facts(input_shape=(3, 3, 1)),
            [{"type": "MaxPooling2D", "pool_size": 4}],
            "#/model/layers/0/pool_size",
            "MaxPooling2D with pool 4x4 does not fit its 3x3",
        ),
        (
            facts(input_shape=(3, 3, 3)),
            [CONV | {"groups": 2}],
            "#/model/layers/0/groups",
            "Conv2D cannot share out 3 channels to 2 groups",
        ),
        (
            pets(),
            [dense(3), CONV],
            "#/model/layers/1",
            "Conv2D takes rows of 3 axes (height, width, channels), and gets 3",
        ),
        (
            pets(),
            [{"type": "Reshape", "target_shape": [4, 2]}, dense(3)],
            "#/model/layers/0/target_shape",
            "Reshape to 4x2 does not fit its input 6, which holds 6",
        ),
        (pets(), [EMBEDDING], "#/model/layers/0", "Embedding looks up integers"),
        (words(), [dense(4), EMBEDDING], "#/model/layers/1", "Embedding looks up"),
        (
            words(integers=(0, 99)),
            [EMBEDDING | {"input_dim": 99}],
            "#/model/layers/0/input_dim",
            "input_dim must be at least 100",
        ),
        (
            words(integers=(-1, 5)),
            [EMBEDDING],
            "#/model/layers/0",
            "Embedding looks up integers from 0 on, and this",
        ),
        (
            words(),
            [{"type": "Dropout", "rate": 0.1}, dense(3)],
            "#/model/layers/0",
            "Dropout takes numbers with fractions",
        ),
        (
            words(),
            [EMBEDDING | {"mask_zero": True}, SOFTMAX],
            "#/model/layers/1",
            "Softmax cannot take the mask",
        ),
        (
            pets(),
            [dense(3, bias_initializer="orthogonal")],
            "#/model/layers/0/bias_initializer",
            "Orthogonal needs weights of two axes",
        ),
        (
            pets(),
            [dense(3, kernel_constraint={"type": "MaxNorm", "axis": 2})],
            "#/model/layers/0/kernel_constraint/axis",
            "MaxNorm with axis 2",
        ),
        (
            pets(),
            [dense(3), {"type": "BatchNormalization", "axis": 0}],
            "#/model/layers/1/axis",
            "BatchNormalization cannot have weights along axis 0",
        ),
        (
            pets(),
            [dense(3), {"type": "Softmax", "axis": 2}],
            "#/model/layers/1/axis",
            "Softmax with axis 2 does not fit 2 axes",
        ),
        (
            pets(),
            [dense(3), {"type": "Dropout", "rate": 0.5, "noise_shape": [3]}],
            "#/model/layers/1/noise_shape",
            "Dropout's noise_shape needs 2 entries",
        ),
        (
            facts(input_shape=(600, 2)),
            [{"type": "LSTM", "units": 10, "unroll": True}],
            "#/model/layers/0/unroll",
            "unroll is for sequences of at most 512",
        ),
    ],
)
def test_a_network_that_cannot_work_is_told_where_and_why(
    known: specs.Facts, layers: list[object], pointer: str, detail: str
) -> None:
    where, said = only_fault(known, *layers)
    assert where == pointer
    assert said.startswith(detail)


@pytest.mark.parametrize("units", [1_000_000, 100_000])
def test_a_network_with_too_many_parameters_is_refused_at_the_layer_that_passes_the_limit(units: int) -> None:
    with pytest.raises(SpecTooLargeError) as caught:
        resolved(pets(), dense(2), dense(units), dense(units), dense(3))
    assert caught.value.faults[0].pointer == "#/model/layers/2"
    assert caught.value.asked > units**2


def test_absurd_shapes_are_only_large_numbers() -> None:
    layers = [{"type": "Conv2D", "filters": 1_000_000, "kernel_size": 1_000_000, "padding": "same"}]
    with pytest.raises(SpecTooLargeError) as caught:
        resolved(facts(input_shape=(10**6, 10**6, 10**6)), *layers)
    assert caught.value.faults[0].pointer == "#/model/layers/0"
    assert caught.value.asked is None  # JSON has no such number
