"""For each code a job that earns it, and one much like it that does not."""

from typing import Any, NamedTuple

from core import specs
from tests.core.specs.documents import dense, document, facts, labels, number, pets, two, vector, words

FLATTEN = {"type": "Flatten"}
SOFTMAX = {"type": "Softmax"}
BATCH = {"type": "BatchNormalization"}
HIDDEN = dense(16, "relu")
GOOD = (HIDDEN, dense(3, "softmax"))
PICTURES = facts()
CONV = {"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"}
SPARSE = {"type": "SparseCategoricalCrossentropy"}


class Lesson(NamedTuple):
    """A job that earns the code, and one that does not."""

    code: str
    earns: dict[str, Any]
    does_not: dict[str, Any]
    on: specs.Facts = pets()
    else_on: specs.Facts | None = None


def job(*layers: object, **training: object) -> dict[str, Any]:
    made = document(*layers, **training)
    return made if training else {key: value for key, value in made.items() if key != "training"}


def dropout(rate: float) -> dict[str, object]:
    return {"type": "Dropout", "rate": rate}


def rate(value: float, kind: str = "Adam") -> dict[str, Any]:
    return job(*GOOD, optimizer={"type": kind, "learning_rate": value})


def stopping(**changed: object) -> dict[str, Any]:
    return {"early_stopping": {"patience": 2, **changed}, "epochs": 20}


def schedule(steps: int) -> dict[str, Any]:
    falling = {"type": "CosineDecay", "initial_learning_rate": 0.01, "decay_steps": steps}
    return job(*GOOD, learning_rate_schedule=falling, epochs=10)


def deep(activation: str) -> dict[str, Any]:
    return job(*[dense(8, activation)] * 5, dense(3, "softmax"))


def embedded(rows: int) -> dict[str, Any]:
    return job({"type": "Embedding", "input_dim": rows, "output_dim": 4}, FLATTEN, dense(3))


def recurrent(*, sequences: bool, wrapped: bool = False) -> dict[str, Any]:
    first: dict[str, Any] = {"type": "LSTM", "units": 4, "return_sequences": sequences}
    if wrapped:
        first = {"type": "Bidirectional", "layer": first}
    return job(
        {"type": "Embedding", "input_dim": 9, "output_dim": 4}, first, {"type": "GRU", "units": 4}, dense(3)
    )


TWO_TARGETS = specs.Facts(
    (specs.InputFacts("input", (6,), "float32"),),
    (
        specs.TargetFacts("kind", "class", ("cat", "dog"), (), (500, 500)),
        specs.TargetFacts("weight", "number"),
    ),
    1000,
    200,
)


def two_outputs(kind: dict[str, Any], weight: dict[str, Any], **training: object) -> dict[str, Any]:
    """A hidden layer, and two outputs from it."""
    layers = [
        HIDDEN | {"name": "hidden"},
        kind | {"name": "kind", "inputs": ["hidden"]},
        weight | {"name": "weight", "inputs": ["hidden"]},
    ]
    made = {"dataset": "d", "model": {"layers": layers, "outputs": ["kind", "weight"]}}
    return made | {"training": training} if training else made


