import json
import re
from pathlib import Path

from tests.fittingroom.commands import WARNING, document, run
from tests.fittingroom.rooms import Room


def test_a_check_shows_layers_totals_and_warnings(room: Room, tmp_path: Path) -> None:
    layer = {
        "name": "conv2d",
        "type": "Conv2D",
        "output_shape": [6, 6, 32],
        "parameters": 1320,
        "multiply_adds": 2000,
    }
    checked = {
        "layers": [layer],
        "parameters": 1320,
        "multiply_adds": 2000,
        "memory_bytes": 1_846_688,
        "seconds_per_epoch": {"estimate": 1.4, "from_jobs": 5},
        "warnings": [WARNING],
    }
    room.answer("POST", "/v1/specs:check", checked)
    result = run("check", document(tmp_path))
    assert result.exit_code == 0
    for told in ("conv2d", "6x6x32", "1,320 parameters", "1.85 MB", "about 1.4 s an epoch", "  Put out 3"):
        assert told in result.stdout
    assert json.loads(run("check", document(tmp_path), "--json").stdout) == checked


DENSE = {
    "type": "Dense",
    "group": "core",
    "description": "All with all.",
    "arguments": {
        "required": ["units"],
        "properties": {
            "name": {"type": "string"},
            "activation": {"anyOf": [{"type": "string"}], "default": "linear", "x-family": "activation"},
            "kernel_constraint": {"anyOf": [{"x-family": "constraint"}, {"type": "null"}], "default": None},
            "padding": {"enum": ["valid", "same"], "default": "valid"},
            "strides": {
                "anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer", "minimum": 1}}],
                "default": [1, 1],
            },
            "units": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
        },
    },
}


def test_layers_are_listed_and_one_is_shown_with_its_arguments(room: Room) -> None:
    room.answer("GET", "/v1/layers", {"data": [DENSE, DENSE | {"type": "Add", "group": "merging"}]})
    assert [line.split()[:2] for line in run("layers").stdout.splitlines() if "All with" in line] == [
        ["core", "Dense"],
        ["merging", "Add"],
    ]
    shown = [line.strip() for line in run("layers", "dense").stdout.splitlines()]
    cells = [re.split(r"\s{2,}", line) for line in shown]
    for row in (
        ["units", "integer ≥ 1", "needed"],
        ["activation", "activation", "linear"],
        ["kernel_constraint", "constraint or null", "null"],
        ["padding", "valid | same", "valid"],
        ["strides", "integer or list of integer ≥ 1", "[1, 1]"],
    ):
        assert row in cells
    assert json.loads(run("layers", "dense", "--json").stdout) == DENSE
    missing = run("layers", "Lambda")
    assert (missing.exit_code, len(missing.stderr.splitlines())) == (1, 1)
