"""How a network is trained."""

from collections.abc import Iterator

from core.errors import Fault
from core.specs.facts import split_rows
from core.specs.schedules import CosineDecay, PiecewiseConstantDecay, PolynomialDecay, Schedule
from core.specs.tutor.case import Case, Path
from core.specs.wording import Change, Cure

USUAL = (1e-6, 0.05)
"""Learning rates with which Adam and its kin learn something."""
RATES = {
    "SGD": (1e-5, 1.0),
    "Adadelta": (1e-4, 10.0),
    "Adagrad": (1e-5, 1.0),
    "Ftrl": (1e-5, 1.0),
    "Lion": (1e-7, 0.01),
    "Muon": (1e-6, 0.3),
}
"""The same for others."""


def learning_rate(case: Case) -> Iterator[Fault]:
    """A learning rate that is off by orders of magnitude."""
    optimizer = case.resolved.training.optimizer
    name = type(optimizer).__name__
    rate, path = _highest(case)
    low, high = RATES.get(name, USUAL)
    default = type(optimizer).model_fields["learning_rate"].default
    cure = Cure(f"Begin with {default:g}, Keras's default for {name}", (Change(path, default),))
    if rate > high:
        detail = (
            f"A learning rate of {rate:g} is too large for {name}: the loss will jump about, or be no number"
        )
        yield case.advice("learning_rate_high", detail, path, cure)
    elif rate < low:
        detail = f"A learning rate of {rate:g} is too small for {name}: hardly anything will be learned"
        yield case.advice("learning_rate_low", detail, path, cure)


def _highest(case: Case) -> tuple[float, Path]:
    """The highest learning rate that the training comes to, and where it is said."""
    rate = case.resolved.training.optimizer.learning_rate
    apart = case.spec.training.learning_rate_schedule is not None
    path: Path = (
        ("training", "learning_rate_schedule") if apart else ("training", "optimizer", "learning_rate")
    )
    if not isinstance(rate, Schedule):
        return rate, path
    if isinstance(rate, PiecewiseConstantDecay):
        place = rate.values.index(max(rate.values))
        return rate.values[place], (*path, "values", place)
    warm = getattr(rate, "warmup_target", None)
    if warm is not None:
        return warm, (*path, "warmup_target")
    return getattr(rate, "initial_learning_rate", 0.0), (*path, "initial_learning_rate")


def schedule_too_short(case: Case) -> Iterator[Fault]:
    """A learning rate that is down long before the end."""
    rate, steps = case.resolved.training.optimizer.learning_rate, _steps(case)
    if not case.rows_known or not isinstance(rate, CosineDecay | PolynomialDecay):
        return
    ended = rate.decay_steps + getattr(rate, "warmup_steps", 0)
    if 2 * ended < steps and not getattr(rate, "cycle", False):
        _, path = _highest(case)
        at = (*path[:-1], "decay_steps")
        yield case.advice(
            "schedule_too_short",
            f"The learning rate has come down after {ended:,} steps, and the training takes {steps:,}: in "
            "the rest little is learned. A step is a batch, not an epoch",
            at,
            Cure(f"Let it fall for all {steps:,} steps", (Change(at, steps),)),
        )


def _steps(case: Case) -> int:
    training = case.resolved.training
    rows, _ = split_rows(case.facts.train_rows, training.validation_split)
    return training.epochs * -(-rows // training.batch_size)


def batch_larger_than_data(case: Case) -> Iterator[Fault]:
    """One step an epoch."""
    training, path = case.resolved.training, ("training", "batch_size")
    rows, _ = split_rows(case.facts.train_rows, training.validation_split)
    if case.rows_known and training.batch_size > rows:
        fitting = max(1, min(32, rows // 10))
        yield case.advice(
            "batch_larger_than_data",
            f"A batch has {training.batch_size:,} rows, and there are {rows:,} to train on: every epoch is a "
            "single step",
            path,
            Cure(f"Take batches of {fitting}", (Change(path, fitting),)),
        )


def one_epoch(case: Case) -> Iterator[Fault]:
    """Every row is seen once."""
    if case.resolved.training.epochs == 1:
        path = ("training", "epochs")
        yield case.advice(
            "one_epoch",
            "With one epoch every row is seen once, which is seldom enough to learn from it",
            path,
            Cure("Train for 10 epochs", (Change(path, 10),)),
        )


def monitor_training(case: Case) -> Iterator[Fault]:
    """Stopping by what keeps getting better while the network learns by heart."""
    asked = case.spec.training.early_stopping
    stop = case.resolved.training.early_stopping
    if asked is None or stop is None or stop.monitor.startswith("val_"):
        return
    path: Path = ("training", "early_stopping", "monitor")
    cure = Cure(f"Watch val_{stop.monitor}", (Change(path, f"val_{stop.monitor}"),))
    if not case.resolved.training.validation_split:
        split = ("training", "validation_split")
        cure = Cure("Put a tenth of the rows aside", (Change(split, 0.1), *cure.changes))
    yield case.advice(
        "monitor_training",
        f"{stop.monitor!r} is measured on the rows that are trained on, and goes on getting better while the "
        "network learns them by heart: it will not stop in time",
        path,
        cure,
    )


def patience_too_long(case: Case) -> Iterator[Fault]:
    """A callback that has no time to act."""
    training = case.resolved.training
    for field in ("early_stopping", "reduce_on_plateau"):
        watcher = getattr(training, field)
        if watcher is not None and watcher.patience >= training.epochs > 1:
            path = ("training", field, "patience")
            fitting = max(1, training.epochs // 4)
            yield case.advice(
                "patience_too_long",
                f"{field} waits for {watcher.patience:,} epochs, and there are {training.epochs:,}: it will "
                "never do anything",
                path,
                Cure(f"Let it wait for {fitting}", (Change(path, fitting),)),
            )


def shuffle_off(case: Case) -> Iterator[Fault]:
    """Rows in the order of the file."""
    if not case.resolved.training.shuffle:
        path = ("training", "shuffle")
        yield case.advice(
            "shuffle_off",
            "The rows come in the order of the file in every epoch: if that is sorted, by class say, the "
            "network learns one class after another and forgets the first",
            path,
            Cure("Shuffle them", (Change(path, value=True),)),
        )


LESSONS = (
    learning_rate,
    schedule_too_short,
    batch_larger_than_data,
    one_epoch,
    monitor_training,
    patience_too_long,
    shuffle_off,
)
