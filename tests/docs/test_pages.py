"""What the pages say about the code is so."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from core.config import Settings
from core.specs import catalogue
from service import problems
from service.app import create_app
from tests.docs.pages import API, PAGES, README, ROOT, Fence, fences

SPECS = ROOT / "docs" / "specs.md"
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
# An en dash: no default.
NONE = "\u2013"
PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def setting_rows() -> list[str]:
    rows = []
    for name, field in Settings.model_fields.items():
        default = NONE if field.default is None else f"`{field.default}`"
        rows.append(f"| `FITTINGROOM_{name.upper()}` | {default} | {field.description} |")
    return rows


def test_the_readme_lists_every_setting_with_its_default_and_no_other() -> None:
    written = [line for line in README.read_text().splitlines() if line.startswith("| `FITTINGROOM_")]
    assert written == setting_rows()


def test_every_setting_that_a_page_names_is_one() -> None:
    known = {f"FITTINGROOM_{name.upper()}" for name in Settings.model_fields}
    known |= {"FITTINGROOM_URL", "FITTINGROOM_TOKEN"}  # the client's
    for page in PAGES:
        named = set(re.findall(r"FITTINGROOM_[A-Z_]*[A-Z]\b(?!_)", page.read_text())) - {"FITTINGROOM_MAX"}
        assert named <= known, page


def test_every_problem_type_is_documented_and_no_other() -> None:
    written = dict(re.findall(r"^\| `/problems/([a-z-]+)` \| ([^|]+) \|", API.read_text(), re.MULTILINE))
    statuses = {kind.slug: str(kind.status) for kind in problems.TABLE.values()}
    statuses |= {slug: str(status) for status, (slug, _) in problems.HTTP_TITLES.items()}
    statuses["http-error"] = "4xx, 5xx"
    assert written == statuses


def test_every_address_is_documented_and_no_other(tmp_path: Path) -> None:
    written = set(re.findall(r"^\| `([A-Z]+ /[^`?]*)`", API.read_text(), re.MULTILINE))
    app = create_app(Settings(home=tmp_path))
    there = {
        f"{method} {PARAMETER.sub(braced, rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        # Pages are for people, and what they are made of is nobody's business.
        if not rule.endpoint.startswith(("docs.file", "docs.start", "pages.", "assets.", "lti.static"))
    }
    app.extensions["parts"].stop()
    assert written == there


def test_every_layer_is_listed_where_keras_keeps_it() -> None:
    groups: dict[str, list[str]] = {}
    for layer in catalogue.layers():
        groups.setdefault(layer["group"], []).append(layer["type"])
    written = dict(re.findall(r"^\| ([a-z]+) \| (`[A-Z][^|]+) \|$", SPECS.read_text(), re.MULTILINE))
    assert written == {
        group: ", ".join(f"`{name}`" for name in sorted(names)) for group, names in groups.items()
    }


def test_every_make_target_that_a_page_names_is_one() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"(?:^    |`)make ([a-z-]+)", page.read_text(), re.MULTILINE))
        assert named <= targets, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", page.read_text())):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, target


@pytest.mark.parametrize("fence", [one for one in fences() if one.language == "json"], ids=str)
def test_every_json_block_is_json(fence: Fence) -> None:
    json.loads(fence.text)


def braced(parameter: re.Match[str]) -> str:
    """A parameter of a route, such as `<int:version>`, as OpenAPI writes it."""
    return "{" + parameter[1] + "}"


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    plain = unicodedata.normalize("NFC", heading).lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
