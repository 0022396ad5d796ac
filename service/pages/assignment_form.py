"""The form of an assignment: its fields, and the document of the API that they make.

A field is called as what it says is pointed at: `scoring.target` for `#/scoring/target`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
from werkzeug.datastructures import MultiDict

from service.pages import clock
from service.pages.building import written

WHOLE = re.compile(r"[+-]?\d{1,19}")
TRANSLATIONS, LANGUAGE = "translations", re.compile(r"translations\.(\d{1,2})\.language")
POINTS = "scoring.points"
CHOOSES = "rules.chooses"


def whole(text: str) -> object:
    """What a field for a whole number says."""
    # What is no number is left to who says so in words.
    return int(text) if WHOLE.fullmatch(text) else text


def _number(text: str) -> object:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def _share(text: str) -> object:
    number = _number(text)
    return number / 100 if isinstance(number, float) else number


def _json(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _points(text: str) -> object:
    """A point a line: the metric, and its score."""
    return [[_number(one) for one in line.split()] for line in text.splitlines() if line.strip()]


def _yes(text: str) -> object:
    return text == "yes"


# How each field is read. What is empty is not said, and so is as it usually is.
READERS: Mapping[str, Callable[[str], object]] = {
    "title": str,
    "text": str,
    "dataset": str,
    "metric.name": str,
    "metric.direction": str,
    "scoring.baseline": _number,
    "scoring.target": _number,
    POINTS: _points,
    "attempts.per_day": whole,
    "attempts.total": whole,
    "counts": str,
    "leaderboard.show": str,
    "leaderboard.top": whole,
    "leaderboard.frozen_hours": _number,
    "rules.max_parameters": whole,
    "rules.max_epochs": whole,
    "rules.max_seconds": whole,
    "rules.training": _json,
    "rules.model": _json,
    "rules.initial_model": _yes,
    "hidden": _share,
    "penalty.per_day": _number,
    "penalty.most": _number,
    "groups": _yes,
    "baselines": _json,
}
DATES = ("due_at", "lock_at")
LISTS = ("rules.layers", "rules.choices")
FIELDS = (*READERS, *DATES, *LISTS, TRANSLATIONS, "exercise", "course", "split_seed")
# What lies within an assignment, and is changed as a whole.
WHOLES = ("metric", "scoring", "attempts", "leaderboard", "rules", "penalty")

Values = dict[str, Any]


def document(form: MultiDict[str, str], zone: str, was: Mapping[str, datetime | None]) -> dict[str, Any]:
    """What the form says, for the API; `was` are the dates that it was shown with."""
    told: dict[str, Any] = {name: {} for name in WHOLES} | {"title": "", "text": ""}
    for name, read in READERS.items():
        if text := form.get(name, "").strip():
            _put(told, name, read(text))
    for name in DATES:
        told[name] = clock.read(form.get(name, "").strip(), zone, was.get(name))
    if layers := form.getlist("rules.layers"):
        told["rules"]["layers"] = layers
    if form.get(CHOOSES) == "some":
        told["rules"]["choices"] = form.getlist("rules.choices")
    if "points" in told["scoring"]:
        told["scoring"] = {"points": told["scoring"]["points"]}
    return told | {"groups": bool(told.get("groups")), TRANSLATIONS: _translations(form)}


def said(form: MultiDict[str, str]) -> Values:
    """What stands in the fields, to be shown again."""
    values: Values = {name: form.get(name, "") for name in (*READERS, *DATES, CHOOSES)}
    values |= {name: form.getlist(name) for name in LISTS}
    rows = sorted({int(found[1]) for name in form if (found := LANGUAGE.fullmatch(name))})
    words = [{part: form.get(f"{TRANSLATIONS}.{row}.{part}", "") for part in _WORDS} for row in rows]
    return values | {TRANSLATIONS: [one for one in words if any(one.values())]}


def values(told: Mapping[str, Any], zone: str) -> Values:
    """What stands in the fields for an assignment as the API tells it, or as one asks for it."""
    found: Values = {}
    for name in READERS:
        value = _get(told, name)
        found[name] = "" if value is None else _shown(name, value)
    found |= {name: clock.written(told.get(name), zone) for name in DATES}
    found |= {name: list(_get(told, name) or ()) for name in LISTS}
    found[CHOOSES] = "all" if _get(told, "rules.choices") is None else "some"
    words = told.get(TRANSLATIONS) or {}
    return found | {TRANSLATIONS: [{"language": code, **one} for code, one in words.items()]}


_WORDS = ("language", "title", "text")


def _translations(form: MultiDict[str, str]) -> dict[str, Any]:
    return {one["language"].strip(): _words(one) for one in said(form)[TRANSLATIONS]}


def _words(one: Mapping[str, str]) -> dict[str, str]:
    return {"title": one["title"], "text": one["text"].replace("\r\n", "\n")}


def _shown(name: str, value: Any) -> str:  # noqa: ANN401 - JSON
    if name == POINTS:
        return "\n".join(f"{at:g} {score:g}" for at, score in value)
    if READERS[name] is _yes:
        return "yes" if value else ""
    if READERS[name] is _share:
        return f"{value * 100:.6g}"
    if READERS[name] is _json:
        return written(value) if value else ""
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _get(told: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - JSON
    found: Any = told
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _put(told: dict[str, Any], name: str, value: object) -> None:
    *outer, last = name.split(".")
    for part in outer:
        told = told[part]
    told[last] = value.replace("\r\n", "\n") if isinstance(value, str) else value
