"""Whatever job comes, the tutor has something of use to say, or nothing."""

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core import specs
from core.errors import Fault, InvalidSpecError
from core.jobs import checking
from core.specs.tutor import codes
from tests.core.specs.documents import facts, number, pets, two, vector, words
from tests.core.specs.tutor.patches import patched

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "100"))
ACTIVATIONS = st.sampled_from(["linear", "relu", "sigmoid", "softmax", "tanh"])
DATA = st.sampled_from(
    [
        facts(largest=255.0),
        facts(input_shape=(5, 5, 2), train_rows=30, class_counts=(3,) * 10),
        pets(),
        pets(class_counts=(900, 99, 1), test_rows=2),
        pets(kind="multilabel", target_shape=(3,), class_counts=()),
        pets(kind="reconstruction", classes=(), class_counts=(), target_shape=(6,)),
        two(),
        number(largest=1e6),
        vector(),
        words(integers=(0, 8)),
    ]
)


def made(kind: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(kind), **arguments})


UNITS = st.sampled_from([1, 2, 3, 10, 64])
LAYER = st.one_of(
    made(
        "Dense",
        units=UNITS,
        activation=ACTIVATIONS,
        kernel_initializer=st.sampled_from(["zeros", "he_normal"]),
    ),
    made("Dense", units=UNITS),
    made("Conv2D", filters=UNITS, kernel_size=st.integers(1, 6), activation=ACTIVATIONS),
    made("MaxPooling2D", pool_size=st.integers(1, 4)),
    made("LSTM", units=UNITS, return_sequences=st.booleans(), dropout=st.sampled_from([0, 1])),
    made("Embedding", input_dim=st.sampled_from([9, 5000]), output_dim=UNITS),
    made("Dropout", rate=st.sampled_from([0.2, 0.9, 1])),
    made("Activation", activation=ACTIVATIONS),
    *[made(kind) for kind in ("Flatten", "BatchNormalization", "ReLU", "Softmax", "GlobalAveragePooling2D")],
)
LOSS = st.sampled_from(
    [
        *("auto", "mse", "binary_crossentropy", "sparse_categorical_crossentropy", "kld", "hinge"),
        {"type": "CategoricalCrossentropy", "from_logits": True},
        {"type": "BinaryCrossentropy", "from_logits": False},
    ]
)
TRAINING = st.fixed_dictionaries(
    {},
    optional={
        "loss": LOSS,
        "metrics": st.lists(st.sampled_from(["accuracy", "mae", "Accuracy", "AUC"]), max_size=2),
        "optimizer": made("SGD", learning_rate=st.sampled_from([0, 0.1, 100.0])),
        "epochs": st.sampled_from([1, 3]),
        "batch_size": st.sampled_from([1, 500, 100_000]),
        "shuffle": st.booleans(),
        "validation_split": st.sampled_from([0.0, 0.01, 0.2]),
        "early_stopping": st.fixed_dictionaries(
            {},
            optional={"monitor": st.sampled_from(["loss", "val_loss", "los"]), "patience": st.integers(0, 5)},
        ),
    },
)


@st.composite
def jobs(draw: st.DrawFn) -> dict[str, Any]:
    """A list of layers, or the same said as a graph."""
    layers = draw(st.lists(LAYER, min_size=1, max_size=7))
    model: dict[str, Any] = {"layers": layers}
    if draw(st.booleans()):
        names = ["input", *[f"layer{number}" for number in range(len(layers))]]
        wired = [
            one | {"name": names[place + 1], "inputs": [names[place]]} for place, one in enumerate(layers)
        ]
        model = {"layers": wired, "outputs": names[-1:]}
        if draw(st.booleans()):
            apply_again(draw, model)
    return {
        "dataset": "d",
        "model": model,
        **draw(st.just({}) | st.fixed_dictionaries({"training": TRAINING})),
    }


def apply_again(draw: st.DrawFn, model: dict[str, Any]) -> None:
    """Puts one of the layers behind another, a second time, or makes it another output."""
    layers = model["layers"]
    shared, behind = (draw(st.sampled_from(layers))["name"] for _ in range(2))
    again = {"layer": shared, "name": "again", "inputs": [behind]}
    if draw(st.booleans()):
        for one in layers:
            one["inputs"] = ["again" if name == behind else name for name in one["inputs"]]
        model["outputs"] = ["again" if name == behind else name for name in model["outputs"]]
    else:
        model["outputs"] = [*model["outputs"], "again"]
    layers.append(again)


def said_of(document: dict[str, Any], known: specs.Facts) -> tuple[bool, list[Fault]]:
    """Whether it is taken, and what is said."""
    try:
        spec = specs.parse(document)
        return True, checking.of_spec(spec, known, specs.Limits()).warnings
    except InvalidSpecError as error:
        return False, list(error.faults)


def times(code: str | None, said: list[Fault]) -> int:
    return [one.code for one in said].count(code)


@settings(max_examples=5 * EXAMPLES, derandomize=True, database=None, deadline=None)
@given(jobs(), DATA)
def test_what_is_said_has_its_code_and_its_patch_fits(document: dict[str, Any], known: specs.Facts) -> None:
    taken, said = said_of(document, known)
    for fault in said:
        assert fault.code is None or fault.code in (codes.WARNINGS if taken else codes.ERRORS)
        if fault.suggestion is None or not fault.suggestion.patch:
            continue
        better, still = said_of(patched(document, fault.suggestion.patch), known)
        assert better or not taken, fault
        # A layer that is left out moves the others; and of errors, the next may be of the same kind.
        gone = times(fault.code, still) < times(fault.code, said)
        assert gone or (not taken and fault.pointer not in {one.pointer for one in still}), fault


@settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None)
@given(jobs(), DATA)
def test_following_every_suggestion_comes_to_an_end(document: dict[str, Any], known: specs.Facts) -> None:
    for _ in range(30):
        _, said = said_of(document, known)
        patch = next((one.suggestion.patch for one in said if one.suggestion and one.suggestion.patch), None)
        if patch is None:
            return
        document = patched(document, patch)
    raise AssertionError(said)
