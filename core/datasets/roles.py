"""Which columns of a table are the target and which are inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import errors
from core.datasets import cells, wording
from core.datasets.options import Options

# What a target is called when nobody says, the likeliest first.
TARGETS = ("target", "label", "class", "y")


@dataclass(frozen=True)
class Roles:
    """Indices of columns. `ignored` names the columns that are not inputs."""

    targets: tuple[int, ...]
    features: tuple[int, ...]
    ignored: tuple[str, ...]
    warnings: tuple[str, ...]


def assign(names: Sequence[str], options: Options) -> Roles:
    """What each column is for.

    Columns without a name are used for nothing: mostly they are an index that a program wrote.

    Raises:
        errors.InvalidDataError: The options name columns that are not there, or none is left to learn from.
    """
    warnings = _check(names)
    _refuse(names, options)
    dropped = {at for at, name in enumerate(names) if not name or name in options.drop}
    targets = _targets(names, options, dropped)
    chosen = (
        range(len(names)) if options.features is None else [names.index(name) for name in options.features]
    )
    features = tuple(at for at in dict.fromkeys(chosen) if at not in dropped and at not in targets)
    if not features:
        raise errors.InvalidDataError("There is no column to learn from besides the target")
    ignored = tuple(name for at, name in enumerate(names) if at not in features)
    return Roles(targets, features, ignored, tuple(warnings))


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
    """Raises with a fault for every option that names what is not there."""
    several = isinstance(options.target, list)
    faults = [
        *_strangers(names, options.targets, "target", indexed=several),
        *_strangers(names, options.features or [], "features"),
        *_strangers(names, options.drop, "drop"),
    ]
    for at, name in enumerate(options.features or []):
        if name in options.targets:
            detail = f"{wording.quote(name)} is the target, and cannot be a feature"
            faults.append(errors.Fault(errors.pointer("options", "features", at), detail))
    for at, name in enumerate(options.drop):
        if name in options.targets:
            detail = f"{wording.quote(name)} is the target, and cannot be dropped"
            faults.append(errors.Fault(errors.pointer("options", "drop", at), detail))
    if faults:
        raise errors.InvalidDataError("; ".join(fault.detail for fault in faults[:5]), faults)


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
