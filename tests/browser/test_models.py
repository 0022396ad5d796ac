"""Models in a browser: scores, labels, files, and trying a version out."""

import base64
import csv
import io
import math
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsers import PHONE, Visit, barriers, barriers_in_light_and_dark
from tests.stacks import Up

Strokes = list[list[tuple[float, float]]]
# What no French sentence has, nor a name of those above.
ENGLISH = re.compile(
    r"\b(add|and|are|cancel|data set|delete|jobs?|layers?|network|not|of|queued|running|save|show"
    r"|succeeded|that|the|there|this|workers?|you|your)\b",
    re.IGNORECASE,
)
# What a page says itself, without names, code, what the API says, and the other language's button.
SAID = """() => {
  const apart = "script, style, pre, code, textarea, .code, .named, main [lang], .foot [lang]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [document.title];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(apart)) found.push(walker.currentNode.data.trim());
  }
  for (const name of ["title", "aria-label", "placeholder", "alt"]) {
    const nodes = document.querySelectorAll(`[${name}]:not(.named)`);
    found.push(...[...nodes].map((node) => node.getAttribute(name)));
  }
  return found.filter(Boolean);
}"""
SAMPLES = Path(__file__).parents[2] / "service" / "samples"
# What a browser holds while somebody drags a file over it.
HELD = """file => {
  const held = new DataTransfer();
  const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  held.items.add(new File([bytes], "zero.jpg", { type: "image/jpeg" }));
  return held;
}"""
TRAINING = {"epochs": 12, "seed": 1, "optimizer": {"type": "Adam", "learning_rate": 0.01}}
FILMS = (("fine", "good", 50), ("dull", "bad", 10))
HOSTILE = '<img src=x onerror=alert(1)> "\u202edrawkcab'


def dense(outputs: int, activation: str | None = None, *, flat: bool = False) -> dict[str, Any]:
    last = {"type": "Dense", "units": outputs} | ({"activation": activation} if activation else {})
    hidden = {"type": "Dense", "units": 48, "activation": "relu"}
    return {"layers": [*([{"type": "Flatten"}] if flat else []), hidden, last]}


