"""A whole story with a platform that is not ours: from its registration to grades in its gradebook.

The tests are its chapters, and go in their order.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from fittingroom.client import Client
from tests.fittingroom.waiting import wait_until
from tests.platform.browser import Browser, Page
from tests.platform.campuses import Campus, campus
from tests.stacks import Up, running

STUDENTS = ("ada", "alan")
# Which side of a line a point is on: one layer learns that, and learns nothing at a rate of nearly nothing.
CSV = "x,y,side\n" + "".join(
    f"{x / 10},{y / 10},{'above' if y > x else 'below'}\n"
    for x in range(-10, 10)
    for y in range(-10, 10)
    if abs(x - y) > 1
)
NETWORK = {"layers": [{"type": "Dense", "units": 2, "activation": "softmax"}]}
COURSE = "Neural networks - Campus"


def run(epochs: int, learning_rate: float) -> dict[str, Any]:
    """What a student hands in."""
    optimizer = {"type": "Adam", "learning_rate": learning_rate}
    return {"model": NETWORK, "training": {"seed": 0, "epochs": epochs, "optimizer": optimizer}}


GOOD, POOR = run(15, 0.05), run(1, 1e-9)


@dataclass
class Story:
    """Everybody in it, and what has come of it so far."""

    stack: Up
    campus: Campus
    browsers: dict[str, Browser]
    pages: dict[str, Page]
    """What each of them looks at, of ours."""
    course: str = ""
    assignment: str = ""

    @property
    def teacher(self) -> Browser:
        return self.browsers["teacher"]

    def follow(self, who: str, kind: str) -> Page:
        """Somebody follows a link on the campus's page of the course, and what they see then."""
        browser = self.browsers[who]
        self.pages[who] = browser.open(browser.open(f"{self.campus.url}/course").link(kind))
        return self.pages[who]

    def ask(self, who: str, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
        """What the service answers somebody who was launched, by nothing but their session."""
        return self.browsers[who].ask(self.pages[who], method, path, **request)

    def order(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """What it answers its administrator."""
        headers, url = {"Authorization": f"Bearer {self.stack.token}"}, f"{self.stack.url}{path}"
        answer = httpx.request(method, url, json=body, headers=headers, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json()

    def handed_in(self, student: str, run: dict[str, Any]) -> float:
        """The score of a run, which is that of the rows that students do not see."""
        path = f"/v1/assignments/{self.assignment}/submissions"
        made = self.ask(student, "POST", path, json=run)
        with Client(self.stack.url, self.stack.token) as client:
            client.wait(made["job"])
        score: float = self.ask(student, "GET", f"/v1/submissions/{made['id']}")["score"]
        hidden = self.ask("teacher", "GET", f"/v1/submissions/{made['id']}/evaluation")["outputs"]["dense"]
        assert score == round(100 * hidden["accuracy"], 2)
        return score

    def grade(self, student: str) -> float | None:
        """What the platform's gradebook has, in percent."""
        column = self.campus.read(self.teacher, "gradebook").get("first", {})
        return column[student]["earned"] if student in column else None

    def on_their_way(self) -> list[str]:
        """How far the grades are, as the teacher sees it."""
        told = self.ask("teacher", "GET", f"/v1/assignments/{self.assignment}/passback")
        assert told["links"] == 1
        return [one["status"] for one in told["data"]]

    def comes_to(self, student: str, score: float) -> None:
        """Waits until the gradebook has it."""
        wait_until(lambda: self.grade(student) == pytest.approx(score), 60)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    home = tmp_path_factory.mktemp("story")
    settings = {"lti_private_hosts": "localhost", "lti_plain_cookies": "true", "lti_send_seconds": "0.2"}
    with ExitStack() as ends:
        stack = ends.enter_context(running(home / "stack", **settings))
        there = ends.enter_context(campus(home / "campus.log"))
        people = {name: ends.enter_context(there.signed_in(name)) for name in ("teacher", *STUDENTS)}
        yield Story(stack, there, people, {})


def test_each_is_registered_with_the_other(story: Story) -> None:
    tool = story.order("GET", "/v1/lti/tool")
    known = story.campus.add(story.teacher, "first", tool, display_name="A first network")
    document = {
        "name": "Campus",
        "issuer": known["issuer"],
        "client_id": known["client_id"],
        "deployment_ids": [known["deployment_id"]],
        "auth_login_url": known["oidc_callback"],
        "auth_token_url": known["token_url"],
        "jwks_url": known["keyset_url"],
    }
    made = story.order("POST", "/v1/lti/registrations", document)
    tested = story.order("POST", f"/v1/lti/registrations/{made['id']}/test")
    assert tested["ok"], tested["checks"]


def test_who_comes_first_as_a_teacher_has_a_course_and_makes_an_assignment(story: Story) -> None:
    shown = story.follow("teacher", "choose")
    assert shown.url == f"{story.stack.url}/lti/launch"
    assert "The course has no assignments yet." in shown.words
    page = story.pages["teacher"] = story.teacher.submit(shown, shown.forms[0], visit="1")
    assert page.url.startswith(f"{story.stack.url}/courses/")
    (course,) = story.ask("teacher", "GET", "/v1/courses")["data"]
    assert (course["name"], course["role"]) == (COURSE, "teacher")
    story.course = course["id"]
    form = {"data": {"name": "sides", "options": '{"target": "side"}'}, "files": {"file": ("sides.csv", CSV)}}
    story.ask("teacher", "POST", "/v1/datasets", **form)
    document = {
        "course": story.course,
        "title": "Two sides",
        "dataset": "sides",
        "metric": {"name": "accuracy"},
        "scoring": {"points": [[0, 0], [1, 100]]},
    }
    story.assignment = story.ask("teacher", "POST", "/v1/assignments", json=document)["id"]


def test_the_teacher_chooses_what_the_link_shows(story: Story) -> None:
    shown = story.teacher.open(story.teacher.open(f"{story.campus.url}/course").link("choose"))
    assert shown.forms[0].fields["assignment"] == story.assignment
    saved = story.teacher.submit(shown, shown.forms[0])
    assert saved.url.startswith(story.campus.url)
    assert "The LTI Deep Linking content was successfully saved in the LMS." in saved.words
    # A later launch leads to what was chosen.
    assert story.follow("teacher", "open").url == f"{story.stack.url}/assignments/{story.assignment}"


def test_the_roster_brings_in_who_never_came(story: Story) -> None:
    assert story.ask("teacher", "POST", f"/v1/courses/{story.course}/roster")["members"] == 3
    members = story.ask("teacher", "GET", f"/v1/courses/{story.course}/members")["data"]
    assert sorted(one["role"] for one in members) == ["student", "student", "teacher"]


@pytest.mark.parametrize("student", STUDENTS)
def test_a_student_follows_the_link_to_the_assignment(story: Story, student: str) -> None:
    shown = story.follow(student, "open")
    assert shown.url == f"{story.stack.url}/assignments/{story.assignment}"
    assert "Two sides" in shown.words
    assert student.capitalize() in story.ask(student, "GET", "/v1/me")["full_name"]
    (course,) = story.ask(student, "GET", "/v1/courses")["data"]
    assert (course["id"], course["role"]) == (story.course, "student")


def test_a_score_on_hidden_rows_is_in_the_gradebook(story: Story) -> None:
    story.comes_to("ada", story.handed_in("ada", POOR))
    assert story.grade("alan") is None


def test_a_better_run_replaces_it(story: Story) -> None:
    before = story.grade("ada")
    better = story.handed_in("ada", GOOD)
    assert before is not None
    assert better > max(before, 90)
    story.comes_to("ada", better)


def test_a_worse_run_does_not(story: Story) -> None:
    before = story.grade("ada")
    assert before is not None
    assert story.handed_in("ada", POOR) < before
    # What comes after it has gone out: so would have it.
    story.comes_to("alan", story.handed_in("alan", GOOD))
    # The answer to that is written down a moment after the gradebook has it.
    wait_until(lambda: story.on_their_way() == ["delivered"] * 2, 60)
    assert story.grade("ada") == before
