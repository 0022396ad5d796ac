"""A course in a browser, as its teacher makes and looks after it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsers import LAPTOP, PHONE, Visit, barriers
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

HOSTILE = "<img src=x onerror=alert(1)>"
NETWORK = {"layers": [{"type": "Flatten"}, {"type": "Dense", "units": 10, "activation": "softmax"}]}
SUBMISSION: dict[str, Any] = {"model": NETWORK, "training": {"epochs": 1}}
# A training, and the baseline's before it.
SOON = 60_000


@dataclass
class Room:
    """Who is there, and what they ask by the API."""

    up: Up
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, *, by: str = "ann") -> Any:  # noqa: ANN401 - JSON
        headers = {"Authorization": f"Bearer {self.tokens[by]}"}
        url = self.up.url + path
        answer = httpx.request(method, url, json=body, headers=headers, trust_env=False, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def room(stack: Up) -> Room:
    found = Room(stack, {"admin": stack.token})
    for name in ("ann", "bob", HOSTILE):
        made = found.ask("POST", "/v1/tokens", {"user": name, "role": "user"}, by="admin")
        found.tokens[name] = made["token"]
    return found


@pytest.fixture(scope="module")
def taught(room: Room) -> str:
    """The id of an assignment in a course that ann teaches, for which somebody handed something in."""
    course = room.ask("POST", "/v1/courses", {"name": HOSTILE, "timezone": "Europe/Paris"})["id"]
    for name in ("bob", HOSTILE):
        room.ask("POST", f"/v1/courses/{course}/members", {"user": name, "role": "student"})
    room.ask("POST", f"/v1/courses/{course}/groups", {"name": HOSTILE, "members": ["bob"]})
    room.ask("POST", "/v1/samples/digits")
    document = {"course": course, "exercise": "digits-dense", "title": HOSTILE, "baselines": []}
    made: str = room.ask("POST", "/v1/assignments", document)["id"]
    path = f"/v1/assignments/{made}/submissions"
    runs = [room.ask("POST", path, SUBMISSION, by=name)["id"] for name in ("bob", HOSTILE)]
    wait_until(lambda: _ended(room, runs), 60)
    return made


def _ended(room: Room, runs: list[str]) -> bool:
    return all(room.ask("GET", f"/v1/submissions/{one}")["score"] is not None for one in runs)


def test_a_teacher_gives_an_exercise_sees_the_class_comments_extends_and_regrades(
    visit: Callable[..., Visit], room: Room
) -> None:
    begun = visit(timezone_id="Europe/Paris")
    # What is refused is on a page with that status.
    begun.expected = ("status of 422",)
    page = begun.signed_in(room.tokens["ann"])
    page.goto("/courses")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Paris")
    page.get_by_label("Name").fill("Deep learning")
    page.get_by_role("button", name="Make a course").click()
    page.get_by_role("link", name="People and groups").click()
    page.get_by_label("User").fill("bob")
    page.get_by_role("button", name="Bring in").click()
    expect(page.get_by_role("row", name="bob")).to_contain_text("student")
    page.get_by_role("link", name="Deep learning").click()
    page.get_by_role("link", name="New assignment").click()
    # Nothing was uploaded: the exercise brings its data set along.
    page.get_by_role("link", name="Use Handwritten digits with Dense layers").click()
    page.get_by_label("Text", exact=True).first.fill("# Digits\n\n**Ten** of them.")
    page.get_by_role("button", name="Show how it looks").click()
    expect(page.locator("#preview strong")).to_have_text("Ten")
    expect(page.locator("#preview")).to_be_focused()
    page.get_by_label("Worth 60 points").fill("much")
    page.get_by_role("button", name="Give the assignment").click()
    expect(page.get_by_label("Worth 60 points")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Worth 60 points").fill("0.1")
    page.get_by_label("Due", exact=True).fill("2030-07-01T23:59")
    page.get_by_role("button", name="Give the assignment").click()
    expect(page.get_by_role("heading", name="Handwritten digits with Dense layers")).to_be_visible()
    assignment = page.url.rpartition("/")[2]
    assert room.ask("GET", f"/v1/assignments/{assignment}")["due_at"] == "2030-07-01T21:59:00Z"

    page.get_by_role("link", name="The class").click()
    expect(page.get_by_text("0 of 1 student handed something in.")).to_be_visible()
    run = room.ask("POST", f"/v1/assignments/{assignment}/submissions", SUBMISSION, by="bob")["id"]
    wait_until(lambda: _ended(room, [run]), 60)
    page.get_by_role("link", name="There is news: show it").click(timeout=SOON)
    expect(page.get_by_text("1 of 1 student handed something in.")).to_be_visible()

    page.get_by_role("link", name="bob").click()
    page.get_by_label("Comment").fill("Try a hidden layer.")
    page.get_by_role("button", name="Save the comment").click()
    expect(page.get_by_label("Comment")).to_have_value("Try a hidden layer.")
    assert room.ask("GET", f"/v1/submissions/{run}", by="bob")["comment"] == "Try a hidden layer."
    page.get_by_text("Allow more than others").click()
    page.get_by_label("Due", exact=True).fill("2030-07-08T23:59")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("button", name="Take back the extension of bob")).to_be_visible()
    mine = room.ask("GET", f"/v1/assignments/{assignment}", by="bob")["mine"]
    assert mine["due_at"] == "2030-07-08T21:59:00Z"

    page.get_by_role("link", name="The class").click()
    page.get_by_role("radio", name="Score again").check()
    page.get_by_role("button", name="Grade the class once more").click()
    expect(page.get_by_text(re.compile(r"\d jobs? begins?"))).to_be_visible()
    expect(page.get_by_text(re.compile("The latest: 2 of 2 done"))).to_be_visible(timeout=SOON)


@pytest.mark.parametrize(("scheme", "size"), [("light", LAPTOP), ("dark", PHONE)])
def test_nothing_keeps_a_teacher_out(
    visit: Callable[..., Visit], room: Room, taught: str, scheme: str, size: tuple[int, int]
) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": size[0], "height": size[1]}}
    page = visit(**options, reduced_motion="reduce").signed_in(room.tokens["ann"])
    course = room.ask("GET", f"/v1/assignments/{taught}")["course"]
    group = room.ask("GET", f"/v1/courses/{course}/groups")["data"][0]["id"]
    own = (
        *(f"/courses/{course}{one}" for one in ("/settings", "/people", f"/groups/{group}")),
        *(f"/courses/{course}/assignments/new{one}" for one in ("", "?exercise=regression")),
        *(f"/assignments/{taught}{one}" for one in ("/change", "/class?sort=score", "/students?name=bob")),
        "/courses/new",
    )
    for path in own:
        looked_at(page, path)
    page = visit(**options, reduced_motion="reduce").signed_in(room.up.token)
    looked_at(page, "/administration/platforms")


def looked_at(page: Page, path: str) -> None:
    """With all that can be unfolded."""
    page.goto(path)
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    assert barriers(page) == [], path
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_without_scripts_the_class_is_told_and_sorted_and_forms_work(
    visit: Callable[..., Visit], room: Room, taught: str
) -> None:
    page = visit(java_script_enabled=False).signed_in(room.tokens["ann"])
    page.goto(f"/assignments/{taught}/class")
    rows = page.locator("#class tbody tr")
    expect(rows.first).to_contain_text(HOSTILE)
    page.get_by_role("columnheader", name="Student").get_by_role("link").click()
    expect(rows.first).to_contain_text("bob")
    expect(page.get_by_text("no proof of anything").first).to_be_visible()
    page.get_by_role("link", name=HOSTILE).last.click()
    page.get_by_label("Comment").fill(HOSTILE)
    page.get_by_role("button", name="Save the comment").click()
    expect(page.get_by_label("Comment")).to_have_value(HOSTILE)
    page.goto(f"/assignments/{taught}/change")
    page.get_by_label("Text", exact=True).first.fill("**Bold**")
    page.get_by_role("button", name="Show how it looks").click()
    expect(page.locator("#preview strong")).to_have_text("Bold")
    page.get_by_label("Title").first.fill("Another title")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Another title")).to_be_visible()