@pytest.fixture(scope="module")
def trained(stack: Up, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Models of every kind, trained for real: digits, rows in two versions, several inputs, arrays."""
    folder = tmp_path_factory.mktemp("files")
    given: list[tuple[str, Path, dict[str, Any], dict[str, Any]]] = [
        ("digits", SAMPLES / "digits.npz", {}, dense(10, "softmax", flat=True)),
        ("rows", rows(folder), {"target": "kind"}, dense(2)),
        ("rows", folder / "rows.csv", {"target": "kind"}, dense(2)),
        ("films", films(folder), {"text": "text", "target": ["verdict", "stars"]}, two_outputs()),
        ("vectors", vectors(folder), {"task": "regression"}, dense(2)),
    ]
    with stack.client() as room:
        jobs = []
        for name, path, options, model in given:
            room.add_dataset(path, name=name, options=options)
            job = {"dataset": name, "name": name, "model": model, "training": TRAINING}
            jobs.append(room.submit(job)["id"])
        assert {room.wait(job)["status"] for job in jobs} == {"succeeded"}


def rows(folder: Path) -> Path:
    """A table with names that nobody would choose."""
    chance = random.Random(0)
    path = folder / "rows.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([HOSTILE, "place", "kind"])
        for at in range(80):
            place = chance.choice(["here", "<b>there</b>", ""])
            writer.writerow([round(chance.gauss(10 * (at % 2), 3), 1), place, ["plain", HOSTILE][at % 2]])
    return path


def films(folder: Path) -> Path:
    """A text and a number, of which one learns a class and a number."""
    path = folder / "films.csv"
    lines = [
        f"{at % 7},a {word} film,{verdict},{stars + at % 7 + 0.5}"
        for at in range(40)
        for word, verdict, stars in FILMS
    ]
    path.write_text("\n".join(["year,text,verdict,stars", *lines]))
    return path


def two_outputs() -> dict[str, Any]:
    layers = [
        {"type": "Embedding", "name": "places", "input_dim": 16, "output_dim": 4, "inputs": ["text"]},
        {"type": "Flatten", "name": "flat", "inputs": ["places"]},
        {"type": "Concatenate", "name": "all", "inputs": ["columns", "flat"]},
        {"type": "Dense", "name": "verdict", "units": 2, "activation": "softmax", "inputs": ["all"]},
        {"type": "Dense", "name": "stars", "units": 1, "inputs": ["all"]},
    ]
    return {"layers": layers, "outputs": ["verdict", "stars"]}


def vectors(folder: Path) -> Path:
    path = folder / "vectors.npz"
    x = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
    np.savez(path, x=x, y=x[:, :2] * 2)
    return path


def circle() -> Strokes:
    """A 0, as one writes it."""
    turn = [math.radians(degrees) for degrees in range(-90, 280, 10)]
    return [[(0.5 + 0.22 * math.cos(at), 0.5 + 0.35 * math.sin(at)) for at in turn]]


def draw(page: Page, strokes: Strokes, size: float = 1.0) -> None:
    """Draws by mouse, at the size of the whole area or smaller, in its upper left corner."""
    box = pad(page).bounding_box()
    assert box
    for stroke in strokes:
        points = [
            (box["x"] + size * x * box["width"], box["y"] + size * y * box["height"]) for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def pad(page: Page) -> Locator:
    return page.get_by_role("application", name="Drawing area, 8 by 8 points")


def open_version(page: Page, name: str, version: int = 1) -> None:
    page.goto(f"/models/{name}/versions/{version}")
    expect(page.get_by_role("heading", name="What it says")).to_be_visible()


def best(page: Page) -> Locator:
    return page.locator("tr.best th")


@pytest.mark.usefixtures("trained")
def test_a_digit_drawn_by_mouse_is_recognised_large_or_small(page: Page) -> None:
    open_version(page, "digits")
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    for size in (1.0, 0.4):
        draw(page, circle(), size)
        expect(best(page)).to_have_text("0")
        expect(page.get_by_role("status").filter(has_text="most likely 0")).to_be_attached()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Nothing yet.")).to_be_visible()


@pytest.mark.usefixtures("trained")
def test_a_digit_drawn_by_keyboard_is_recognised(page: Page) -> None:
    open_version(page, "digits")
    pad(page).focus()
    keys = page.keyboard
    for key in ["ArrowUp"] * 4 + ["ArrowLeft"] * 2:
        keys.press(key)
    expect(page.get_by_text("Row 1, column 3", exact=True)).to_be_visible()
    # A 4: down, to the right, and a long line through it.
    line = [("ArrowDown", 5), ("ArrowRight", 4)]
    for key, times in line:
        for _ in range(times):
            keys.press(f"Shift+{key}")
    for key in ["ArrowUp"] * 5 + ["ArrowLeft"]:
        keys.press(key)
    keys.press("Space")
    expect(page.get_by_text("Row 1, column 6, painted", exact=True)).to_be_visible()
    for _ in range(7):
        keys.press("Shift+ArrowDown")
    expect(best(page)).to_have_text("4")
    keys.press("Backspace")
    keys.press("Backspace")
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    keys.press("Tab")
    expect(page.get_by_role("button", name="Clear")).to_be_focused()


@pytest.mark.usefixtures("trained")
def test_pictures_are_chosen_dropped_and_taken_from_the_data_set(page: Page) -> None:
    open_version(page, "digits")
    # On paper, and neither in the middle nor of the right size: as somebody's photograph may be.
    paper = Image.new("L", (300, 400), 235)
    ImageDraw.Draw(paper).ellipse([120, 40, 210, 200], outline=30, width=22)
    written = io.BytesIO()
    paper.save(written, "JPEG")
    chosen = page.get_by_label("Or choose a picture, or drop one here")
    chosen.set_input_files({"name": "zero.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()})
    expect(best(page)).to_have_text("0")
    chosen.set_input_files({"name": "zero.txt", "mimeType": "text/plain", "buffer": b"zero"})
    expect(page.get_by_text("This is no picture that the browser can read.")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()
    dropped = page.evaluate_handle(HELD, base64.b64encode(written.getvalue()).decode())
    page.dispatch_event(".drawing", "drop", {"dataTransfer": dropped})
    expect(best(page)).to_have_text("0")
    page.get_by_text("Take a picture of the data set").click()
    taken = page.get_by_role("button", name=": 6").first
    taken.click()
    expect(best(page)).to_have_text("6")
    expect(page.get_by_text("The data set says: 6")).to_be_visible()
    mistake = page.locator(".mistakes li").first
    taken_for = mistake.locator("strong").inner_text()
    mistake.get_by_role("button", name="Try it").click()
    expect(best(page)).to_have_text(taken_for)
    expect(page.get_by_role("heading", name="Try it")).to_be_in_viewport()


@pytest.mark.usefixtures("trained")
def test_a_row_is_filled_in_and_names_are_texts(page: Page) -> None:
    open_version(page, "rows")
    number = page.get_by_label(HOSTILE, exact=True)
    number.fill("-5")
    expect(best(page)).to_have_text("plain")
    number.fill("18")
    expect(best(page)).to_have_text(HOSTILE)
    place = page.get_by_label("place")
    assert "<b>there</b>" in place.locator("option").all_inner_texts()
    place.select_option("<b>there</b>")
    number.fill("")
    expect(page.locator("table.bars tr")).to_have_count(2)
    page.get_by_role("button", name="Another row of the data set").click()
    expect(page.get_by_text("row 2 of 80")).to_be_visible()
    expect(page.get_by_text("The data set says: ")).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)
    expect(page.get_by_role("heading", name=re.compile("What it takes for what"))).to_be_visible()


@pytest.mark.usefixtures("trained")
def test_several_inputs_and_outputs_have_each_their_own(page: Page) -> None:
    open_version(page, "films")
    text = page.get_by_role("group", name="text").get_by_label("Text")
    text.fill("A fine film!")
    expect(best(page)).to_have_text("good")
    text.fill("A dull film!")
    expect(best(page)).to_have_text("bad")
    number = page.locator(".single strong")
    before = number.inner_text()
    page.get_by_role("group", name="columns").get_by_label("year").fill("100")
    expect(number).not_to_have_text(before)
    page.get_by_role("button", name="Another row of the data set").click()
    expect(page.get_by_text("The data set says: bad, 10.5")).to_be_visible()


@pytest.mark.usefixtures("trained")
def test_a_vector_is_typed_and_one_answered(page: Page) -> None:
    open_version(page, "vectors")
    numbers = page.get_by_label("Numbers")
    numbers.fill("1, 2")
    expect(page.get_by_text("There are 2 numbers here, and 3 are needed.")).to_be_visible()
    numbers.fill("1 2 3")
    expect(page.locator(".answer tr")).to_have_count(2)


@pytest.mark.usefixtures("trained")
def test_a_label_is_put_and_moved_and_a_file_is_downloaded(page: Page, tmp_path: Path) -> None:
    page.goto("/models")
    page.get_by_role("link", name="rows", exact=True).click()
    page.get_by_label("New label").fill("stable")
    page.get_by_role("button", name="Put").click()
    moved = page.get_by_role("combobox", name="stable is on")
    expect(moved).to_have_value("2")
    moved.select_option("1")
    page.get_by_role("button", name="Move stable").click()
    expect(page.get_by_role("combobox", name="stable is on")).to_have_value("1")
    page.get_by_role("row", name="Version 1").get_by_role("link").click()
    for name, called in (("Download .keras", "rows-1.keras"), ("Download ONNX", "rows-1.onnx")):
        with page.expect_download() as coming:
            page.get_by_role("link", name=name).click()
        assert coming.value.suggested_filename == called
        coming.value.save_as(tmp_path / called)
        assert (tmp_path / called).stat().st_size > 1000


@pytest.mark.usefixtures("trained")
def test_an_answer_keeps_nobody_out(page: Page) -> None:
    open_version(page, "films")
    assert barriers(page) == []
    open_version(page, "digits")
    draw(page, circle())
    expect(best(page)).to_be_visible()
    assert barriers_in_light_and_dark(page) == []


@pytest.mark.usefixtures("trained")
def test_a_finger_draws_on_a_phone_and_the_answer_stays_in_sight(
    visit: Callable[..., Visit], stack: Up
) -> None:
    size = {"width": PHONE[0], "height": PHONE[1]}
    page = visit(viewport=size, has_touch=True, is_mobile=True).signed_in(stack.token)
    open_version(page, "digits")
    draw(page, circle())
    expect(best(page)).to_have_text("0")
    expect(best(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.usefixtures("trained")
def test_without_scripts_a_version_tells_its_scores_and_answers(
    visit: Callable[..., Visit], stack: Up
) -> None:
    begun = visit(java_script_enabled=False)
    begun.expected = ("422",)
    page = begun.signed_in(stack.token)
    page.goto("/models/rows/versions/1")
    expect(page.get_by_role("table", name="Confusion matrix")).to_be_visible()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("region", name="The answer").get_by_role("listitem")).to_have_count(2)
    page.get_by_label("Rows", exact=True).fill("[1]")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("alert")).to_contain_text("row 0")


@pytest.mark.usefixtures("trained")
def test_no_english_is_left_on_pages_in_french(page: Page, stack: Up) -> None:
    """Here, where there is something of everything to show."""
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    with stack.client() as room:
        first, second, *_ = (job["id"] for job in room.jobs())
    # Each with what its scripts draw last.
    pages = {
        "/": "h1",
        "/jobs": "#jobs tbody .status",
        f"/jobs/{first}": "#charts svg",
        f"/jobs/compare?job={first}&job={second}": "#chart svg",
        "/jobs/new?dataset=digits": ".verdict[data-state]",
        "/datasets": "h1",
        "/datasets/digits": "h1",
        "/datasets/films": "h1",
        "/datasets/new": "h1",
        "/models": "h1",
        "/models/digits": "h1",
        "/models/digits/versions/1": ".answers",
        "/models/films/versions/1": ".bars",
        "/tokens": "h1",
        "/workers": "#workers tbody tr",
        "/administration": "h1",
    }
    for path, drawn in pages.items():
        page.goto(path)
        expect(page.locator(drawn).first).to_be_visible()
        said = page.evaluate(SAID)
        assert len(said) > 10, path
        assert [text for text in said if ENGLISH.search(text)] == [], path
