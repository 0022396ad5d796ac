"""Networks that are built: what Keras counts is what was summarized, and everything in the table trains."""

import inspect

import keras
import numpy as np
import pytest

from core import specs
from core.errors import InvalidSpecError
from core.specs import losses, metrics, optimizers, schedules
from core.specs.layers import AUGMENTATIONS, LAYERS
from tests.core.specs.documents import DIGITS, dense, facts, number, pets, resolved, two, vector
from tests.worker import compound_networks, plain_networks
from worker import network

FLATTEN = {"type": "Flatten"}
SEQUENCES = facts(input_shape=(7, 4), classes=("a", "b"), class_counts=(50, 50))
PICTURES = facts(input_shape=(8, 8, 3), classes=("a", "b"), class_counts=(50, 50))
EXAMPLES = plain_networks.examples() | compound_networks.examples()
ENOUGH = {
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "IoU": {"num_classes": 3, "target_class_ids": [0, 1], "sparse_y_pred": False},
    "MeanIoU": {"num_classes": 3, "sparse_y_pred": False},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0]},
    "OneHotMeanIoU": {"num_classes": 3},
}
STEPS = {"initial_learning_rate": 0.01, "decay_steps": 5}
SCHEDULES = {
    "CosineDecay": {**STEPS, "warmup_steps": 2, "warmup_target": 0.1},
    "CosineDecayRestarts": {"initial_learning_rate": 0.01, "first_decay_steps": 2},
    "ExponentialDecay": {**STEPS, "decay_rate": 0.5, "staircase": True},
    "InverseTimeDecay": {**STEPS, "decay_rate": 0.5},
    "PiecewiseConstantDecay": {"boundaries": [1, 3], "values": [0.1, 0.01, 0.001]},
    "PolynomialDecay": {**STEPS, "cycle": True},
}
TARGETS = [
    pytest.param(pets(), dense(3, "softmax"), id="three classes"),
    pytest.param(two(), dense(1, "sigmoid"), id="two classes, one output"),
    pytest.param(two(), dense(2), id="two classes, two outputs"),
    pytest.param(number(), dense(1), id="a number"),
    pytest.param(vector(), dense(3), id="a vector"),
]


