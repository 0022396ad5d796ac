"""Sentences for what is wrong: Pydantic's errors and misfits of shape, in words a beginner understands."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from core.errors import Fault, Suggestion, pointer

MOST_FAULTS = 20
LONGEST_WORD = 60
_GUESSES: ContextVar[int | None] = ContextVar("_GUESSES", default=None)
"""How many guesses are left, or None if nobody counts: see `few_guesses`."""

_RULES: dict[str, str] = {
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "finite_number": "must be a finite number",
    "float_type": "must be a number",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be an integer",
    "int_type": "must be an integer",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list",
    "literal_error": "must be {expected}",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "string_too_long": "must be at most {max_length} characters long",
    "string_too_short": "must be at least {min_length} characters long",
    "string_type": "must be a string",
    "string_unicode": "must be text in Unicode",
    "too_long": "must have at most {max_length} items",
    "too_short": "must have at least {min_length} items",
    "tuple_type": "must be a list",
}


class Change(NamedTuple):
    """A step of a cure: what is put at `path`, or taken away there.

    `add` sets a member of an object, or puts an item into a list, before the one that is there; `replace`
    puts one in the place of another.
    """

    path: tuple[str | int, ...]
    value: Any = None
    op: Literal["add", "replace", "remove"] = "add"

    def moved(self, path: tuple[str | int, ...]) -> "Change":
        """The same, its path beginning with this one."""
        return self._replace(path=(*path, *self.path))


class Cure(NamedTuple):
    """What may be done about something: a sentence, and the changes; their paths begin where a Misfit's does.

    There are no changes where only a person can know them.
    """

    detail: str
    changes: tuple[Change, ...] = ()

    def moved(self, path: tuple[str | int, ...]) -> "Cure":
        """The same, all paths beginning with this one."""
        return self._replace(changes=tuple(change.moved(path) for change in self.changes))

    def suggested(self) -> Suggestion:
        """As it is told: its changes are a JSON Patch."""
        return Suggestion(
            self.detail,
            tuple(
                {"op": change.op, "path": pointer(*change.path)[1:]}
                | ({} if change.op == "remove" else {"value": change.value})
                for change in self.changes
            ),
        )


class Misfit(Exception):  # noqa: N818 - it is a finding, which its catcher turns into a fault
    """A layer, loss or metric that cannot take what it is given.

    `path` leads from the object it is about to the argument that is to blame; empty for the object itself.
    `code` is a word for what is wrong, which programs may know: see `core.specs.tutor.codes`.
    """

    def __init__(
        self, detail: str, *path: str | int, code: str | None = None, cure: Cure | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.path = path
        self.code = code
        self.cure = cure

    def moved(self, *path: str | int) -> "Misfit":
        """The same, its path beginning with this one."""
        cure = self.cure and self.cure.moved(path)
        return Misfit(self.detail, *path, *self.path, code=self.code, cure=cure)

    def fault(self) -> Fault:
        """The same as a fault, when its path begins at the document's root."""
        suggestion = self.cure and self.cure.suggested()
        return replace(fault(self.detail, *self.path), code=self.code, suggestion=suggestion)


@contextmanager
def within(*path: str | int) -> Iterator[None]:
    """Misfits inside get a path that begins with this one."""
    try:
        yield
    except Misfit as error:
        raise error.moved(*path) from None


def fault(detail: str, *path: str | int) -> Fault:
    """A fault at `path` that can be sent as UTF-8, whatever the document held."""
    clean = (str(part).encode("utf-8", "replace").decode() for part in path)
    return Fault(pointer(*clean), detail.encode("utf-8", "replace").decode())


def misfit(detail: str, *path: str | int) -> ValidationError:
    """The same finding for a Pydantic validator to raise: only a ValidationError keeps a path of its own."""
    return ValidationError.from_exception_data("spec", [_line(detail, path)])


def moved(error: ValidationError, *path: str | int) -> list[InitErrorDetails]:
    """What a reworded error holds, its places beginning with this path."""
    return [
        _line(found["ctx"]["detail"], (*path, *found["loc"])) for found in error.errors(include_url=False)
    ]


def reworded(
    error: ValidationError, subject: str, known: Iterable[str], refused: Mapping[str, str]
) -> ValidationError:
    """The same errors, each with a sentence in place of Pydantic's.

    Args:
        error: what Pydantic found, its places relative to one object.
        subject: what the object is called, such as "Dense".
        known: the arguments that it has.
        refused: arguments that Keras has and this service does not take, each with the reason.
    """
    lines = []
    for found in _without_echoes(error)[:MOST_FAULTS]:
        loc = found["loc"]
        if found["type"] == "spec":
            detail = found["ctx"]["detail"]
        elif found["type"] == "extra_forbidden" and len(loc) == 1:
            detail = unknown_argument(subject, str(loc[0]), known, refused)
        elif found["type"] == "missing" and len(loc) == 1:
            detail = f"{subject} needs {str(loc[0])!r}"
        else:
            detail = f"{_place(loc, subject)} {_rule(found)}{_instead(found['input'])}"
        lines.append(_line(detail, loc))
    return ValidationError.from_exception_data(subject, lines)


