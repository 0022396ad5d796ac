"""Which columns of a table are the target and which are inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import errors
from core.datasets import cells, wording
from core.datasets.options import Options, wrong

# What a target is called when nobody says, the likeliest first.
TARGETS = ("target", "label", "class", "y")


@dataclass(frozen=True)
class Roles:
    """Indices of columns; `features` are numbers and categories. `ignored` names those that are no inputs.

    `pictures` name files.
    """

    targets: tuple[int, ...]
    features: tuple[int, ...]
    texts: tuple[int, ...]
    pictures: tuple[int, ...]
    ignored: tuple[str, ...]
    warnings: tuple[str, ...]


def assign(
    names: Sequence[str], options: Options, split: int | None = None, shown: Sequence[int] = ()
) -> Roles:
    """What each column is for; the one at `split` has said which rows are for the test.

    Those `shown` name pictures, which are inputs unless they are dropped or only other columns are asked for.

    Columns without a name are used for nothing: mostly they are an index that a program wrote. To
    reconstruct its inputs, a network needs no target.

    Raises:
        errors.InvalidDataError: The options name columns that are not there, or none is left to learn from.
    """
    warnings = _check(names)
    _refuse(names, options)
    texts = tuple(dict.fromkeys(names.index(name) for name in options.texts))
    unused = {at for at, name in enumerate(names) if not name or name in options.drop or at == split}
    inputs = unused | {*texts, *shown}
    targets = () if options.task == "reconstruction" else _targets(names, options, inputs)
    chosen = (
        range(len(names)) if options.features is None else [names.index(name) for name in options.features]
    )
    shown = [at for at in shown if at in chosen and at not in {*unused, *targets, *texts}]
    taken = {*unused, *targets, *texts, *shown}
    features = tuple(at for at in dict.fromkeys(chosen) if at not in taken)
    if not features and not texts and not shown:
        raise errors.InvalidDataError("There is no column to learn from besides the target")
    ignored = tuple(name for at, name in enumerate(names) if at not in {*features, *texts, *shown})
    _refuse_unfitting(options, plain=bool(features), shown=bool(shown), several=bool(texts or shown))
    return Roles(targets, features, texts, tuple(shown), ignored, tuple(warnings))


def _check(names: Sequence[str]) -> list[str]:
    """Refuses a header that cannot be told apart, and warns of one that may be none."""
    seen: set[str] = set()
    for name in names:
        if name and name in seen:
            raise errors.InvalidDataError(f"Two columns are called {wording.quote(name)}")
        seen.add(name)
    warnings = [f"Column {at + 1:,} has no name and was dropped" for at, name in enumerate(names) if not name]
    if len(warnings) == len(names):
        raise errors.InvalidDataError("The first line names no column")
    if all(name and cells.number(name) is not None for name in names):
        warnings.append("The first line was read as the names of the columns, and all of them are numbers")
    return warnings


def _refuse(names: Sequence[str], options: Options) -> None:
    """Raises with a fault for every option that names what is not there, or something else already."""
    faults = [
        *_strangers(names, options.targets, "target", indexed=isinstance(options.target, list)),
        *_strangers(names, options.features or [], "features"),
        *_strangers(names, options.texts, "text", indexed=isinstance(options.text, list)),
        *_strangers(names, options.drop, "drop"),
        *_twice(
            options.features or [], options.targets, "features", "is the target, and cannot be a feature"
        ),
        *_twice(options.texts, options.targets, "text", "is the target, and cannot be an input"),
        *_twice(options.drop, options.targets, "drop", "is the target, and cannot be dropped"),
        *_twice(options.drop, options.texts, "drop", "is a column of text, and cannot be dropped"),
    ]
    if options.task == "reconstruction" and options.target is not None:
        detail = "target: to reconstruct its inputs, a network needs no target"
        faults.append(errors.Fault(errors.pointer("options", "target"), detail))
    if faults:
        raise errors.InvalidDataError("; ".join(fault.detail for fault in faults[:5]), faults)


def _refuse_unfitting(options: Options, *, plain: bool, shown: bool, several: bool) -> None:
    """Refuses options that say nothing about such a table, which has `plain` columns, or pictures `shown`."""
    details = {}
    if not options.texts:
        for name in ("sequence_length", "vocabulary_size"):
            details[name] = f"{name}: no column is a text; options.text names those that are"
    if not shown:
        for name in ("image_size", "channels"):
            details[name] = f"{name}: no column names pictures"
    if not plain:
        details["input_shape"] = "input_shape: there are no columns of numbers or categories"
    unfitting = {name: detail for name, detail in details.items() if getattr(options, name) is not None}
    if options.task == "reconstruction" and several:
        unfitting["task"] = "task: of a table, only numbers and categories can be reconstructed"
    if unfitting:
        raise wrong(unfitting)


def _twice(asked: Sequence[str], others: Sequence[str], option: str, why: str) -> list[errors.Fault]:
    return [
        errors.Fault(errors.pointer("options", option, at), f"{wording.quote(name)} {why}")
        for at, name in enumerate(asked)
        if name in others
    ]


def _strangers(
    names: Sequence[str], asked: Sequence[str], option: str, *, indexed: bool = True
) -> list[errors.Fault]:
    known = {name for name in names if name}
    return [
        errors.Fault(
            errors.pointer("options", option, *([at] if indexed else [])),
            f"{option}: there is no column {wording.quote(name)}{wording.did_you_mean(name, known)}",
        )
        for at, name in enumerate(asked)
        if name not in known
    ]


def _targets(names: Sequence[str], options: Options, dropped: set[int]) -> tuple[int, ...]:
    if options.targets:
        return tuple(dict.fromkeys(names.index(name) for name in options.targets))
    inputs = set(options.features or [])
    free = [at for at, name in enumerate(names) if at not in dropped and name not in inputs]
    if not free:
        raise errors.InvalidDataError(
            "No column is left for the target",
            [errors.Fault(errors.pointer("options", "target"), "target: no column is left for it")],
        )
    for usual in TARGETS:
        for at in free:
            if names[at].casefold() == usual:
                return (at,)
    return (free[-1],)