def rows_for(job: specs.Resolved, known: specs.Facts, count: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Rows and targets, encoded as the job says."""
    random = np.random.default_rng(0)
    rows = random.random((count, *known.inputs[0].shape))
    rows = rows.astype("float32") if job.inputs[0].dtype == "float32" else (rows * 9).astype("int32")
    of_class = np.arange(count) % max(len(known.targets[0].classes), 1)
    targets = {
        "index": lambda: of_class.astype("int32"),
        "one_hot": lambda: np.eye(len(known.targets[0].classes), dtype="float32")[of_class],
        "binary": lambda: of_class.astype("float32")[:, None],
        "value": lambda: random.random((count, known.targets[0].width), dtype="float32"),
    }
    return rows, targets[job.outputs[0].encoding]()


def step(
    known: specs.Facts, *layers: object, **training: object
) -> tuple[specs.Resolved, keras.Model, dict[str, float]]:
    """A network after one train step, and what the step measured."""
    job = resolved(known, *layers, **training)
    built = network.build(job)
    network.compile_network(built, job)
    measured = built.train_on_batch(*rows_for(job, known), return_dict=True)
    assert set(measured) == {"loss"} | {metric.name for metric in job.outputs[0].metrics}
    assert all(np.ndim(value) == 0 for value in measured.values())
    return job, built, measured


def test_there_is_a_network_for_every_layer() -> None:
    assert set(EXAMPLES) == set(LAYERS.members)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_layer_counts_as_summarized(kind: str) -> None:
    example = EXAMPLES[kind]
    known = facts(
        input_shape=tuple(example["shape"]),
        input_dtype=example.get("dtype", "float32"),
        classes=("a", "b"),
        class_counts=(50, 50),
    )
    job = resolved(known, *example["layers"])
    built, summary = network.build(job), specs.summarize(job)
    assert built.count_params() == summary.parameters
    assert sum(int(np.prod(one.shape)) for one in built.trainable_variables) == summary.trainable_parameters
    layers = [one for one in built.layers if not isinstance(one, keras.layers.InputLayer)]
    assert [one.name for one in layers] == [one.name for one in job.layers]
    assert [one.output.shape[1:] for one in layers] == [one.output_shape for one in summary.layers]


def test_arguments_arrive_at_keras() -> None:
    job = resolved(
        PICTURES,
        {
            "type": "Conv2D",
            "filters": 4,
            "kernel_size": 3,
            "kernel_initializer": {"type": "Constant", "value": 2},
            "kernel_regularizer": {"type": "L2", "l2": 0.5},
            "kernel_constraint": {"type": "MaxNorm", "max_value": 3, "axis": [0, 1, 2]},
        },
        FLATTEN,
        dense(2),
    )
    layer = network.build(job).layers[0]
    assert np.unique(layer.kernel.numpy()).tolist() == [2]
    assert isinstance(layer.kernel_regularizer, keras.regularizers.L2)
    assert layer.kernel_regularizer.l2 == 0.5
    assert (layer.kernel_constraint.max_value, tuple(layer.kernel_constraint.axis)) == (3, (0, 1, 2))


def test_weights_are_a_function_of_the_seed() -> None:
    def weights(seed: int) -> list[np.ndarray]:
        built = network.build(
            resolved(DIGITS, FLATTEN, dense(4), {"type": "Dropout", "rate": 0.5}, dense(10), seed=seed)
        )
        return [one.numpy() for one in built.variables]

    first, again, other = weights(1), weights(1), weights(2)
    assert all(np.array_equal(one, same) for one, same in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_a_second_network_has_the_same_names() -> None:
    job = resolved(pets(), dense(3))
    network.build(job)
    assert [one.path for one in network.build(job).variables] == [
        one.path for one in network.build(job).variables
    ]


@pytest.mark.parametrize("name", list(optimizers.FAMILY.members))
@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="plain"),
        pytest.param(
            {"global_clipnorm": 1, "weight_decay": 0.01, "use_ema": True, "ema_overwrite_frequency": 1},
            id="ema",
        ),
        pytest.param(
            {"clipvalue": 1, "gradient_accumulation_steps": 2, "learning_rate": 1}, id="accumulating"
        ),
    ],
)
def test_every_optimizer_takes_a_step(name: str, more: dict[str, object]) -> None:
    job, built, _ = step(pets(), dense(4, "relu"), dense(3), optimizer={"type": name, **more})
    assert type(built.optimizer).__name__ == name
    for argument, value in more.items():
        assert float(getattr(built.optimizer, argument)) == float(value)
    slots = sum(int(np.prod(one.shape)) for one in built.optimizer.variables if len(one.shape) > 0)
    # The estimate is of what is remembered for each number that is trained, and never less than that.
    assert slots <= job.training.optimizer.slots() * specs.summarize(job).trainable_parameters


@pytest.mark.parametrize("name", list(schedules.FAMILY.members))
def test_every_schedule_drives_an_optimizer(name: str) -> None:
    _, built, _ = step(pets(), dense(3), learning_rate_schedule={"type": name, **SCHEDULES[name]})
    assert type(built.optimizer._learning_rate).__name__ == name
    assert np.isfinite(float(built.optimizer.learning_rate))


@pytest.mark.parametrize("name", list(losses.FAMILY.members))
def test_every_loss_takes_a_step_on_every_target_that_it_is_not_refused_for(name: str) -> None:
    taken = 0
    for case in TARGETS:
        known, last = case.values
        if name in {"Poisson", "CategoricalGeneralizedCrossEntropy"}:
            # They take logarithms or roots of outputs, which must be above 0.
            last = last | {"activation": "sigmoid"}
        try:
            job, built, measured = step(known, dense(4, "relu"), last, loss=name)
        except InvalidSpecError:
            continue
        assert type(built.loss).__name__ == name
        assert np.isfinite(measured["loss"])
        assert type(job.outputs[0].loss).__name__ == name
        taken += 1
    assert taken >= 2


@pytest.mark.parametrize("name", list(metrics.FAMILY.members))
@pytest.mark.filterwarnings("ignore:.*adjusted R2.*")
def test_every_metric_takes_a_step_on_every_target_that_it_is_not_refused_for(name: str) -> None:
    taken = 0
    for case in TARGETS:
        known, last = case.values
        asked = {"type": name, **ENOUGH.get(name, {})}
        try:
            job, _, _ = step(known, dense(4, "relu"), last, metrics=[asked])
        except InvalidSpecError:
            continue
        assert type(job.outputs[0].metrics[0]).__name__ == name
        taken += 1
    assert taken >= 1


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_under_mixed_precision_the_end_stays_in_float32(precision: str) -> None:
    _, built, measured = step(
        DIGITS, FLATTEN, dense(8, "relu"), dense(10), {"type": "Softmax"}, precision=precision
    )
    assert [one.dtype_policy.name for one in built.layers] == [precision, precision, precision, "float32"]
    assert all(one.dtype == "float32" for one in built.trainable_variables)
    assert isinstance(built.optimizer, keras.optimizers.LossScaleOptimizer) == (precision == "mixed_float16")
    assert np.isfinite(measured["loss"])
    assert keras.config.dtype_policy().name == "float32"
    job = resolved(DIGITS, dense(8), dense(10), FLATTEN, dense(10), FLATTEN, precision=precision)
    assert [one.dtype_policy.name for one in network.build(job).layers][-2:] == ["float32", "float32"]


def test_a_network_is_compiled_without_xla_and_without_eagerness() -> None:
    _, built, _ = step(pets(), dense(3))
    assert built.jit_compile is False
    assert built.run_eagerly is False


@pytest.mark.parametrize("kind", list(AUGMENTATIONS.members))
def test_every_augmentation_varies_pictures_in_training_only(kind: str) -> None:
    example = compound_networks.examples()[kind]["layers"]
    job = resolved(PICTURES, FLATTEN, dense(2), augment=[one for one in example if one["type"] == kind])
    keras.utils.set_random_seed(1)
    vary = network.augmentation(job)
    pictures = np.random.default_rng(0).random((16, 8, 8, 3), dtype="float32")
    assert np.array_equal(vary(pictures, training=False), pictures)
    varied = np.asarray(vary(pictures, training=True))
    assert varied.shape == pictures.shape
    assert not np.allclose(varied, pictures)
    assert varied.min() >= 0
    assert varied.max() <= 1.0001


def test_without_augmentation_there_is_none() -> None:
    assert network.augmentation(resolved(pets(), dense(3))) is None


def test_every_name_of_the_table_is_on_keras_s_shelf() -> None:
    for family in (LAYERS, AUGMENTATIONS, optimizers.FAMILY, losses.FAMILY, metrics.FAMILY, schedules.FAMILY):
        for name, member in family.members.items():
            assert inspect.isclass(getattr(network._SHELVES[member.family], name))


@pytest.mark.parametrize(("rows", "split"), [(1000, 0.1), (5, 0.1), (10, 0.25), (7, 0.3), (3, 0.5)])
def test_rows_are_split_as_keras_s_fit_splits_them(rows: int, split: float) -> None:
    from keras.src.trainers.data_adapters.array_slicing import train_validation_split

    (kept,), (held,) = train_validation_split((np.arange(rows),), split)
    assert specs.split_rows(rows, split) == (len(kept), len(held))
