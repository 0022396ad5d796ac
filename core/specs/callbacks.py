"""What watches a metric in training: whether that metric will be there, and which way is better."""

from collections.abc import Sequence
from typing import Literal

from core.specs import schedules, wording
from core.specs.optimizers import Optimizer
from core.specs.resolved import ResolvedEarlyStopping, ResolvedOutput, ResolvedReduceOnPlateau
from core.specs.spec import EarlyStopping, ReduceOnPlateau, Training


def resolve(
    training: Training, optimizer: Optimizer, outputs: Sequence[ResolvedOutput]
) -> tuple[ResolvedEarlyStopping | None, ResolvedReduceOnPlateau | None]:
    """Both with everything decided; raises a Misfit, its path from the document's root."""
    better = directions(outputs)
    if training.validation_split:
        better |= {f"val_{name}": way for name, way in better.items()}
    return _early_stopping(training, better), _plateau(training, optimizer, better)


def directions(outputs: Sequence[ResolvedOutput]) -> dict[str, Literal["min", "max"]]:
    """Everything that is measured, by Keras's names, and which way is better."""
    better: dict[str, Literal["min", "max"]] = {"loss": "min"}
    for output in outputs:
        # Of several outputs, each has its own loss, and its name before those of its metrics.
        prefix = f"{output.name}_" if len(outputs) > 1 else ""
        if prefix:
            better[f"{prefix}loss"] = "min"
        better.update((f"{prefix}{metric.name}", metric.better) for metric in output.metrics)
    return better


def _early_stopping(
    training: Training, better: dict[str, Literal["min", "max"]]
) -> ResolvedEarlyStopping | None:
    asked = training.early_stopping
    if asked is None:
        return None
    monitor, mode = _watched(asked, training, better, "early_stopping")
    return ResolvedEarlyStopping(
        monitor=monitor,
        min_delta=asked.min_delta,
        patience=asked.patience,
        mode=mode,
        baseline=asked.baseline,
        start_from_epoch=asked.start_from_epoch,
        restore_best=asked.restore_best,
    )


def _plateau(
    training: Training, optimizer: Optimizer, better: dict[str, Literal["min", "max"]]
) -> ResolvedReduceOnPlateau | None:
    asked = training.reduce_on_plateau
    if asked is None:
        return None
    if isinstance(optimizer.learning_rate, schedules.Schedule):
        raise wording.Misfit(
            "A learning rate that follows a schedule cannot be reduced on a plateau as well",
            "training",
            "reduce_on_plateau",
        )
    monitor, mode = _watched(asked, training, better, "reduce_on_plateau")
    return ResolvedReduceOnPlateau(
        monitor=monitor,
        factor=asked.factor,
        patience=asked.patience,
        min_delta=asked.min_delta,
        mode=mode,
        cooldown=asked.cooldown,
        min_lr=asked.min_lr,
    )


def _watched(
    asked: EarlyStopping | ReduceOnPlateau,
    training: Training,
    better: dict[str, Literal["min", "max"]],
    field: str,
) -> tuple[str, Literal["min", "max"]]:
    """The metric that is watched, and which way is better."""
    monitor = asked.monitor or ("val_loss" if training.validation_split else "loss")
    if monitor not in better:
        hint = (
            "; there is no validation, as validation_split is 0"
            if monitor.removeprefix("val_") in better
            else wording.guess(monitor, better)
        )
        raise wording.Misfit(
            f"There will be no metric {wording.short(monitor)!r} to watch, but {', '.join(better)}{hint}",
            "training",
            field,
            "monitor",
            code="metric_missing",
            cure=_instead(training, field),
        )
    return monitor, better[monitor] if asked.mode == "auto" else asked.mode


def _instead(training: Training, field: str) -> wording.Cure:
    """To watch the loss, which is always there."""
    name = "val_loss" if training.validation_split else "loss"
    return wording.Cure(f"Watch {name}", (wording.Change(("training", field, "monitor"), name),))