WARNINGS = [
    Lesson(
        "mse_for_classes",
        two_outputs(dense(2, "softmax"), dense(1), loss={"kind": "mse", "weight": "mse"}),
        two_outputs(dense(2, "softmax"), dense(1), loss={"weight": "mse"}),
        TWO_TARGETS,
    ),
    Lesson(
        "bounded_output",
        two_outputs(dense(2), dense(1, "relu")),
        two_outputs(dense(2), dense(1)),
        TWO_TARGETS,
    ),
    Lesson(
        "accuracy_for_numbers",
        two_outputs(dense(2), dense(1), metrics={"weight": ["mae", "Accuracy"]}),
        two_outputs(dense(2), dense(1), metrics={"weight": ["mae"], "kind": ["accuracy"]}),
        TWO_TARGETS,
    ),
    Lesson(
        "softmax_missing", job(HIDDEN, dense(3), loss=SPARSE | {"from_logits": False}), job(HIDDEN, dense(3))
    ),
    Lesson("softmax_missing", job(dense(3), loss="kld"), job(dense(3, "softmax"), loss="kld")),
    Lesson(
        "softmax_missing", job(dense(1), loss={"type": "bce", "from_logits": False}), job(dense(1)), two()
    ),
    Lesson("softmax_doubled", job(HIDDEN, dense(3, "softmax"), SOFTMAX), job(HIDDEN, dense(3), SOFTMAX)),
    Lesson("softmax_doubled", job(*GOOD, loss=SPARSE | {"from_logits": True}), job(*GOOD, loss=SPARSE)),
    Lesson("sigmoid_for_classes", job(HIDDEN, dense(3, "sigmoid")), job(*GOOD)),
    Lesson("sigmoid_for_classes", job(dense(2, "sigmoid")), job(dense(1, "sigmoid")), two()),
    Lesson("softmax_for_labels", job(dense(3, "softmax")), job(dense(3, "sigmoid")), labels()),
    Lesson("scores_bent", job(HIDDEN, dense(3, "relu")), job(HIDDEN, dense(3))),
    Lesson("scores_bent", job(dense(3), {"type": "ReLU"}), job(dense(3), SOFTMAX)),
    Lesson("units_mismatch", job(HIDDEN, dense(10, "softmax")), job(*GOOD)),
    Lesson("mse_for_classes", job(*GOOD, loss="mse"), job(*GOOD, loss="sparse_categorical_crossentropy")),
    Lesson("standardised_target", job(dense(1), metrics=["mape"]), job(dense(1), metrics=["mae"]), number()),
    Lesson("standardised_target", job(dense(1), loss="poisson"), job(dense(1), loss="mse"), number()),
    Lesson(
        "accuracy_for_numbers", job(dense(1), metrics=["Accuracy"]), job(dense(1), metrics=["mse"]), number()
    ),
    Lesson("bounded_output", job(HIDDEN, dense(1, "relu")), job(HIDDEN, dense(1)), number()),
    Lesson("bounded_output", job(dense(3, "sigmoid")), job(dense(3, "leaky_relu")), vector()),
    Lesson("softmax_of_one", job(HIDDEN, dense(1, "softmax")), job(HIDDEN, dense(1)), number()),
    Lesson("dropout_on_output", job(*GOOD, dropout(0.5)), job(HIDDEN, dropout(0.5), GOOD[1])),
    Lesson("dropout_on_output", job(HIDDEN, dense(3), dropout(0.5), SOFTMAX), job(dense(3), SOFTMAX)),
    Lesson("normalization_on_output", job(*GOOD, BATCH), job(HIDDEN, BATCH, GOOD[1])),
    Lesson("no_activation", job(dense(16), dense(3)), job(HIDDEN, dense(3))),
    Lesson(
        "no_activation",
        job(dense(16), dropout(0.5), BATCH, dense(3)),
        job(dense(9), {"type": "ReLU"}, dense(3)),
    ),
    Lesson("softmax_hidden", job(dense(16, "softmax"), dense(3)), job(*GOOD)),
    Lesson("deep_sigmoid", deep("sigmoid"), deep("relu")),
    Lesson("dropout_of_one", job(HIDDEN, dropout(1), dense(3)), job(HIDDEN, dropout(0.5), dense(3))),
    Lesson("dropout_high", job(HIDDEN, dropout(0.95), dense(3)), job(HIDDEN, dropout(0.8), dense(3))),
    Lesson(
        "same_weights", job(dense(8, "relu", kernel_initializer="zeros"), dense(3)), job(HIDDEN, dense(3))
    ),
    Lesson(
        "same_weights",
        job(dense(8, "relu", kernel_initializer="ones"), dense(3)),
        job(HIDDEN, dense(3, kernel_initializer="zeros")),
    ),
    Lesson("embedding_too_large", embedded(50_000), embedded(900), words(integers=(0, 99))),
    Lesson("too_many_parameters", job(dense(8000, "relu"), dense(8000, "relu"), dense(3)), job(*GOOD)),
    Lesson("parameters_for_rows", job(dense(2000, "relu"), dense(2000, "relu"), dense(3)), job(*GOOD)),
    Lesson(
        "memory_high",
        job(FLATTEN, dense(4000, "relu"), dense(10), batch_size=600_000),
        job(FLATTEN, HIDDEN, dense(10)),
        facts(train_rows=10**6),
    ),
    Lesson("learning_rate_high", rate(10), rate(0.001)),
    Lesson("learning_rate_high", rate(10, "SGD"), rate(0.1, "SGD")),
    Lesson("learning_rate_low", rate(1e-9), rate(1e-4)),
    Lesson("learning_rate_low", rate(0), rate(0.02)),
    Lesson("schedule_too_short", schedule(29), schedule(290)),
    Lesson("batch_larger_than_data", job(*GOOD, batch_size=1024), job(*GOOD, batch_size=64)),
    Lesson("batch_larger_than_data", job(*GOOD), job(*GOOD), pets(train_rows=20), pets()),
    Lesson("one_epoch", job(*GOOD, epochs=1), job(*GOOD)),
    Lesson("monitor_training", job(*GOOD, **stopping(monitor="accuracy")), job(*GOOD, **stopping())),
    Lesson(
        "monitor_training",
        job(*GOOD, **stopping(), validation_split=0.0),
        job(*GOOD, **stopping(monitor="val_accuracy")),
    ),
    Lesson("patience_too_long", job(*GOOD, **stopping(patience=20)), job(*GOOD, **stopping(patience=19))),
    Lesson("shuffle_off", job(*GOOD, shuffle=False), job(*GOOD)),
    Lesson(
        "inputs_not_scaled", job(*GOOD), job({"type": "Rescaling", "scale": 0.01}, *GOOD), pets(largest=255.0)
    ),
    Lesson("inputs_not_scaled", job(*GOOD), job(*GOOD), pets(largest=255.0), pets(largest=None)),
    Lesson(
        "classes_unequal", job(*GOOD), job(*GOOD, class_weight="balanced"), pets(class_counts=(900, 90, 10))
    ),
    Lesson("class_without_rows", job(*GOOD), job(*GOOD), pets(class_counts=(500, 500, 0)), pets()),
    Lesson("few_rows", job(*GOOD), job(*GOOD), pets(train_rows=40), pets()),
    Lesson("test_small", job(*GOOD), job(*GOOD), pets(test_rows=3), pets()),
    Lesson("validation_small", job(*GOOD), job(*GOOD), pets(train_rows=60), pets()),
]
ERRORS = [
    Lesson(
        "crossentropy_for_numbers",
        two_outputs(dense(2), dense(1), loss={"weight": "bce"}),
        two_outputs(dense(2), dense(1), loss={"weight": "huber"}),
        TWO_TARGETS,
    ),
    Lesson(
        "sequences_missing",
        recurrent(sequences=False, wrapped=True),
        recurrent(sequences=True, wrapped=True),
        words(),
    ),
    Lesson(
        "accuracy_for_numbers", job(dense(1), metrics=["accuracy"]), job(dense(1), metrics=["mae"]), number()
    ),
    Lesson("crossentropy_for_numbers", job(dense(1), loss="bce"), job(dense(1), loss="mse"), number()),
    Lesson("flatten_missing", job(HIDDEN, dense(10)), job(FLATTEN, HIDDEN, dense(10)), PICTURES),
    Lesson(
        "flatten_missing", job(CONV, dense(10), SOFTMAX), job(CONV, FLATTEN, dense(10), SOFTMAX), PICTURES
    ),
    Lesson("metric_missing", job(*GOOD, **stopping(monitor="val_auc")), job(*GOOD, **stopping())),
    Lesson(
        "metric_missing",
        job(*GOOD, reduce_on_plateau={"monitor": "los"}),
        job(*GOOD, reduce_on_plateau={"monitor": "loss"}),
    ),
    Lesson("crossentropy_for_numbers", job(dense(3), loss=SPARSE), job(dense(3), loss="mse"), vector()),
    Lesson("one_hot_labels", job(dense(3), loss=SPARSE), job(dense(3), loss="auto"), labels()),
    Lesson("sequences_missing", recurrent(sequences=False), recurrent(sequences=True), words()),
    Lesson("units_mismatch", job(HIDDEN, dense(2)), job(HIDDEN, dense(3))),
    Lesson("units_mismatch", job(HIDDEN, dense(2)), job(HIDDEN, dense(1)), number()),
    Lesson(
        "window_too_large",
        job(CONV | {"kernel_size": 5}, FLATTEN, dense(10)),
        job(CONV, FLATTEN, dense(10)),
        facts(input_shape=(4, 4, 1)),
    ),
    Lesson(
        "window_too_large",
        job({"type": "MaxPooling2D", "pool_size": 5}, FLATTEN, dense(10)),
        job({"type": "MaxPooling2D"}, FLATTEN, dense(10)),
        facts(input_shape=(4, 4, 1)),
    ),
]
