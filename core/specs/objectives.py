"""What each output of a network is compared with, by which loss and metrics."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.specs import targets, wording
from core.specs.facts import Facts, TargetFacts
from core.specs.graph import Graph
from core.specs.metrics import Metric
from core.specs.resolved import ResolvedOutput
from core.specs.spec import Training
from core.specs.walking import Step


def resolve(
    training: Training, graph: Graph, steps: Sequence[Step], facts: Facts
) -> tuple[ResolvedOutput, ...]:
    """Every output with its target, loss and metrics; raises a Misfit, its path from the document's root."""
    _check_names(training, graph.outputs)
    by_name = {step.node.name: step for step in steps}
    numbers = _targets(training, graph.outputs, facts)
    return tuple(
        _output(training, by_name, name, number, facts.targets[number])
        for name, number in zip(graph.outputs, numbers, strict=True)
    )


def _check_names(training: Training, outputs: Sequence[str]) -> None:
    """Refuses what is said of outputs that are not there, and one thing where each output needs its own."""
    for field in ("loss", "loss_weights", "metrics", "targets"):
        said = getattr(training, field)
        for name in said if isinstance(said, dict) else ():
            if name not in outputs:
                raise wording.Misfit(
                    f"The network has no output {name!r}{wording.guess(name, outputs)}",
                    "training",
                    field,
                    name,
                )
    if len(outputs) == 1:
        return
    if training.loss != "auto" and not isinstance(training.loss, dict):
        raise _each("loss", '"mean_squared_error"', outputs)
    if training.metrics and not isinstance(training.metrics, dict):
        raise _each("metrics", '["accuracy"]', outputs)


def _each(field: str, example: str, outputs: Sequence[str]) -> wording.Misfit:
    return wording.Misfit(
        f"The network has {len(outputs)} outputs ({', '.join(outputs)}): {field} must be an object by their "
        f'names, such as {{"{outputs[0]}": {example}, …}}',
        "training",
        field,
    )


def _targets(training: Training, outputs: Sequence[str], facts: Facts) -> list[int]:
    """The number of the target that each output is compared with."""
    names = [target.name for target in facts.targets]
    numbers = []
    for place, output in enumerate(outputs):
        said = (training.targets or {}).get(output)
        if said is not None and said not in names:
            raise wording.Misfit(
                f"The data set has no target {wording.short(said)!r}{wording.guess(said, names)}",
                "training",
                "targets",
                output,
            )
        numbers.append(names.index(said) if said is not None else _target(output, place, outputs, names))
    return numbers


def _target(output: str, place: int, outputs: Sequence[str], names: Sequence[str]) -> int:
    """Of the target's name, or the only one, or the one in the same place."""
    if output in names:
        return names.index(output)
    if len(names) == 1:
        return 0
    if len(names) == len(outputs) and not set(names) & set(outputs):
        return place
    raise wording.Misfit(
        f"The data set has the targets {', '.join(names)}: say in training.targets with which of them the "
        f"output {output!r} is compared",
        "training",
        "targets",
    )


def _output(
    training: Training,
    steps: Mapping[str, Step],
    name: str,
    number: int,
    target: TargetFacts,
) -> ResolvedOutput:
    with wording.within("model", "layers"):
        out = targets.output(steps, name, target)
    asked, asked_path = _of(training.metrics, name, "metrics")
    said, said_path = _of(training.loss, name, "loss")
    with wording.within(*said_path):
        loss = targets.choose_loss("auto" if said is None else said, target, out, asked or ())
    encoding = targets.encode(loss, target, out, said_path)
    if asked is None:
        asked = targets.default_metrics(loss, target)
    metrics: list[Metric] = []
    for place, one in enumerate(asked):
        with wording.within(*asked_path, place):
            chosen = targets.choose_metric(one, loss, encoding, out)
            metrics.append(_unique(chosen, metrics))
    return ResolvedOutput(
        name=name,
        target=number,
        encoding=encoding,
        shape=out.shape,
        ending=out.ending,
        loss=loss,
        loss_weight=(training.loss_weights or {}).get(name, 1.0),
        metrics=tuple(metrics),
    )


def _of(said: Any, name: str, field: str) -> tuple[Any, tuple[str, ...]]:  # noqa: ANN401 - a loss, or metrics
    """What is said of one output, and where."""
    if isinstance(said, dict):
        return said.get(name), ("training", field, name)
    return said, ("training", field)


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
