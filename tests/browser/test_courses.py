"""A course in a browser, as its students see it: an assignment, building within its rules, and a run."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from core.db import Database
from core.tables import LtiScore
from tests.browser.browsers import PHONE, Visit, barriers
from tests.browser.test_building import tab_to
from tests.fittingroom.waiting import wait_until
from tests.service import links
from tests.stacks import Up

MARKUP = "<img src=x onerror=alert(1)>"
NETWORK = {"layers": [{"type": "Dense", "units": 3, "activation": "softmax"}]}
SUBMISSION: dict[str, Any] = {"model": NETWORK, "training": {"epochs": 2}}
RULES = {"layers": ["Dense", "Dropout", "Normalization"], "training": {"seed": 0}, "max_epochs": 3}


class Room:
    """A course with students, each with a token."""

    def __init__(self, up: Up) -> None:
        self.up, self.tokens = up, {"teacher": up.token}
        self.ask("POST", "/v1/samples/iris")
        self.course: str = self.ask("POST", "/v1/courses", {"name": f"Course {MARKUP}"})["id"]
        for name in ("bob", "carl"):
            self.tokens[name] = self.ask("POST", "/v1/tokens", {"user": name, "role": "user"})["token"]
            self.ask("POST", f"/v1/courses/{self.course}/members", {"user": name, "role": "student"})

    def ask(self, method: str, path: str, body: object = None, *, by: str = "teacher") -> Any:  # noqa: ANN401 - JSON
        headers = {"Authorization": f"Bearer {self.tokens[by]}"}
        url = self.up.url + path
        answer = httpx.request(method, url, json=body, headers=headers, trust_env=False, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def assigned(self, **more: Any) -> str:  # noqa: ANN401 - members of an assignment
        document = {
            "course": self.course,
            "title": "Three kinds of iris",
            "text": "# Tell them apart\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
            "dataset": "iris",
            "rules": RULES,
            "metric": {"name": "accuracy"},
            "scoring": {"points": [[0, 1], [1, 100]]},
            "due_at": (datetime.now(UTC) + timedelta(days=3)).isoformat(),
        }
        made: str = self.ask("POST", "/v1/assignments", document | more)["id"]
        return made

    def submitted(self, assignment: str, by: str) -> str:
        path = f"/v1/assignments/{assignment}/submissions"
        made: str = self.ask("POST", path, SUBMISSION, by=by)["id"]
        return made

    def scored(self, assignment: str, by: str) -> str:
        made = self.submitted(assignment, by)
        wait_until(lambda: self.ask("GET", f"/v1/submissions/{made}", by=by)["score"] is not None, 60)
        return made


@pytest.fixture(scope="module")
def room(stack: Up) -> Room:
    return Room(stack)


@pytest.fixture
def bob(visit: Callable[..., Visit], room: Room) -> Page:
    return visit().signed_in(room.tokens["bob"])


def score(page: Page) -> Locator:
    return page.locator('[data-live="score"]')


def test_by_keyboard_alone_a_student_builds_hands_in_and_sees_the_score(bob: Page, room: Room) -> None:
    assignment = room.assigned(leaderboard={"show": "pseudonyms"}, attempts={"per_day": 3})
    press = bob.keyboard.press
    bob.goto("/")
    tab_to(bob, bob.get_by_role("link", name="Courses"))
    press("Enter")
    tab_to(bob, bob.get_by_role("link", name="Course <img"))
    press("Enter")
    bob.wait_for_url("**/courses/*")
    expect(bob.get_by_text("in 3 days")).to_be_visible()
    bob.goto(f"/assignments/{assignment}")
    tab_to(bob, bob.get_by_role("link", name="Build and hand in"))
    press("Enter")
    expect(bob.locator(".verdict")).to_have_text("Ready to train.")
    # No more is offered than the rules allow, and what is fixed stays.
    expect(bob.get_by_label("Seed")).to_be_disabled()
    tab_to(bob, bob.get_by_role("button", name="Add a layer", exact=True))
    press("Enter")
    expect(bob.locator(".offer strong")).to_have_text(["Dense", "Dropout", "Normalization"])
    press("Escape")
    tab_to(bob, bob.get_by_label("Epochs"))
    press("Control+a")
    bob.keyboard.type("2")
    expect(bob.locator(".verdict")).not_to_contain_text("error")
    tab_to(bob, bob.get_by_role("button", name="Hand in"))
    press("Enter")
    bob.wait_for_url("**/submissions/sub_*")
    # Without loading the page again.
    expect(bob.locator("#charts figure").first).to_be_visible(timeout=60_000)
    expect(score(bob)).to_have_text(re.compile(r"^\d"), timeout=30_000)
    expect(bob.get_by_text("This run counts")).to_be_visible()
    expect(bob.get_by_text("macro_f1")).to_be_visible()
    won = score(bob).inner_text()
    bob.get_by_role("link", name="Version 1: try it").click()
    bob.wait_for_url("**/models/*/versions/1")
    bob.goto(f"/assignments/{assignment}")
    expect(score(bob)).to_have_text(won)
    expect(bob.locator(".board .own")).to_contain_text(won)


def test_runs_that_go_on_are_live_and_others_stand_under_pseudonyms(bob: Page, room: Room) -> None:
    assignment = room.assigned(leaderboard={"show": "pseudonyms"}, counts="chosen")
    room.scored(assignment, "carl")
    first = room.submitted(assignment, "bob")
    bob.goto(f"/assignments/{assignment}")
    row = bob.locator(f'[data-run="{first}"]')
    expect(row.locator('[data-cell="score"]')).to_have_text(re.compile(r"^\d"), timeout=60_000)
    expect(row.get_by_text("counts", exact=True)).to_be_visible()
    expect(score(bob)).to_have_text(row.locator('[data-cell="score"]').inner_text())
    expect(bob.locator(".board tbody tr")).to_have_count(2)
    expect(bob.locator(".board .own")).to_have_count(1)
    expect(bob.locator(".board")).not_to_contain_text("carl")
    # One that was handed in elsewhere is told of, and another can be let count.
    second = room.scored(assignment, "bob")
    bob.reload()
    bob.locator("[data-run]:has(button:visible)").get_by_role("button").click()
    counting = bob.locator('[data-cell="counts"]:visible')
    expect(counting).to_have_count(1)
    mine = room.ask("GET", f"/v1/assignments/{assignment}", by="bob")["mine"]
    assert mine["submission"] in {first, second}
    expect(bob.locator(f'[data-run="{mine["submission"]}"] [data-cell="counts"]')).to_be_visible()


def test_a_grade_is_followed_until_it_is_in_the_gradebook(bob: Page, room: Room) -> None:
    assignment = room.assigned()
    database = Database(f"sqlite:///{room.up.home / 'fittingroom.db'}")
    links.bind(database.writing(), assignment, "bob")
    run = room.submitted(assignment, "bob")
    bob.goto(f"/submissions/{run}")
    place = bob.locator('[data-live="passback"]')
    expect(place).to_be_hidden()
    expect(place).to_contain_text("It is sent to your learning platform", timeout=60_000)
    with database.writing() as session:
        session.execute(sa.update(LtiScore).values(status="delivered", delivered_at=datetime.now(UTC)))
    expect(place).to_contain_text("in the gradebook")
    database.close()


def test_when_attempts_have_run_out_a_sentence_says_so_and_nothing_is_lost(
    visit: Callable[..., Visit], room: Room
) -> None:
    assignment = room.assigned(attempts={"per_day": 1})
    begun = visit()
    begun.expected = ("429",)
    page = begun.signed_in(room.tokens["bob"])
    page.goto(f"/assignments/{assignment}/new")
    page.get_by_label("Epochs").fill("1")
    # Elsewhere, in the meantime.
    room.scored(assignment, "bob")
    page.get_by_role("button", name="Hand in").click()
    expect(
        page.get_by_text("You have used today's attempt. There are new ones from here on:")
    ).to_be_visible()
    expect(page.get_by_text("What you had begun is here again.")).to_be_visible()
    expect(page.get_by_label("Epochs")).to_have_value("1")
    expect(page.get_by_role("button", name="Hand in")).to_have_count(0)


@pytest.fixture(scope="module")
def hostile(room: Room) -> tuple[str, str]:
    """An assignment of which everything is called as markup is, and a run."""
    assignment = room.assigned(
        title=MARKUP,
        text=f"# {MARKUP}\n\n<script>alert(1)</script>\n\n![{MARKUP}](http://evil.example/x.png)",
        baselines=[{"title": MARKUP, "model": NETWORK, "training": {"epochs": 1}}],
        leaderboard={"show": "names"},
        counts="chosen",
    )
    run = room.scored(assignment, "bob")
    room.ask("PATCH", f"/v1/submissions/{run}", {"comment": MARKUP})
    return assignment, run


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_out_and_names_are_text(
    visit: Callable[..., Visit], room: Room, hostile: tuple[str, str], scheme: str
) -> None:
    assignment, run = hostile
    # What opens slowly is as faint as it is when axe looks.
    phone = {"width": PHONE[0], "height": PHONE[1]}
    begun = visit(color_scheme=scheme, viewport=phone, reduced_motion="reduce")
    page = begun.signed_in(room.tokens["bob"])
    path = f"/assignments/{assignment}"
    for address in ("/courses", f"/courses/{room.course}", path, f"{path}/new", f"/submissions/{run}"):
        page.goto(address)
        expect(page.get_by_text(MARKUP).first).to_be_visible()
        if address.endswith("/new"):
            expect(page.locator(".verdict")).to_have_text("Ready to train.")
            page.get_by_text("What to do").click()
            page.get_by_text("Rules").click()
        assert barriers(page) == []
        assert page.locator("img[src=x]").count() == 0
        # Nothing is wider than the phone.
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0], address


def test_without_javascript_a_network_is_handed_in(visit: Callable[..., Visit], room: Room) -> None:
    assignment = room.assigned()
    begun = visit(java_script_enabled=False)
    begun.expected = ("422",)
    page = begun.signed_in(room.tokens["carl"])
    page.goto(f"/assignments/{assignment}")
    page.get_by_role("link", name="Build and hand in").click()
    text = page.get_by_label("The network and its training, as JSON")
    text.fill(json.dumps(SUBMISSION | {"training": {"epochs": 9}}))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("The assignment allows 3 epochs.")
    text.fill(json.dumps(SUBMISSION))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("This can be handed in")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/submissions/sub_*")
    run = page.url.rpartition("/")[2]
    wait_until(lambda: room.ask("GET", f"/v1/submissions/{run}", by="carl")["score"] is not None, 60)
    page.reload()
    expect(score(page)).to_have_text(re.compile(r"^\d"))
    expect(page.locator("#epochs tbody tr")).to_have_count(2)
