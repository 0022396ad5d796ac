"""Trying a version out: what is asked of each of its outputs, and the answer for who has no JavaScript."""

import math
from typing import Any

from core.errors import MalformedError
from core.tables import User
from service import bodies, classifying, columns, parts, serving
from service.predicting import Network

SCORED = frozenset({"class", "multilabel"})
# Rows of one answer on a page; a program asks the API for more.
MOST_ROWS = 20
MOST_ZEROS = 4096
# What an old version, which does not tell its outputs, is asked for.
UNKNOWN: dict[str, Any] = {"name": "outputs", "kind": "unknown", "verb": "predict", "called": "", "names": []}


def questions(version: dict[str, Any]) -> list[dict[str, Any]]:
    """For each output what it tells, and by which verb of the API; `version` is as the API tells it."""
    targets = {
        part.get("name", "target"): part for part in version["target"].get("parts", [version["target"]])
    }
    return [_question(output, targets[output["target"]]) for output in version["outputs"] or []] or [UNKNOWN]


def _question(output: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    verb = "predict"
    if target["kind"] in SCORED and output["scores"] is not None:
        verb = "classify"
    elif target["kind"] == "number":
        verb = "regress"
    return {
        "name": output["name"],
        "called": target.get("column", target.get("name", "")),
        "kind": target["kind"],
        "verb": verb,
        "shape": output["shape"],
        "names": target.get("names", []),
    }


def example(version: dict[str, Any], preview: dict[str, Any]) -> object:
    """A row to begin with: the data set's first, or else one of means and zeros."""
    inputs = version["inputs"]
    described = inputs.get("parts", [inputs])
    first = preview["rows"][0] if preview["rows"] else {}
    cells: dict[str, Any] = {}
    for part in described:
        if "columns" in part:
            cells |= {column["name"]: first.get(column["name"], _usual(column)) for column in part["columns"]}
        else:
            cells[_key(part)] = _cell(part, first.get(_key(part)), preview["thumbnails"])
    # The only part of a row that has no columns is the row itself.
    return cells[_key(described[0])] if len(described) == 1 and "columns" not in described[0] else cells


def _cell(part: dict[str, Any], known: object, thumbnails: list[dict[str, Any]]) -> object:
    """A text, a picture or an array; `known` is a list of numbers, or a few words if there are too many."""
    if "vocabulary_size" in part:
        return known or ""
    if isinstance(known, list):
        return known
    if part.get("pictures") and len(part["shape"]) == 3 and thumbnails:
        return {"b64": thumbnails[0]["png_base64"]}
    shape = part.get("raw_shape", part["shape"])
    return _zeros(shape) if math.prod(shape) <= MOST_ZEROS else []


def answer(user: User, model_id: str, version: dict[str, Any], text: str) -> list[dict[str, Any]]:
    """What each output says to rows that are written as JSON: a list of them.

    Raises:
        FittingRoomError: they are no rows of this version's.
    """
    own = parts.of_app()
    given = bodies.parse(text, what="This")
    if not isinstance(given, list) or not 0 < len(given) <= MOST_ROWS:
        raise MalformedError(f"This must be a list of 1 to {MOST_ROWS} rows: [row, row].")
    with own.database.reading() as session:
        network = own.networks.get(serving.find(session, user, model_id, version=version["version"]))
    rows = columns.flat(network.encoding.inputs, given)
    return [
        asked | {"rows": _asked(network, rows, asked, place)}
        for place, asked in enumerate(questions(version))
    ]


def _asked(network: Network, rows: list[Any], asked: dict[str, Any], place: int) -> list[Any]:
    if asked["verb"] == "classify":
        return classifying.classify(network, rows, asked["name"])
    if asked["verb"] == "regress":
        return classifying.regress(network, rows, asked["name"])
    told: list[Any] = network.predict(rows)[place].tolist()
    return told


def _key(part: dict[str, Any]) -> str:
    """What a row calls this part."""
    name: str = part.get("column") or part.get("name", "x")
    return name


def _usual(column: dict[str, Any]) -> object:
    return column["values"][0] if column["kind"] == "category" else float(f"{column['mean']:.4g}")


def _zeros(shape: list[int]) -> object:
    return [_zeros(shape[1:]) for _ in range(shape[0])] if shape else 0
