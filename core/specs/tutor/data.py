"""What there is to learn from."""

from collections.abc import Iterator

from core.errors import Fault
from core.specs.facts import split_rows
from core.specs.layers import Layer
from core.specs.layers.normalization import MEMBERS as NORMALIZATIONS
from core.specs.layers.preprocessing_features import Normalization
from core.specs.layers.preprocessing_images import Rescaling
from core.specs.tutor.case import Case
from core.specs.wording import Change, Cure

LARGE = 20.0
"""Numbers from which on gradients of the first layer get out of hand."""
TAMING: tuple[type[Layer], ...] = (Rescaling, Normalization, *NORMALIZATIONS)
FEW_ROWS = 50
FEW_HELD = 10
UNEQUAL = 10


def inputs_not_scaled(case: Case) -> Iterator[Fault]:
    """Pictures from 0 to 255, and the like."""
    for known in case.facts.inputs:
        if known.largest is None or known.largest <= LARGE or known.dtype != "float32":
            continue
        for step in case.readers(known.name):
            if isinstance(step.layer, TAMING):
                continue
            layer = {"type": "Rescaling", "scale": 1 / known.largest}
            yield case.advice(
                "inputs_not_scaled",
                f"The inputs are as large as {known.largest:g}, and networks learn best from numbers "
                "around 1",
                case.at(step),
                Cure(
                    f"Begin with a Rescaling by 1 / {known.largest:g}",
                    case.put_before(step, layer),
                ),
            )
            break


def classes_unequal(case: Case) -> Iterator[Fault]:
    """Classes that are rare, or not there at all."""
    for output in case.resolved.outputs:
        target = case.target(output)
        if target.kind != "class" or not target.class_counts:
            continue
        counts = dict(zip(target.classes, target.class_counts, strict=True))
        rare, common = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
        if not counts[rare]:
            yield case.advice(
                "class_without_rows",
                f"The class {rare!r} has no row to train on: it will never be predicted",
                case.about,
                Cure("Add rows of that class to the data set"),
            )
        elif counts[common] >= UNEQUAL * counts[rare] and case.resolved.class_weight is None:
            yield case.advice(
                "classes_unequal",
                f"There are {counts[common]:,} rows of {common!r} and {counts[rare]:,} of {rare!r}: a "
                "network that never says the latter is right nearly always",
                ("training", "class_weight"),
                _balanced(case),
            )


def _balanced(case: Case) -> Cure:
    if len(case.resolved.outputs) > 1:
        return Cure("Add rows of the rare class to the data set")
    return Cure("Let rows of rare classes weigh more", (Change(("training", "class_weight"), "balanced"),))


def few_rows(case: Case) -> Iterator[Fault]:
    """Too little to learn from, or to judge by."""
    if not case.rows_known:
        return
    rows, tested = case.facts.train_rows, case.facts.test_rows
    if rows < FEW_ROWS:
        yield case.advice(
            "few_rows",
            f"There are {rows:,} rows to train on: a network needs hundreds to learn what holds for others "
            "too",
            case.about,
            Cure("Collect more rows, or take a small network"),
        )
    elif tested < FEW_HELD and case.about == ("dataset",):
        yield case.advice(
            "test_small",
            f"The test split has {tested:,} rows: a score on so few is a matter of luck",
            case.about,
            Cure("Upload the data set with a larger test_split, or with more rows"),
        )


def validation_small(case: Case) -> Iterator[Fault]:
    """Too few rows to watch the training by."""
    share, rows, path = (
        case.resolved.training.validation_split,
        case.facts.train_rows,
        ("training", "validation_split"),
    )
    _, held = split_rows(rows, share)
    if case.rows_known and rows >= FEW_ROWS and 0 < held < FEW_HELD:
        better = min(0.5, -(-100 * FEW_HELD // rows) / 100 + 0.05)
        yield case.advice(
            "validation_small",
            f"The training is watched on {held} rows: with so few, val_loss goes up and down by chance",
            path,
            Cure(f"Put {better:.0%} of the rows aside", (Change(path, round(better, 2)),)),
        )


LESSONS = (inputs_not_scaled, classes_unequal, few_rows, validation_small)
