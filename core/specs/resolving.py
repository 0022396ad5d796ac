"""From what a client asked for, and what is known of the data set, to a job with nothing left to guess."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, ParamSpec, TypeVar

from core.errors import Fault, InvalidSpecError, SpecTooLargeError
from core.specs import callbacks, declaring, explaining, objectives, weighting, wording
from core.specs.facts import Facts, split_rows
from core.specs.graph import INPUT, Graph, name_all, wire
from core.specs.layers import Layer
from core.specs.layers.entries import Again, Entry
from core.specs.limits import Limits, too_large
from core.specs.optimizers import CLIPS, Optimizer
from core.specs.parsing import invalid
from core.specs.resolved import Resolved, ResolvedInput, ResolvedOutput, ResolvedTraining
from core.specs.spec import JobSpec, Training
from core.specs.walking import Step, check_learning, walk_graph

P = ParamSpec("P")
R = TypeVar("R")


def resolve(spec: JobSpec, facts: Facts, limits: Limits = Limits()) -> Resolved:  # noqa: B008 - frozen
    """The job with every default and inference written out. The same arguments give the same answer.

    Raises:
        InvalidSpecError: for whatever can be known to fail, with a pointer into the spec.
        SpecTooLargeError: if the network has more parameters than the limits allow.
    """
    return work_out(spec, facts, limits)[0]


def work_out(spec: JobSpec, facts: Facts, limits: Limits) -> tuple[Resolved, list[Step]]:
    """`resolve`, and the layers in the places that they have in `spec`.

    The error has as many faults as do not hang on one another.
    """
    try:
        return _work_out(spec, facts, limits)
    except InvalidSpecError as error:
        raise invalid(spec.model.trace(error.faults)) from None
    except SpecTooLargeError as error:
        error.faults = spec.model.trace(error.faults)
        raise


def _work_out(spec: JobSpec, facts: Facts, limits: Limits) -> tuple[Resolved, list[Step]]:
    training, found = spec.training, _Findings()
    network = found.of(_network, spec, facts)
    if network:
        _check_size(network.steps, limits)
    found.of(_check_split, training, facts)
    augment = found.of(_augment, training, facts)
    optimizer = found.of(_optimizer, training)
    outputs = found.of(objectives.resolve, training, *network, facts) if network else None
    watchers = found.of(callbacks.resolve, training, optimizer, outputs) if optimizer and outputs else None
    class_weight = found.of(_class_weight, training, outputs, facts) if outputs else None
    if found.faults or augment is None or not (network and optimizer and outputs and watchers):
        raise invalid(found.faults)
    stop, reduce = watchers
    resolved = Resolved(
        inputs=tuple(ResolvedInput(name=one.name, shape=one.shape, dtype=one.dtype) for one in facts.inputs),
        layers=tuple(_entry(step) for step in network.steps),
        outputs=outputs,
        training=ResolvedTraining(
            optimizer=optimizer,
            epochs=training.epochs,
            batch_size=training.batch_size,
            validation_split=training.validation_split,
            shuffle=training.shuffle,
            seed=training.seed,
            early_stopping=stop,
            reduce_on_plateau=reduce,
            augment=augment,
            precision=training.precision,
            initial_model=training.initial_model,
            deterministic=training.deterministic,
        ),
        class_weight=class_weight,
        max_seconds=limits.max_seconds if spec.limits.max_seconds is None else spec.limits.max_seconds,
    )
    return resolved, network.steps


class _Findings:
    """What does not fit, gathered from checks that do not hang on one another."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def of(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """What the work makes, or None if it finds a misfit."""
        try:
            return work(*args, **kwargs)
        except wording.Misfit as error:
            self.faults.append(error.fault())
            return None


class _Network(NamedTuple):
    graph: Graph
    steps: list[Step]


def _network(spec: JobSpec, facts: Facts) -> _Network:
    with wording.within("model"):
        called = declaring.match(spec.model.inputs, facts.inputs)
        graph = wire(spec.model.layers, spec.model.outputs, [one.name for one in facts.inputs], called)
        return _Network(graph, _steps(graph, facts))


def _steps(graph: Graph, facts: Facts) -> list[Step]:
    with wording.within("layers"):
        try:
            steps = walk_graph(graph, facts.inputs)
        except wording.Misfit as misfit:
            raise explaining.explained(misfit, graph) from None
        check_learning(graph, steps)
    return steps


def _entry(step: Step) -> Entry:
    """A layer as it is kept: with its name, and what it takes."""
    node = step.node
    if not node.first:
        return Again(layer=node.layer.name or "", name=node.name, inputs=node.inputs)
    return node.layer.model_copy(update={"inputs": node.inputs})


def _class_weight(
    training: Training, outputs: Sequence[ResolvedOutput], facts: Facts
) -> tuple[float, ...] | None:
    if training.class_weight is None:
        return None
    if len(outputs) > 1:
        raise wording.Misfit(
            "class_weight is for networks with one output: loss_weights weigh several",
            "training",
            "class_weight",
        )
    return weighting.resolve(training.class_weight, facts.targets[outputs[0].target])


def _check_size(steps: Sequence[Step], limits: Limits) -> None:
    """Refuses what no worker could hold, at the layer with which it becomes too much."""
    counts = [sum(weight.size for weight in step.weights) for step in steps]
    _check_total(counts, steps, "parameters", limits.max_parameters, "parameters")
    kept = [step.applied.working_size for step in steps]
    _check_total(kept, steps, "row_numbers", limits.max_row_numbers, "numbers for each row")


def _check_total(counts: Sequence[int], steps: Sequence[Step], name: str, limit: int, unit: str) -> None:
    so_far = 0
    for step, count in zip(steps, counts, strict=True):
        so_far += count
        if so_far > limit:
            path = ("model", "layers", step.node.place)
            raise too_large(name, *path, limit=limit, asked=sum(counts), unit=unit)


def _check_split(training: Training, facts: Facts) -> None:
    train, validation = split_rows(facts.train_rows, training.validation_split)
    if train < 1 or (training.validation_split > 0 and validation < 1):
        raise wording.Misfit(
            f"Of {facts.train_rows} rows, {train} would be left to train on and {validation} to validate on: "
            "both need at least one",
            "training",
            "validation_split",
        )


def _augment(training: Training, facts: Facts) -> tuple[Layer, ...]:
    """The layers of `augment`, each with a name, which the data set's pictures go through."""
    if not training.augment:
        return ()
    if any(target.kind == "reconstruction" for target in facts.targets):
        raise wording.Misfit(
            "Augmentation would vary what goes in, and not the same in the target: put the layers into the "
            "network instead",
            "training",
            "augment",
        )
    pictures = [one for one in facts.inputs if len(one.shape) == 3]
    if len(facts.inputs) > 1 and len(pictures) != 1:
        raise wording.Misfit(
            f"Augmentation varies the one input of pictures, and this data set has {len(pictures)}",
            "training",
            "augment",
        )
    varied = pictures[0] if len(facts.inputs) > 1 else facts.inputs[0]
    shape, layers = varied.shape, _named(training.augment)
    for place, layer in enumerate(layers):
        with wording.within("training", "augment", place):
            if varied.dtype != "float32":
                raise wording.Misfit(
                    f"{layer.called()} is for pictures, and this data set's rows are integers"
                )
            shape = layer.output_shape(shape)
    if shape != varied.shape:
        raise wording.Misfit(
            f"Augmentation makes {wording.by(shape)} of {wording.by(varied.shape)}, and must keep the shape",
            "training",
            "augment",
        )
    return layers


def _named(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The same, each with a name; raises a Misfit, its path from the document's root."""
    with wording.within("training", "augment"):
        for place, layer in enumerate(layers):
            if layer.inputs is not None:
                raise wording.Misfit(
                    "Each varies what the one before it made: there are no inputs to name", place
                )
        named = name_all(layers, taken={INPUT})
    return tuple(layer for layer in named if isinstance(layer, Layer))


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
