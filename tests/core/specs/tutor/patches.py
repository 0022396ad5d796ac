"""JSON Patch (RFC 6902), as far as suggestions use it."""

import copy
from typing import Any


def patched(
    document: dict[str, Any], patch: tuple[dict[str, Any], ...] | list[dict[str, Any]]
) -> dict[str, Any]:
    """The document with the changes made; fails where a change does not fit it."""
    changed = copy.deepcopy(document)
    for change in patch:
        *way, last = change["path"].split("/")[1:]
        inside: Any = changed
        for part in way:
            inside = inside[int(part)] if isinstance(inside, list) else inside[part]
        if isinstance(inside, list):
            _change_list(inside, last, change)
        elif change["op"] == "add":
            inside[last] = change["value"]
        else:
            assert last in inside, change
            inside.pop(last) if change["op"] == "remove" else inside.update({last: change["value"]})
    return changed


def _change_list(inside: list[Any], last: str, change: dict[str, Any]) -> None:
    if change["op"] == "add":
        at = len(inside) if last == "-" else int(last)
        assert at <= len(inside), change
        inside.insert(at, change["value"])
    elif change["op"] == "remove":
        inside.pop(int(last))
    else:
        inside[int(last)] = change["value"]
