"""Neither a page nor what a platform gets tells a student anything of the hidden rows but a score."""

from collections.abc import Iterator

import orjson
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from core.lti import outbox
from core.tables import LtiScore
from tests.core.courses.schools import School
from tests.service.classroom import Classroom, evaluation
from tests.service.houses import House
from tests.service.test_courses_hidden import ACCURACY, TELLTALE, Scored, hidden_of
from tests.service.test_sessions import signed_in

COMMENT = "Look at your learning rate."


@pytest.fixture
def room(house: House) -> Scored:
    """Bob, whom a platform knows, has handed something in; it was scored, and the teacher said something."""
    room = Scored(house)
    room.assignment = room.assigned(leaderboard={"show": "names"}, scoring={"baseline": 0.5, "target": 1})
    school = School(house.parts.database, house.parts.artifacts, house.settings.home)
    school.links(house.users["bob"], room.assignment)
    found = evaluation(ACCURACY)
    found["outputs"]["dense"]["mistakes"] = [{"row": 3, "actual": TELLTALE}]
    path = house.settings.home / "evaluation.json"
    path.write_bytes(orjson.dumps(found))
    room.kept = house.parts.artifacts.keep(path)
    room.handed_in = room.submitted(room.assignment)
    room.finish(*house.start(), found, room.kept)
    said = room.ask("PATCH", f"/v1/submissions/{room.handed_in['id']}", {"comment": COMMENT})
    assert said.status_code == 200
    return room


def secrets(room: Scored) -> list[str]:
    # The score itself is 78.58: what it was reckoned from is not told.
    return [TELLTALE, str(ACCURACY), "0.732", "73.2", room.kept, *hidden_of(room)]


def test_no_page_tells_a_student_what_is_hidden(room: Scored) -> None:
    shown = 0
    for by in ("bob", "carl", "dora"):
        browser = signed_in(room.house, by)
        for path, text in pages(room, browser):
            assert not [secret for secret in secrets(room) if secret in text], (by, path)
            shown += 1
            assert by != "bob" or not path.startswith("/submissions/") or COMMENT in text
    assert shown > 30
    teacher = dict(pages(room, signed_in(room.house, "ann")))
    assert "0.732" in teacher[f"/submissions/{room.handed_in['id']}"], "a teacher is told"


def test_a_platform_is_told_the_score_and_the_comment_alone(room: Scored) -> None:
    database = room.house.parts.database
    with database.reading() as session:
        (row,) = session.query(LtiScore)
        kept = str({column.key: getattr(row, column.key) for column in sa.inspect(LtiScore).columns})
    with database.writing() as session:
        claimed = outbox.claim(session)
        assert claimed is not None
        sent = orjson.dumps(claimed.score.document()).decode()
    for told in (kept, sent):
        assert "78.58" in told
        assert COMMENT in told
        assert not [secret for secret in secrets(room) if secret in told]


def pages(room: Classroom, browser: FlaskClient) -> Iterator[tuple[str, str]]:
    """All that a browser may look at, with what was made in the place of its variables."""
    assert isinstance(room, Scored)
    dataset = room.get(f"/v1/assignments/{room.assignment}")["dataset"]
    places = {
        "assignment": room.assignment,
        "course": room.course,
        "dataset": dataset,
        "job": room.handed_in["job"],
        "model": room.model,
        "submission": room.handed_in["id"],
        "version": "1",
        "student": "bob",
        "name": "bob",
        "user": "bob",
    }
    for rule in room.house.app.url_map.iter_rules():
        names = {name: places.get(name.removesuffix("_id")) for name in rule.arguments}
        if (
            not rule.endpoint.startswith("pages.")
            or "GET" not in (rule.methods or ())
            or None in names.values()
        ):
            continue
        with room.house.app.test_request_context():
            path = room.house.app.url_for(rule.endpoint, **names)
        answer = browser.get(path)
        if answer.status_code == 200:
            yield path, answer.text
