"""From what a client asked for, and what is known of the data set, to a job with nothing left to guess."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.specs import callbacks, targets, weighting, wording
from core.specs.facts import Facts, split_rows
from core.specs.layers import Layer
from core.specs.limits import Limits, too_large
from core.specs.losses import Loss
from core.specs.metrics import Metric
from core.specs.optimizers import CLIPS, Optimizer
from core.specs.parsing import invalid
from core.specs.resolved import Encoding, Resolved, ResolvedTraining
from core.specs.spec import JobSpec, Training
from core.specs.walking import Step, walk


def resolve(spec: JobSpec, facts: Facts, limits: Limits = Limits()) -> Resolved:  # noqa: B008 - frozen
    """The job with every default and inference written out. The same arguments give the same answer.

    Raises:
        InvalidSpecError: for whatever can be known to fail, with a pointer into the spec.
        SpecTooLargeError: if the network has more parameters than the limits allow.
    """
    training = spec.training
    steps = _steps(spec, facts)
    _check_parameters(steps, limits)
    with _faults():
        _check_split(training, facts)
        _check_augment(training, facts)
        optimizer = _optimizer(training)
    loss, encoding, metrics = _objective(training, facts, steps)
    with _faults():
        stop, reduce = callbacks.resolve(training, optimizer, metrics)
        class_weight = weighting.resolve(training.class_weight, facts)
    return Resolved(
        input_shape=facts.input_shape,
        input_dtype=facts.input_dtype,
        layers=tuple(step.layer for step in steps),
        training=ResolvedTraining(
            optimizer=optimizer,
            loss=loss,
            metrics=tuple(metrics),
            epochs=training.epochs,
            batch_size=training.batch_size,
            validation_split=training.validation_split,
            shuffle=training.shuffle,
            seed=training.seed,
            early_stopping=stop,
            reduce_on_plateau=reduce,
            augment=_named(training.augment),
            precision=training.precision,
            initial_model=training.initial_model,
            deterministic=training.deterministic,
        ),
        target_encoding=encoding,
        class_weight=class_weight,
        max_seconds=limits.max_seconds if spec.limits.max_seconds is None else spec.limits.max_seconds,
    )


@contextmanager
def _faults(*path: str | int) -> Iterator[None]:
    """Misfits within become errors whose pointers begin with `path`."""
    try:
        yield
    except wording.Misfit as error:
        raise invalid([wording.fault(error.detail, *path, *error.path)]) from None


def _steps(spec: JobSpec, facts: Facts) -> list[Step]:
    with _faults("model", "layers"):
        layers = _named(spec.model.layers)
        steps = walk(layers, facts.input_shape, facts.input_dtype, facts.integers)
        if not any(weight.trainable and step.layer.trainable for step in steps for weight in step.weights):
            raise wording.Misfit("The network has nothing to train: add a layer with weights, such as Dense")
    return steps


def _named(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers, each with a name: its own, or Keras's `dense`, `dense_1`, …; raises a Misfit for one given
    twice.
    """
    taken: set[str] = {"input"}
    for place, layer in enumerate(layers):
        if layer.name in taken:
            raise wording.Misfit(
                f"The name {layer.name!r} is taken: each layer has its own, and 'input' is the row",
                place,
                "name",
            )
        if layer.name:
            taken.add(layer.name)
    counts: dict[str, int] = {}
    return tuple(
        layer if layer.name else layer.model_copy(update={"name": _free_name(layer, taken, counts)})
        for layer in layers
    )


def _free_name(layer: Layer, taken: set[str], counts: dict[str, int]) -> str:
    plain = wording.snake_case(type(layer).__name__)
    while True:
        number = counts.get(plain, 0)
        counts[plain] = number + 1
        name = f"{plain}_{number}" if number else plain
        if name not in taken:
            taken.add(name)
            return name


def _check_parameters(steps: Sequence[Step], limits: Limits) -> None:
    total = sum(weight.size for step in steps for weight in step.weights)
    if total <= limits.max_parameters:
        return
    so_far = 0
    for place, step in enumerate(steps):
        so_far += sum(weight.size for weight in step.weights)
        if so_far > limits.max_parameters:
            raise too_large(
                "parameters",
                "model",
                "layers",
                place,
                limit=limits.max_parameters,
                asked=total,
                unit="parameters",
            )


def _check_split(training: Training, facts: Facts) -> None:
    train, validation = split_rows(facts.train_rows, training.validation_split)
    if train < 1 or (training.validation_split > 0 and validation < 1):
        raise wording.Misfit(
            f"Of {facts.train_rows} rows, {train} would be left to train on and {validation} to validate on: "
            "both need at least one",
            "training",
            "validation_split",
        )


def _check_augment(training: Training, facts: Facts) -> None:
    shape = facts.input_shape
    for place, layer in enumerate(training.augment):
        with _faults("training", "augment", place):
            if facts.input_dtype != "float32":
                raise wording.Misfit(
                    f"{layer.called()} is for pictures, and this data set's rows are integers"
                )
            shape = layer.output_shape(shape)


def _optimizer(training: Training) -> Optimizer:
    """The optimizer, with schedule and clip moved into it."""
    optimizer = training.optimizer
    update: dict[str, object] = {}
    if training.learning_rate_schedule is not None:
        if "learning_rate" in optimizer.model_fields_set:
            raise wording.Misfit(
                "Either the optimizer has a learning_rate or there is a learning_rate_schedule, not both",
                "training",
                "learning_rate_schedule",
            )
        update["learning_rate"] = training.learning_rate_schedule
    if training.clip_norm is not None:
        own = next((name for name in CLIPS if getattr(optimizer, name) is not None), None)
        if own:
            raise wording.Misfit(
                f"Either the optimizer has {own} or there is a clip_norm, not both", "training", "clip_norm"
            )
        # The norm of all gradients together: the direction of the step stays what it was.
        update["global_clipnorm"] = training.clip_norm
    return optimizer.model_copy(update=update)


def _objective(
    training: Training, facts: Facts, steps: Sequence[Step]
) -> tuple[Loss, Encoding, list[Metric]]:
    """Loss, form of the target, and metrics."""
    with _faults("model", "layers"):
        out = targets.output(steps)
    with _faults("training", "loss"):
        loss = targets.choose_loss(training.loss, facts, out, training.metrics or ())
    with _faults():
        encoding = targets.encode(loss, facts, out)
    asked = targets.default_metrics(loss, facts) if training.metrics is None else training.metrics
    metrics: list[Metric] = []
    for place, one in enumerate(asked):
        with _faults("training", "metrics", place):
            metrics.append(_unique(targets.choose_metric(one, loss, encoding, out), metrics))
    return loss, encoding, metrics


def _unique(metric: Metric, before: Sequence[Metric]) -> Metric:
    """The metric with a name that tells it from those before, as Keras counts them."""
    taken = {one.name for one in before}
    plain = metric.plain_name()
    if plain == "loss" or plain.startswith("val_"):
        raise wording.Misfit(f"The name {plain!r} is taken", "name")
    if metric.name and plain in taken:
        raise wording.Misfit(f"There are two metrics called {plain!r}: give one another name", "name")
    names = (plain if number == 0 else f"{plain}_{number}" for number in range(len(before) + 1))
    return metric.model_copy(update={"name": next(name for name in names if name not in taken)})
