"""The pages of a course for its students, as the server writes them: what there is without a script."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from core.tables import LtiScore, User
from service.pages import prose
from tests.service import links
from tests.service.classroom import NETWORK, SUBMISSION, Classroom
from tests.service.houses import House
from tests.service.test_pages_jobs import HOSTILE, told
from tests.service.test_sessions import csrf, signed_in


@pytest.fixture
def room(house: House) -> Classroom:
    return Classroom(house)


@pytest.fixture
def bob(room: Classroom) -> FlaskClient:
    return signed_in(room.house, "bob")


def seen(browser: FlaskClient, path: str, status: int = 200) -> str:
    """What a person reads there."""
    page = browser.get(path)
    assert page.status_code == status, page.text
    return told(page.text)


def hours(count: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=count)).isoformat()


def hand_in(browser: FlaskClient, assignment: str, document: object, action: str = "hand_in") -> Any:  # noqa: ANN401
    path = f"/assignments/{assignment}/new"
    text = document if isinstance(document, str) else json.dumps(document)
    form = {"csrf_token": csrf(browser.get(path)), "document": text, "action": action}
    return browser.post(path, data=form)


def given(browser: FlaskClient, path: str) -> dict[str, Any]:
    page = browser.get(path).text
    found = re.search(r'<script type="application/json" id="start">(.*?)</script>', page, re.DOTALL)
    assert found, page
    start: dict[str, Any] = json.loads(found[1])
    return start


def test_only_who_is_in_a_course_is_led_to_courses(room: Classroom, bob: FlaskClient) -> None:
    assert 'href="/courses"' in bob.get("/jobs").text
    dora = signed_in(room.house, "dora")
    assert 'href="/courses"' not in dora.get("/jobs").text
    assert "You are in no course yet." in seen(dora, "/courses")
    assignment = room.assigned()
    for path in (f"/courses/{room.course}", f"/assignments/{assignment}", f"/assignments/{assignment}/new"):
        assert dora.get(path).status_code == 404


def test_courses_tell_what_is_to_be_done_and_until_when(room: Classroom, bob: FlaskClient) -> None:
    room.assigned(title="Much later", due_at=hours(24 * 9))
    room.assigned(title="Next", due_at=hours(24 * 3), attempts={"per_day": 3, "total": 10})
    room.assigned(title="Over", due_at=hours(-2), lock_at=hours(-1))
    listed = seen(bob, "/courses")
    assert "Learning 2 assignments are open. Due next: Next ," in listed
    assert "( in 3 days )" in listed
    course = seen(bob, f"/courses/{room.course}")
    assert course.index("Next") < course.index("Much later") < course.index("Over")
    assert "3 of 3 left today, 10 of 10 in all" in course
    assert "You teach this course. 3 assignments" in seen(signed_in(room.house, "ann"), "/courses")


def test_an_assignment_tells_its_rules_and_how_it_is_scored(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(
        text="Tell **odd** from even.",
        rules={
            "layers": ["Dense", "Dropout"],
            "max_parameters": 20_000,
            "max_epochs": 40,
            "max_seconds": 90,
            "training": {"seed": 0},
            "choices": ["epochs", "optimizer"],
        },
        scoring={"baseline": 0.8, "target": 0.95},
        penalty={"per_day": 10, "most": 50},
        due_at=hours(30),
        attempts={"per_day": 5},
        counts="chosen",
    )
    page = bob.get(f"/assignments/{assignment}").text
    assert "<strong>odd</strong>" in page
    text = told(page)
    for sentence in (
        "The network may have these layers: Dense , Dropout",
        "At most 20,000 parameters.",
        "At most 40 epochs.",
        "A training that takes longer than 1 min 30 s is ended.",
        "Fixed for everybody: seed: 0",
        "Of the training you choose: epochs , optimizer",
        "5 attempts a day.",
        "You choose which run counts; as long as you do not, the best does.",
        "Each day that it is late takes 10 points off, at most 50.",
        "accuracy : The share of the rows that the network gets right. Higher is better.",
        "0.8 is worth 60 points, 0.95 is worth 100.",
        "It is measured on hidden rows: 50% of those to test on.",
        "Nothing was handed in yet.",
    ):
        assert sentence in text, sentence
    assert "Leaderboard" not in text


def test_title_and_text_are_in_the_readers_language(room: Classroom, bob: FlaskClient) -> None:
    french = {"fr": {"title": "Pair ou impair", "text": "# À faire"}}
    assignment = room.assigned(translations=french)
    page = bob.get(f"/assignments/{assignment}", headers={"Accept-Language": "fr"}).text
    assert "Pair ou impair" in page
    assert "<h2>À faire</h2>" in page
    assert "Odd or even" in bob.get(f"/assignments/{assignment}").text


def test_a_run_is_told_with_its_score_and_what_counts(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(counts="chosen", leaderboard={"show": "pseudonyms"})
    best = room.scored(assignment, 0.75)["id"]
    second = room.scored(assignment, 0.5)["id"]
    room.ask("PATCH", f"/v1/submissions/{best}", {"comment": "Well done.\nGo on."})
    page = bob.get(f"/assignments/{assignment}").text
    assert re.search(rf'data-run="{best}".*?<strong data-cell="counts">', page, re.DOTALL)
    text = told(page)
    assert "Your score 75 of 100" in text
    assert "Has a comment" in text
    run = seen(bob, f"/submissions/{best}")
    assert "Your teacher's comment Well done. Go on." in run
    assert "This run counts" in run
    assert "On the public rows" in run
    chosen = bob.post(f"/submissions/{second}/choose", data={"csrf_token": csrf(bob.get("/courses"))})
    assert chosen.location == f"/assignments/{assignment}"
    assert "Your score 50 of 100" in seen(bob, f"/assignments/{assignment}")


def test_nothing_of_hidden_rows_is_on_a_students_page(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(leaderboard={"show": "names"})
    run = room.scored(assignment, 0.734_511)["id"]
    for path in (
        f"/assignments/{assignment}",
        f"/submissions/{run}",
        f"/assignments/{assignment}/new?from={run}",
    ):
        page = bob.get(path).text
        assert "73.45" in page or "/new" in path
        assert "734511" not in page.replace(".", "")
        assert "hidden_sha256" not in page
    assert signed_in(room.house, "carl").get(f"/submissions/{run}").status_code == 404


def test_the_leaderboard_shows_pseudonyms_and_stands_still(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(
        leaderboard={"show": "pseudonyms", "frozen_hours": 24},
        due_at=hours(30),
        baselines=[{"title": HOSTILE.replace("\N{RIGHT-TO-LEFT OVERRIDE}", ""), "model": NETWORK}],
    )
    room.score(0.5)
    room.scored(assignment, 0.9, by="carl")
    text = seen(bob, f"/assignments/{assignment}")
    assert "Place Who Score" in text
    assert "carl" not in text
    assert "It stands still" not in text
    assert '<img src=x onerror="alert(1)">&amp; (to compare with) 50' in text
    room.ask("PATCH", f"/v1/assignments/{assignment}", {"due_at": hours(2)})
    assert "It stands still until the assignment is due" in seen(bob, f"/assignments/{assignment}")
    room.ask("PATCH", f"/v1/assignments/{assignment}", {"leaderboard": {"show": "off"}})
    assert "Leaderboard" not in seen(bob, f"/assignments/{assignment}")


def test_when_attempts_run_out_it_is_said_in_a_sentence(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(attempts={"per_day": 1})
    path = f"/assignments/{assignment}"
    assert hand_in(bob, assignment, SUBMISSION).status_code == 303
    room.score(0.5)
    assert "You have used today's attempt. There are new ones from here on:" in seen(bob, path)
    again = hand_in(bob, assignment, SUBMISSION)
    assert again.status_code == 409
    assert "You have used today's attempt." in told(again.text)
    assert 'value="hand_in"' not in again.text
    room.ask("PATCH", path.replace("/assign", "/v1/assign"), {"attempts": {"total": 1}})
    assert "You have used your one attempt." in seen(bob, path)
    room.ask("PATCH", path.replace("/assign", "/v1/assign"), {"due_at": hours(-2), "lock_at": hours(-1)})
    assert "This assignment is closed: nothing is taken any more." in seen(bob, path)
    # An extension is told to who has it.
    room.ask("PUT", f"/v1{path}/extensions", {"user": "bob", "due_at": hours(50), "attempts": 2})
    text = seen(bob, path)
    assert "closed" not in text
    assert "extended for you" in text
    assert "2 of 3 left" in text


def test_who_is_late_is_told_what_it_costs(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(due_at=hours(-1), penalty={"per_day": 10, "most": 50})
    path = f"/assignments/{assignment}"
    assert "It is late. Each day that has begun since it was due takes 10 points off, at most 50." in seen(
        bob, path
    )
    run = room.scored(assignment, 0.8)["id"]
    assert "70 of 100 10 taken off for one day late" in seen(bob, f"/submissions/{run}")
    assert "10 taken off" in seen(bob, path)


def test_without_a_script_a_network_is_checked_and_handed_in(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(rules={"layers": ["Dense"], "max_epochs": 5})
    checked = hand_in(bob, assignment, SUBMISSION, "check")
    assert "This can be handed in:" in told(checked.text)
    refused = hand_in(bob, assignment, {"model": {"layers": [{"type": "Flatten"}, *NETWORK["layers"]]}})
    assert refused.status_code == 422
    assert "#/model/layers/0/type" in refused.text
    assert "begins with {" in told(hand_in(bob, assignment, "[]").text)
    handed = hand_in(bob, assignment, SUBMISSION)
    assert handed.status_code == 303
    text = seen(bob, handed.location)
    assert "queued" in text
    assert "Waits for a worker: there is none." in text
    # What still waits is replaced by the next.
    assert "What you handed in last still waits." in seen(bob, f"/assignments/{assignment}/new")
    hand_in(bob, assignment, SUBMISSION)
    assert "A newer one took its place while it waited." in seen(bob, handed.location)


def test_the_builder_begins_within_the_rules(room: Classroom, bob: FlaskClient) -> None:
    entry = {"title": "The entry", "model": NETWORK, "training": {"epochs": 90, "batch_size": 8}}
    rules = {"layers": ["Dropout"], "max_epochs": 7, "training": {"seed": 3}, "choices": ["epochs"]}
    path = f"/assignments/{room.assigned(rules=rules, baselines=[entry])}/new"
    start = given(bob, path)
    # The template for a table has a layer that is not allowed: the entry is nearer.
    assert start["templates"] == []
    assert start["document"] == {"model": NETWORK, "training": {"epochs": 7, "seed": 3}}
    assert (start["layers"], start["choices"], start["fixed"]) == (
        ["Dropout"],
        ["epochs"],
        ["/training/seed"],
    )
    free = f"/assignments/{room.assigned()}"
    assert [one["name"] for one in given(bob, f"{free}/new")["templates"]] == ["dense"]
    run = room.submitted(free.rpartition("/")[2])["id"]
    assert given(bob, f"{free}/new?from={run}")["document"] == SUBMISSION
    assert bob.get(f"{free}/new?from=sub_nothing").status_code == 404
    fixed = f"/assignments/{room.assigned(rules={'model': NETWORK})}/new"
    assert given(bob, fixed)["fixed"] == ["/model"]
    assert given(bob, fixed)["document"]["model"] == NETWORK


def test_groups_see_who_of_them_handed_in(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(groups=True)
    room.post(f"/v1/courses/{room.course}/groups", {"name": "Team", "members": ["bob", "carl"]})
    run = room.scored(assignment, 0.5, by="carl")["id"]
    text = seen(bob, f"/assignments/{assignment}")
    assert "Your group's runs" in text
    assert "carl" in text
    assert "By carl" in seen(bob, f"/submissions/{run}")
    assert "Go on from here" in seen(bob, f"/submissions/{run}")


def test_people_from_a_platform_are_called_as_it_calls_them(room: Classroom, bob: FlaskClient) -> None:
    with room.house.parts.database.writing() as session:
        session.scalars(sa.select(User).where(User.name == "carl")).one().full_name = "Carl Gustav"
    assignment = room.assigned(groups=True, leaderboard={"show": "names"})
    room.scored(assignment, 0.5, by="carl")
    room.scored(assignment, 0.75)
    assert "Carl Gustav 50" in seen(bob, f"/assignments/{assignment}")
    room.post(f"/v1/courses/{room.course}/groups", {"name": "Team", "members": ["bob", "carl"]})
    run = room.scored(assignment, 0.5, by="carl")["id"]
    assert "Carl Gustav" in seen(bob, f"/assignments/{assignment}")
    assert "By Carl Gustav" in seen(bob, f"/submissions/{run}")


def test_a_grade_is_told_on_its_way_to_the_platform(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned()
    path = f"/assignments/{assignment}"
    links.bind(room.house.parts.database.writing(), assignment, "bob")
    assert "learning platform On" not in seen(bob, path)
    run = room.scored(assignment, 0.5)["id"]
    assert "on its way It is sent to your learning platform" in seen(bob, path)
    for status, words in {"delivered": "in the gradebook", "refused": "did not take the grade"}.items():
        with room.house.parts.database.writing() as session:
            session.scalars(sa.select(LtiScore)).one().status = status
        assert words in seen(bob, path)
        assert words in seen(bob, f"/submissions/{run}")


def test_names_that_others_chose_are_text(room: Classroom, bob: FlaskClient) -> None:
    assignment = room.assigned(
        title=HOSTILE, text=f"{HOSTILE}\n\n![x](http://evil.example/p.png)\n\n[y](javascript:z)"
    )
    room.ask("PATCH", f"/v1/courses/{room.course}", {"name": HOSTILE})
    run = room.scored(assignment, 0.5)["id"]
    room.ask("PATCH", f"/v1/submissions/{run}", {"comment": HOSTILE})
    for path in ("/courses", f"/courses/{room.course}", f"/assignments/{assignment}", f"/submissions/{run}"):
        page = bob.get(path).text
        assert "<img src=x" not in page
        assert (
            html.escape(HOSTILE.split("\N{RIGHT-TO-LEFT OVERRIDE}", maxsplit=1)[0], quote=False)[:14] in page
        )
        assert "javascript:" not in re.sub(r">[^<]*<", "><", page)


MARKED = {
    "# One\n\n## Two": "<h2>One</h2>\n<h3>Two</h3>",
    "## Two": "<h2>Two</h2>",
    "[a](https://a.example/)": '<a href="https://a.example/" target="_blank" rel="noopener noreferrer">a</a>',
    "[a](/datasets/ds_1)": '<a href="/datasets/ds_1">a</a>',
    "![p](data:image/png;base64,AA==)": '<img src="data:image/png;base64,AA==" alt="p" />',
    "[![p](//a.example/p.png)](/jobs)": '<a href="/jobs">p</a>',
    '![a"><b>](//x/"><b>)': "a&#34;&gt;&lt;b&gt;",
    "<b onclick=x>": "&lt;b onclick=x&gt;",
}


def test_markdown_becomes_markup_that_loads_and_runs_nothing(house: House) -> None:
    with house.app.test_request_context():
        wrong = {
            text: str(prose.marked(text))
            for text, wanted in MARKED.items()
            if wanted not in prose.marked(text)
        }
    assert wrong == {}


def test_a_table_in_a_text_has_no_style_of_its_own(house: House) -> None:
    with house.app.test_request_context():
        table = str(prose.marked("| a | b |\n|---|--:|\n| 1 | 2 |"))
    assert "style" not in table
    assert '<td class="number">2</td>' in table
    assert table.startswith('<div class="scroll" tabindex="0"')
