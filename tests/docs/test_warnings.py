"""What the pages say about checks, warnings and layers is so."""

import json
import re

from core import specs
from core.jobs import checking
from core.specs import catalogue
from core.specs.tutor import codes
from tests.docs.pages import ROOT, fences

SPECS = (ROOT / "docs" / "specs.md").read_text()


def table(heading: str) -> dict[str, str]:
    """The rows of the table under that heading, in order."""
    _, _, after = SPECS.partition(f"| {heading} | what it means |\n|---|---|\n")
    rows, _, _ = after.partition("\n\n")
    return dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", rows, re.MULTILINE))


def test_every_code_is_documented_with_its_sentence_and_no_other() -> None:
    assert list(table("code").items()) == sorted(codes.WARNINGS.items())
    assert list(table("code of an error").items()) == sorted(codes.ERRORS.items())


def test_the_example_of_a_check_answers_what_the_page_shows() -> None:
    asked = next(json.loads(fence.text) for fence in fences() if fence.kind == "check")
    shown = next(json.loads(fence.text) for fence in fences() if fence.name == "checked")
    spec, sketch = specs.sketched(asked, specs.Limits())
    checked = checking.of_spec(spec, sketch.facts, specs.Limits(), sketch=sketch)
    told = checked.summary.model_dump(mode="json")
    assert told["layers"][-1:] == shown["layers"]
    assert {key: told[key] for key in told if key != "layers"} == {
        key: shown[key] for key in told if key != "layers"
    }
    (warning,) = checked.warnings
    assert warning.suggestion
    assert shown["warnings"] == [
        {
            "code": warning.code,
            "detail": warning.detail,
            "pointer": warning.pointer,
            "suggestion": {"detail": warning.suggestion.detail, "patch": list(warning.suggestion.patch)},
        }
    ]


def test_the_example_of_a_layer_is_what_the_list_tells() -> None:
    shown = next(json.loads(fence.text) for fence in fences() if fence.name == "layer")
    told = next(one for one in catalogue.layers() if one["type"] == shown["type"])
    assert {name: told[name] for name in told if name != "arguments"} == shown
