"""What is refused of layers although Keras would begin with it, and the sentences that say so."""

import pytest

from tests.core.specs.documents import dense, facts, only_fault

SEQUENCES = facts(input_shape=(6, 3), classes=("a", "b"), class_counts=(50, 50))
PICTURES = facts(input_shape=(6, 6, 3), classes=("a", "b"), class_counts=(50, 50))
VOLUMES = facts(input_shape=(1, 6, 6, 3), classes=("a", "b"), class_counts=(50, 50))
ENDS = ({"type": "Flatten"}, dense(2))
FIRST = "#/model/layers/0"


@pytest.mark.parametrize("kind", ["AdaptiveMaxPooling", "AdaptiveAveragePooling"])
def test_what_would_divide_by_nothing_in_tensorflow_is_refused(kind: str) -> None:
    # A single part kills TensorFlow's process by a signal, or leaves it without a gradient.
    one = {"type": f"{kind}1D", "output_size": 1}
    pointer, detail = only_fault(SEQUENCES, one, *ENDS)
    assert pointer == f"{FIRST}/output_size"
    assert detail.endswith(f"not 6 into 1; for one part there is Global{kind.removeprefix('Adaptive')}1D")
    flat = {"type": f"{kind}3D", "output_size": [2, 3, 3]}
    assert "not 1 into 2" in only_fault(VOLUMES, flat, *ENDS)[1]


def test_a_transposed_convolution_that_tensorflow_fails_at_is_refused() -> None:
    back = {"type": "Conv2DTranspose", "filters": 2, "kernel_size": [3, 2], "padding": "same"}
    pointer, detail = only_fault(PICTURES, back | {"output_padding": 0}, *ENDS)
    assert pointer == f"{FIRST}/output_padding"
    assert "an even reach (2) takes an output_padding of at least 1" in detail


@pytest.mark.parametrize("shape", [(3, 3), (3, 4), (2, 2, 2)])
@pytest.mark.parametrize(
    "layer",
    [
        {"type": "CategoryEncoding", "num_tokens": 5},
        {"type": "IntegerLookup", "vocabulary": [1, 2], "output_mode": "count"},
    ],
)
def test_integers_of_rows_with_several_axes_are_not_counted(
    layer: dict[str, object], shape: tuple[int, ...]
) -> None:
    known = facts(input_shape=shape, input_dtype="int32", classes=("a", "b"), class_counts=(50, 50))
    pointer, detail = only_fault(known, layer, *ENDS)
    assert pointer == f"{FIRST}/output_mode"
    assert f"counts integers in rows of one axis, and these are {'x'.join(map(str, shape))}" in detail


def test_rows_are_not_normalized_over_the_batch() -> None:
    pointer, detail = only_fault(PICTURES, {"type": "UnitNormalization", "axis": [0, 1]}, *ENDS)
    assert pointer == f"{FIRST}/axis"
    assert "would make each row depend on the others" in detail


@pytest.mark.parametrize(("field", "value"), [("trainable", False), ("activity_regularizer", "l2")])
def test_what_keras_s_spatial_dropouts_do_not_have_is_refused(field: str, value: object) -> None:
    pointer, detail = only_fault(PICTURES, {"type": "SpatialDropout2D", "rate": 0.5, field: value}, *ENDS)
    assert pointer == f"{FIRST}/{field}"
    assert f"no argument '{field}'" in detail


def test_areas_before_which_something_has_to_learn_are_refused() -> None:
    area = {"type": "UpSampling2D", "interpolation": "area"}
    pointer, _ = only_fault(PICTURES, dense(2), area, *ENDS)
    assert pointer.startswith("#/model/layers/")


@pytest.mark.parametrize(
    ("layer", "place"),
    [
        ({"type": "Cropping2D", "cropping": [3, [2, 0]]}, "cropping"),
        ({"type": "Cropping2D", "cropping": [1, [2, -1]]}, "cropping/1/1"),
        ({"type": "ZeroPadding2D", "padding": [1, 2, 3]}, "padding"),
        ({"type": "Permute", "dims": [1, 3]}, "dims"),
        ({"type": "Permute", "dims": [2, 1]}, "dims"),
        ({"type": "GroupNormalization", "groups": 0}, "groups"),
        ({"type": "GroupNormalization"}, "groups"),
        ({"type": "PReLU", "shared_axes": 4}, "shared_axes"),
        ({"type": "RMSNormalization", "axis": 1}, "axis"),
        ({"type": "GaussianDropout", "rate": 1}, "rate"),
    ],
)
def test_a_pointer_leads_to_the_argument_that_is_to_blame(layer: dict[str, object], place: str) -> None:
    assert only_fault(PICTURES, layer, *ENDS)[0] == f"{FIRST}/{place}"
