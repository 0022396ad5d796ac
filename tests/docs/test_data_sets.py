"""The data sets that the page about them shows are read as it says."""

import json
from pathlib import Path

import pytest

from core.config import Settings
from core.datasets import limits, options, reader, reading
from tests.docs.pages import fences

FILES = {"csv", "jsonl", "python"}
SHOWN = {(fence.kind, fence.name): fence for fence in fences() if fence.page.name == "datasets.md"}
NAMES = [name for kind, name in SHOWN if kind == "shows"]


def uploaded(name: str, folder: Path) -> reading.Upload:
    """The file of that name: as it is written in the page, or by the program in it."""
    kind, text = next(
        (kind, fence.text) for (kind, known), fence in SHOWN.items() if known == name and kind in FILES
    )
    path = folder / f"{name}.{'npz' if kind == 'python' else kind}"
    if kind == "python":
        made: dict[str, object] = {}
        exec(text, made)  # noqa: S102 - the page's own example
        path.write_bytes(made["file"].getvalue())
    else:
        path.write_text(text)
    return reading.Upload(path.name, path)


@pytest.mark.parametrize("name", NAMES)
def test_what_an_upload_becomes_is_what_is_shown(name: str, tmp_path: Path) -> None:
    asked = json.loads(SHOWN["options", name].text) if ("options", name) in SHOWN else None
    into = tmp_path / "arrays"
    into.mkdir()
    read = reader.read([uploaded(name, tmp_path)], options.parse_options(asked), into, limits.of(Settings()))
    found = read.model_dump()
    for part, shown in json.loads(SHOWN["shows", name].text).items():
        assert found[part] == shown
    assert not any("dropped" in warning for warning in read.warnings)


def test_every_option_has_a_line() -> None:
    page = next(fence.page for fence in fences() if fence.page.name == "datasets.md").read_text()
    assert [name for name in options.Options.model_fields if f"| `{name}` |" not in page] == []
