"""What holds for every page, with real things behind it, and with names that nobody would choose."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsers import LAPTOP, PHONE, Visit, barriers, signing_in
from tests.browser.lessons import teach
from tests.browser.things import Things, addresses, fill, flat, queue
from tests.stacks import Up

MARKUP = "<script src=/forged></script><img src=x onerror=alert(1)>"
TURNED = "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe"
# Of a table's cell and column's name; what a job prints and fails by is cut at so many letters.
MEGABYTE, LINE = "x" * 2**20, "x" * 2000
# What a page's scripts draw last, where they draw something at once.
DRAWN = {
    "pages.job": "#charts svg, #no-epochs:not([hidden])",
    "pages.compare": "#chart svg, .choices",
    "pages.new_job": ".verdict[data-state]",
    "pages.version": ".answers",
    "pages.workers": "#workers tbody tr",
}
# A chart stands in a part of the page that has its table too, or the list of its layers.
CHARTS = """() => [...document.querySelectorAll("svg[role=img], .plot[role=slider], .histogram")]
  .filter((chart) => chart.checkVisibility() && !chart.closest("section").querySelector("table, .layers"))
  .map((chart) => chart.outerHTML.slice(0, 200))"""
FORGED = """document.querySelectorAll("script[src='/forged'], img[src=x]").length"""


@dataclass
class Look:
    """What was found on a page: on a phone in light, and on a laptop in dark."""

    heading: str
    said: str
    barriers: list[str]
    wider: list[int]
    forged: int
    charts: list[str]


@pytest.fixture(scope="module")
def things(stack: Up, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Things]:
    """Things of every kind, among them such as somebody made who meant no good."""
    made = fill(stack, epochs=2, leaving_out="convolutional")
    hostile(stack, made, tmp_path_factory.mktemp("hostile"))
    made.lesson = teach(stack, MARKUP + TURNED, text=f"{MARKUP}\n\n[{TURNED}](javascript:alert(1))\n\n{LINE}")
    with queue(stack, made):
        yield made


def hostile(up: Up, things: Things, folder: Path) -> None:
    """A data set, a job, its log and its model, and a user, all named by somebody who means no good."""
    path = folder / "rows.csv"
    rows = "".join(
        f'{n},{n % 5},"{MARKUP if n % 2 else TURNED}",{"" if n else MEGABYTE}\n' for n in range(40)
    )
    path.write_text(f'"{MARKUP}","{TURNED}",kind,"{MEGABYTE}"\n{rows}')
    network = {"layers": [{"type": "Dense", "units": 2, "activation": "softmax"}]}
    with up.client() as room:
        name = "h" * 63
        things.datasets[name] = room.add_dataset(path, name=name, options={"target": "kind"})["id"]
        job = room.submit(
            {
                "dataset": name,
                "model": network,
                "training": {"epochs": 2},
                "tags": {MARKUP: TURNED, "z" * 64: "z" * 256},
            }
        )["id"]
        things.jobs[name] = job
        things.models[name] = room.wait(job)["model"]["id"]
    told = {"user": MARKUP, "role": "user"}
    headers = signing_in(up)
    httpx.post(f"{up.url}/v1/tokens", json=told, headers=headers, trust_env=False).raise_for_status()
    # What a training prints nobody chooses from outside: this one has printed the worst.
    said = {"code": "internal", "message": MARKUP + LINE, "hint": TURNED, "retryable": True}
    with sqlite3.connect(up.home / "fittingroom.db") as database:
        printed = [(MARKUP + LINE, job, 1), (TURNED, job, 2)]
        database.executemany("UPDATE log_lines SET line = ? WHERE job_id = ? AND number = ?", printed)
        database.execute(
            "UPDATE jobs SET error = ? WHERE id = ?", (json.dumps(said), things.jobs["too-fast"])
        )


@pytest.fixture(scope="module")
def looks(chromium: Browser, stack: Up, things: Things) -> dict[str, Look]:
    """Every page, looked at once."""
    size = {"width": PHONE[0], "height": PHONE[1]}
    visit = Visit(chromium, stack.url, viewport=size, reduced_motion="reduce")
    # The page that is not there, which looks like the others.
    visit.expected = ("404",)
    pages = addresses(things) | {"none": ["/nowhere"]}
    found = {path: look(visit.page(), path, "#token") for path in pages.pop("pages.sign_in")}
    page = visit.signed_in(stack.token)
    for endpoint, paths in pages.items():
        found |= {path: look(page, path, DRAWN.get(endpoint, "h1")) for path in paths}
    visit.close()
    return found


def look(page: Page, path: str, drawn: str) -> Look:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.emulate_media(color_scheme="light")
    page.goto(path)
    expect(page.locator(drawn).first).to_be_visible()
    page.eval_on_selector_all("main details", "all => all.forEach((one) => (one.open = true))")
    found, wider = barriers(page), [wide(page)]
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
    page.emulate_media(color_scheme="dark")
    return Look(
        heading=page.locator("h1").inner_text(),
        said=page.locator("body").inner_text(),
        barriers=found + barriers(page),
        wider=[*wider, wide(page)],
        forged=page.evaluate(FORGED),
        charts=page.evaluate(CHARTS),
    )


def wide(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def test_without_javascript_every_page_tells_what_it_knows(
    visit: Callable[..., Visit], stack: Up, things: Things
) -> None:
    page = visit(java_script_enabled=False).signed_in(stack.token)
    names = {
        key: name for kind in (things.jobs, things.datasets, things.models) for name, key in kind.items()
    }
    untold = []
    for path in flat(addresses(things)):
        page.goto(path)
        said = page.locator("main").inner_text()
        known = page.locator("main :is(table, dl, ul, form):visible").count()
        if not known or any(key in path and name not in said for key, name in names.items()):
            untold.append(path)
    assert untold == []


def test_nothing_keeps_anybody_out(looks: dict[str, Look]) -> None:
    assert {path: look.barriers for path, look in looks.items() if look.barriers} == {}


def test_every_page_has_its_heading(looks: dict[str, Look]) -> None:
    assert [path for path, look in looks.items() if not look.heading.strip()] == []


def test_no_page_is_wider_than_its_window(looks: dict[str, Look]) -> None:
    assert {path: look.wider for path, look in looks.items() if max(look.wider) > 0} == {}


def test_every_chart_has_its_table(looks: dict[str, Look]) -> None:
    assert {path: look.charts for path, look in looks.items() if look.charts} == {}


def test_names_that_others_chose_are_text_everywhere(looks: dict[str, Look], things: Things) -> None:
    assert [path for path, look in looks.items() if look.forged] == []
    job, dataset, model = (kind["h" * 63] for kind in (things.jobs, things.datasets, things.models))
    about = [
        f"/jobs/{job}",
        f"/datasets/{dataset}",
        f"/jobs/new?dataset={dataset}",
        f"/models/{model}/versions/1",
    ]
    shown = [*about, f"/jobs/{things.jobs['too-fast']}", "/", "/jobs", "/administration"]
    assert [path for path in shown if MARKUP not in looks[path].said] == []
