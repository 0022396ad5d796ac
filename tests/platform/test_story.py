"""A whole story with a platform that is not ours: from its registration to grades in its gradebook.

The tests are its chapters, and go in their order.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from fittingroom.client import Client
from tests.fittingroom.waiting import wait_until
from tests.platform.browser import Browser
from tests.platform.campuses import Campus, campus
from tests.platform.glue import Glue
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
    teacher: Browser
    students: dict[str, Browser]
    glue: Glue
    course: str = ""
    assignment: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, *, by: str | None = None) -> dict[str, Any]:
        """What the service answers somebody; the administrator, if nobody is named."""
        token = self.stack.token if by is None else self.tokens[by]
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.stack.url}{path}"
        response = httpx.request(method, url, json=body, headers=headers, trust_env=False)
        assert response.is_success, response.text
        return response.json()

    def handed_in(self, student: str, run: dict[str, Any]) -> float:
        """The score of a run, which is that of the rows that students do not see."""
        path = f"/v1/assignments/{self.assignment}/submissions"
        made = self.ask("POST", path, run, by=student)
        with Client(self.stack.url, self.tokens[student]) as client:
            client.wait(made["job"])
        score = self.ask("GET", f"/v1/submissions/{made['id']}", by=student)["score"]
        hidden = self.ask("GET", f"/v1/submissions/{made['id']}/evaluation")["outputs"]["dense"]
        assert score == round(100 * hidden["accuracy"], 2)
        return score

    def grade(self, student: str) -> float | None:
        """What the platform's gradebook has, in percent."""
        column = self.campus.read(self.teacher, "gradebook").get("first", {})
        return column[student]["earned"] if student in column else None

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
        teacher, *students = (ends.enter_context(there.signed_in(name)) for name in ("teacher", *STUDENTS))
        glue = ends.enter_context(closing(Glue(stack)))
        yield Story(stack, there, teacher, dict(zip(STUDENTS, students, strict=True)), glue)


def test_each_is_registered_with_the_other(story: Story) -> None:
    tool = story.ask("GET", "/v1/lti/tool")
    known = story.campus.add(story.teacher, "first", tool, display_name="A first network")
    document = {
        "name": "Campus",
        "issuer": known["issuer"],
        "client_id": known["client_id"],
        "deployment_ids": [known["deployment_id"]],
        "auth_login_url": known["oidc_callback"],
        "auth_token_url": known["token_url"],
        "jwks_url": known["jwks_url"],
    }
    made = story.ask("POST", "/v1/lti/registrations", document)
    tested = story.ask("POST", f"/v1/lti/registrations/{made['id']}/test")
    assert tested["ok"], tested["checks"]


def test_the_teacher_chooses_what_the_link_shows(story: Story) -> None:
    course = story.teacher.open(f"{story.campus.url}/course")
    shown = story.teacher.open(course.link("choose"))
    assert shown.url == f"{story.stack.url}/lti/launch"
    assert "Signed in as Grace Hopper, teacher of Neural networks - Campus." in shown.words
    saved = story.teacher.submit(shown, shown.forms[0], title="A first network")
    assert saved.url.startswith(story.campus.url)
    assert "The LTI Deep Linking content was successfully saved in the LMS." in saved.words


@pytest.mark.parametrize("student", STUDENTS)
def test_a_student_follows_the_link_and_is_let_in(story: Story, student: str) -> None:
    browser = story.students[student]
    shown = browser.open(browser.open(f"{story.campus.url}/course").link("open"))
    assert shown.url == f"{story.stack.url}/lti/launch"
    [told] = [words for words in shown.words if words.startswith("Signed in as")]
    assert "student of Neural networks - Campus" in told
    assert student.capitalize() in told


def test_a_score_on_hidden_rows_is_in_the_gradebook(story: Story) -> None:
    _prepare(story)
    first = story.handed_in("ada", POOR)
    story.glue.tell()
    story.comes_to("ada", first)
    assert story.grade("alan") is None


def test_a_better_run_replaces_it(story: Story) -> None:
    before = story.grade("ada")
    better = story.handed_in("ada", GOOD)
    assert better > max(before, 90)
    story.glue.tell()
    story.comes_to("ada", better)


def test_a_worse_run_does_not(story: Story) -> None:
    before = story.grade("ada")
    assert story.handed_in("ada", POOR) < before
    other = story.handed_in("alan", GOOD)
    story.glue.tell()
    story.comes_to("alan", other)
    wait_until(lambda: story.ask("GET", "/v1/lti/scores?status=waiting")["data"] == [], 60)
    assert story.grade("ada") == before


def test_the_roster_has_the_people_of_the_course(story: Story) -> None:
    known = story.campus.read(story.teacher, "members")
    assert story.glue.roster() == {
        known[name]: "teacher" if name == "teacher" else "student" for name in ("teacher", *STUDENTS)
    }


def _prepare(story: Story) -> None:
    """The assignment, which the teacher's choice would have made."""
    table = story.stack.home / "sides.csv"
    table.write_text(CSV)
    with story.stack.client() as client:
        client.add_dataset(table, options={"target": "side"})
    story.course = story.ask("POST", "/v1/courses", {"name": "Neural networks"})["id"]
    document = {
        "course": story.course,
        "title": "A first network",
        "dataset": "sides",
        "metric": {"name": "accuracy"},
        "scoring": {"points": [[0, 0], [1, 100]]},
    }
    story.assignment = story.ask("POST", "/v1/assignments", document)["id"]
    story.glue.bind(story.course, story.assignment)
    subs = story.campus.read(story.teacher, "members")
    for student in STUDENTS:
        name = story.glue.name_of(subs[student])
        story.ask("POST", f"/v1/courses/{story.course}/members", {"user": name, "role": "student"})
        story.tokens[student] = story.ask("POST", "/v1/tokens", {"user": name})["token"]
