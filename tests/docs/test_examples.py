"""The jobs that the pages and the folder `examples` show are taken as they stand."""

import json
from pathlib import Path
from typing import Any

import pytest

from core import specs
from core.config import Settings
from core.datasets import encoding, limits, options, reading
from tests.docs.pages import ROOT, fences

FLOWERS = specs.Facts(
    (specs.InputFacts("input", (4,), "float32"),),
    (specs.TargetFacts("species", "class", ("setosa", "versicolor", "virginica"), (), (40, 40, 40)),),
    train_rows=120,
    test_rows=30,
)
PICTURES = specs.Facts(
    (specs.InputFacts("input", (8, 8, 1), "float32"),),
    (
        specs.TargetFacts(
            "y",
            "class",
            tuple("0123456789"),
            (),
            (142, 146, 142, 146, 145, 145, 145, 143, 139, 145),
        ),
    ),
    train_rows=1438,
    test_rows=359,
)
PAIRS = specs.Facts(
    (specs.InputFacts("left", (4,), "float32"), specs.InputFacts("right", (4,), "float32")),
    (specs.TargetFacts("kind", "class", ("a", "b"), (), (80, 80)), specs.TargetFacts("size", "number")),
    train_rows=160,
    test_rows=40,
)
FACTS = {"pairs": PAIRS, "flowers": FLOWERS, "pictures": PICTURES, "iris": FLOWERS, "digits": PICTURES}

JOBS = [
    pytest.param(json.loads(fence.text), FACTS[fence.name or ""], id=str(fence))
    for fence in fences()
    if fence.kind == "job"
] + [
    pytest.param(json.loads(path.read_text()), FACTS[path.stem], id=path.name)
    for path in sorted((ROOT / "examples").glob("*.json"))
]


@pytest.mark.parametrize(("document", "facts"), JOBS)
def test_every_job_is_valid(document: dict[str, Any], facts: specs.Facts) -> None:
    resolved = specs.resolve(specs.parse(document), facts)
    assert specs.summarize(resolved).parameters > 0


def test_a_json_block_about_a_network_says_what_it_is() -> None:
    for fence in fences():
        if fence.language == "json" and '"layers"' in fence.text:
            known = fence.kind in {"job", "check", "assignment"} or fence.name == "checked"
            assert known, f"{fence}: put <!-- job: flowers --> above it"


def test_the_example_data_set_is_what_the_page_about_data_sets_shows(tmp_path: Path) -> None:
    csv = ROOT / "examples" / "iris.csv"
    shown = next(json.loads(fence.text) for fence in fences() if fence.name == "dataset")
    upload = reading.Upload(csv.name, csv)
    read = reading.read_apart(
        [upload], options.parse_options(shown["options"]), tmp_path / "arrays", limits.of(Settings())
    )
    assert shown["bytes"] == csv.stat().st_size
    assert shown["rows"] == read.rows
    assert shown["splits"] == read.splits
    assert shown["target"] == read.target
    assert shown["warnings"] == read.warnings
    assert shown["inputs"]["shape"] == read.inputs["shape"]
    found = read.inputs["columns"][0]
    rounded = {name: float(f"{found[name]:.5g}") for name in ("mean", "std")}
    assert shown["inputs"]["columns"][0] == found | rounded
    rows = next(json.loads(fence.text) for fence in fences() if fence.name == "predict")["instances"]
    learned = encoding.Encoding.model_validate_json((tmp_path / "arrays" / read.encoding).read_text())
    assert encoding.encode(learned, rows)[0].shape == (1, 4)