def unknown_argument(subject: str, name: str, known: Iterable[str], refused: Mapping[str, str]) -> str:
    """Why `subject` does not take the argument `name`."""
    if name in refused:
        return f"{subject} is not taken with {name!r} here: {refused[name]}"
    return (
        f"{subject} has no argument {short(name)!r}{guess(name, (repr(known_name) for known_name in known))}"
    )


@contextmanager
def few_guesses(most: int = 10 * MOST_FAULTS) -> Iterator[None]:
    """No more guesses than this inside: each takes a while, and a document may have any number of typos."""
    token = _GUESSES.set(most)
    try:
        yield
    finally:
        _GUESSES.reset(token)


def guess(word: str, candidates: Iterable[str]) -> str:
    """`; did you mean X?` if one of the candidates looks like `word`, else nothing."""
    left = _GUESSES.get()
    if left is not None:
        if not left:
            return ""
        _GUESSES.set(left - 1)
    by_key: dict[str, str] = {}
    for candidate in candidates:
        by_key.setdefault(candidate.strip("'").lower(), candidate)
    close = difflib.get_close_matches(word[:LONGEST_WORD].lower(), list(by_key), n=1)
    return f"; did you mean {by_key[close[0]]}?" if close else ""


def short(word: str) -> str:
    """At most so much of a client's word as fits into a sentence."""
    return word if len(word) <= LONGEST_WORD else word[:LONGEST_WORD] + "…"


def by(shape: Iterable[int]) -> str:
    """`28x28x1` for `(28, 28, 1)`."""
    return "x".join(str(size) for size in shape) or "a single number"


def counted(number: int, noun: str) -> str:
    """`1 input`, `2 inputs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def snake_case(name: str) -> str:
    """`global_average_pooling2d` for `GlobalAveragePooling2D`: the rule of `keras.src.utils.naming`."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def check_axes(subject: str, axis: int | tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes counted from the front; raises a Misfit at `axis` if one is missing or named twice."""
    axes = (axis,) if isinstance(axis, int) else axis
    rank = len(shape)
    if any(not -rank <= one < rank for one in axes):
        raise Misfit(f"{subject} with axis {axis} does not fit {rank} axes, numbered 0 to {rank - 1}", "axis")
    counted = tuple(one % rank for one in axes)
    if len(set(counted)) < len(counted):
        raise Misfit(f"{subject} names an axis twice in {list(axes)}", "axis")
    return counted


def faults_of(error: ValidationError) -> list[Fault]:
    """What a reworded error holds, with pointers into the document."""
    return [
        fault(found["ctx"]["detail"], *found["loc"])
        for found in error.errors(include_url=False)[:MOST_FAULTS]
    ]


def _line(detail: str, path: tuple[str | int, ...]) -> InitErrorDetails:
    return InitErrorDetails(
        # The detail goes in as a value: a brace in a client's word is no field of a template.
        type=PydanticCustomError("spec", "{detail}", {"detail": detail}),
        loc=path,
        input=None,
    )


def _place(loc: tuple[str | int, ...], subject: str) -> str:
    names = [place for place, part in enumerate(loc) if isinstance(part, str)]
    if not names:
        return subject
    start = names[-1]
    return short(str(loc[start])) + "".join(f"[{part}]" for part in loc[start + 1 :])


def _without_echoes(error: ValidationError) -> list[ErrorDetails]:
    """The errors, but for lists that are too short only because what is wrong in them does not count."""
    errors = error.errors(include_url=False)
    inside = {found["loc"][:-1] for found in errors if found["loc"]}
    inside |= {place[:end] for place in inside for end in range(len(place))}
    return [found for found in errors if found["type"] != "too_short" or found["loc"] not in inside]


def _rule(found: ErrorDetails) -> str:
    rule = _RULES.get(found["type"])
    if rule is None:
        message = found["msg"]
        return message[:1].lower() + message[1:]
    # The bounds of floats are floats: "at most 1", not "at most 1.0".
    bounds = found.get("ctx", {}).items()
    return rule.format_map(
        {name: f"{bound:g}" if isinstance(bound, float) else bound for name, bound in bounds}
    )


def _instead(value: object) -> str:
    """What was sent, if that is short enough to say."""
    if isinstance(value, bool):
        return f", not {str(value).lower()}"
    if value is None:
        return ", not null"
    if isinstance(value, int) and abs(value) >= 10**18:
        # Python refuses to print the longest integers at all.
        return ", not a number of that size"
    if isinstance(value, int | float):
        return f", not {value}"
    return f", not {short(value)!r}" if isinstance(value, str) else ""
