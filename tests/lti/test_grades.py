"""Grades on their way to platforms, with the manners that real ones have."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from core import db
from core.db import Database
from core.lti import grades, outbox
from core.lti.sending import Sender
from core.tables import LtiLink, LtiScore
from tests.lti.outboxes import Class
from tests.lti.platform import CLIENT, SCOPE, Platform

CANVAS = "https://canvas.instructure.com/lti/submission"


@pytest.fixture
def room(sqlite_url: str, platform: Platform) -> Iterator[Class]:
    database = Database(sqlite_url)
    room = Class(database, platform)
    yield room
    room.close()
    database.close()


def stamps(platform: Platform) -> list[int]:
    """The times that scores said they were of, all in whole seconds."""
    times = [datetime.fromisoformat(one["timestamp"]) for one in platform.scores()]
    assert all(at.microsecond == 0 and at.utcoffset() == timedelta(0) for at in times)
    return [int(at.timestamp()) for at in times]


def test_a_score_is_put_into_the_column_that_the_launch_named(room: Class, platform: Platform) -> None:
    """Whose address has a query, as Moodle's: the path alone gets longer."""
    room.come("ada")
    assert room.put("ada", 87.5, comment="Well done").status == "waiting"
    assert room.send() == 1
    (told,) = platform.scores()
    stamp = told.pop("timestamp")
    assert abs(datetime.fromisoformat(stamp).timestamp() - time.time()) < 5
    assert told == {
        "userId": "ada",
        "scoreGiven": 87.5,
        "scoreMaximum": 100,
        "comment": "Well done",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    row = room.row("ada")
    assert (row.status, row.error, row.delivered_at is not None) == ("delivered", None, True)
    assert room.send() == 0
    token = next(one for one in platform.asked if one.path == "/token").form()
    assert token["scope"] == SCOPE + "score"


def test_our_assertion_holds_against_our_keyset(room: Class, platform: Platform) -> None:
    from core.lti import keys

    with room.database.reading() as session:
        public = keys.public(session)
    platform.tool_keys = lambda: {"keys": public}
    room.come("ada")
    room.put("ada", 1)
    room.send()
    assert room.gradebook() == {"ada": 1}


def test_without_a_column_one_is_made_once_and_kept(room: Class, platform: Platform) -> None:
    subs = [f"student-{number}" for number in range(6)]
    room.come(*subs, lineitem=None)
    for sub in subs:
        room.put(sub, 50)
    while room.send():
        pass
    assert platform.paths("POST").count("/items") == 1
    (item,) = platform.lineitems.values()
    assert item["resourceLinkId"] == "link-1"
    assert (item["label"], item["scoreMaximum"], item["tag"]) == ("First network", 100, "fittingroom")
    assert room.gradebook() == dict.fromkeys(subs, 50)


def test_a_column_that_is_there_already_is_found(room: Class, platform: Platform) -> None:
    platform.add_lineitem(resourceLinkId="another")
    platform.add_lineitem(resourceLinkId="link-1")
    room.come("ada", lineitem=None)
    room.put("ada", 50)
    room.send()
    assert room.gradebook("2") == {"ada": 50}
    assert platform.paths("POST").count("/items") == 0


def test_a_column_that_we_made_and_a_teacher_deleted_is_made_again(room: Class, platform: Platform) -> None:
    room.come("ada", lineitem=None)
    room.put("ada", 50)
    room.send()
    platform.lineitems.clear()
    platform.grades.clear()
    room.put("ada", 60)
    room.send()
    assert room.status("ada") == "waiting"
    room.send()
    assert room.gradebook() == {"ada": 60}


def test_a_second_score_within_a_second_is_of_a_later_one(room: Class, platform: Platform) -> None:
    platform.moodle = True
    room.come("ada")
    for score in (50, 60, 70):
        room.put("ada", score)
        room.send()
    assert room.gradebook() == {"ada": 70}
    first, second, third = stamps(platform)
    assert first < second < third
    assert room.row("ada").failures == 0


@pytest.mark.parametrize("manner", ["moodle", "edx"])
def test_a_platform_that_has_a_later_score_is_told_again_until_it_is_earlier(
    room: Class, platform: Platform, manner: str
) -> None:
    setattr(platform, manner, True)
    room.come("ada")
    room.put("ada", 50)
    room.send()
    platform.grades["1", "ada"]["timestamp"] = datetime.fromtimestamp(time.time() + 2, UTC).isoformat()
    room.put("ada", 60)
    room.send()
    assert room.status("ada") == "waiting"
    with room.database.writing() as session:
        session.scalars(sa.select(LtiScore)).one().last_timestamp += 3  # seconds later
    room.send()
    assert (room.status("ada"), room.gradebook()) == ("delivered", {"ada": 60})


def test_a_teachers_own_score_is_refused_for_good_in_friendly_words(room: Class, platform: Platform) -> None:
    platform.teachers = {"teacher"}
    room.come("teacher", "ada")
    room.put("teacher", 100)
    room.put("ada", 50)
    for _ in range(4):
        room.send()
    row = room.row("teacher")
    assert row.status == "refused"
    assert row.error is not None
    assert row.error.startswith("The platform takes no grade for this person")
    assert sum(one["userId"] == "teacher" for one in platform.scores()) == 2
    assert room.gradebook() == {"ada": 50}


def test_a_comment_is_repeated_until_it_is_taken_away(room: Class, platform: Platform) -> None:
    room.come("ada")
    for score, comment in ((50, "Add a layer"), (60, None), (70, "")):
        room.put("ada", score, comment=comment)
        room.send()
    assert [one.get("comment") for one in platform.scores()] == ["Add a layer", "Add a layer", None]


def test_what_is_not_final_has_no_number_and_never_comes_after_what_is(
    room: Class, platform: Platform
) -> None:
    room.come("ada")
    room.put("ada", 12, final=False)
    room.send()
    room.put("ada", 50)
    room.put("ada", None, final=False)
    room.send()
    room.put("ada", None, final=False)
    assert room.send() == 0
    waiting, final = platform.scores()
    assert (waiting["activityProgress"], waiting["gradingProgress"]) == ("Submitted", "Pending")
    assert "scoreGiven" not in waiting
    assert (final["gradingProgress"], final["scoreGiven"]) == ("FullyGraded", 50)


def test_canvas_is_told_when_nothing_new_was_handed_in(room: Class, platform: Platform) -> None:
    room.come("ada")
    handed_in = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    room.put("ada", 50, submitted_at=handed_in)
    room.send()
    room.put("ada", 55, new_submission=False)
    room.send()
    # What was handed in and not told yet is told, whatever is regraded meanwhile.
    room.put("ada", 60)
    room.put("ada", 65, new_submission=False)
    room.send()
    first, second, third = (one.get(CANVAS) for one in platform.scores())
    assert first == {"new_submission": True, "submitted_at": "2026-05-01T12:00:00.000+00:00"}
    assert second == {"new_submission": False}
    assert third is not None
    assert third["new_submission"] is True


def test_the_same_score_again_is_not_sent_again_unless_it_was_handed_in_again(
    room: Class, platform: Platform
) -> None:
    room.come("ada")
    room.put("ada", 50)
    room.send()
    room.put("ada", 50, new_submission=False)
    assert room.send() == 0
    room.put("ada", 50)
    assert room.send() == 1
    assert len(platform.scores()) == 2


def test_a_score_replaces_the_one_that_still_waits(room: Class, platform: Platform) -> None:
    room.come("ada")
    for score in (50, 60, 70):
        room.put("ada", score)
    room.send()
    assert [one["scoreGiven"] for one in platform.scores()] == [70]


def test_a_score_that_came_while_another_was_sent_is_sent_too(room: Class, platform: Platform) -> None:
    room.come("ada")
    room.put("ada", 50)
    with room.database.writing() as session:
        claimed = outbox.claim(session)
    assert claimed is not None
    room.put("ada", 60)
    with room.database.writing() as session:
        outbox.delivered(session, claimed)
    assert room.status("ada") == "waiting"
    room.send()
    assert room.gradebook() == {"ada": 60}


def test_a_platform_that_is_away_for_an_hour_gets_everything_later(room: Class, platform: Platform) -> None:
    subs = [f"student-{number}" for number in range(6)]
    room.come(*subs)
    platform.away = True
    for sub in subs:
        room.put(sub, 50)
    paused = 0.0
    for _ in range(6):
        before = {row.id: row.next_at for row in rows(room)}
        room.send()
        paused = max(paused, *((row.next_at - before[row.id]).total_seconds() for row in rows(room)))
    assert {row.status for row in rows(room)} == {"waiting"}
    assert any(row.error and "does not answer" in row.error for row in rows(room))
    # One that is away is asked once in a while, and not once for everybody.
    assert len(platform.scores()) == 0
    assert 60 < paused < outbox.MOST_PAUSE_SECONDS + 1
    platform.away = False
    with room.database.writing() as session:
        first = session.scalars(sa.select(LtiScore).order_by(LtiScore.id)).first()
        assert first is not None
        first.next_at = db.now(session) - timedelta(seconds=1)
    # As soon as one gets through, so does everybody.
    room.sender.send_due()
    assert room.gradebook() == dict.fromkeys(subs, 50)


def rows(room: Class) -> list[LtiScore]:
    with room.database.reading() as session:
        return list(session.scalars(sa.select(LtiScore)))


def test_a_platform_that_is_away_is_left_alone_and_keeps_nobody_elses_waiting(
    room: Class, platform: Platform
) -> None:
    gone = Platform().start()
    gone.close()
    away = Class(room.database, gone)
    away.come("bob", "cyd", "dee")
    room.come("ada")
    for sub in ("bob", "cyd", "dee"):
        away.put(sub, 10)
    room.put("ada", 50)
    sender = Sender(room.database, lambda: room.platforms, 3600, first_away_seconds=60)
    sender.send_due()
    assert room.gradebook() == {"ada": 50}
    tried = sum(away.row(sub).attempt for sub in ("bob", "cyd", "dee"))
    assert 1 <= tried <= 3
    with room.database.writing() as session:
        room.wait(session)
    assert sender.send_due() == 0
    away.close()


def test_one_whose_score_fails_stops_nobody_else(room: Class, platform: Platform) -> None:
    room.come("ada", "bob", "cyd")
    for sub in ("ada", "bob", "cyd"):
        room.put(sub, 50)
    platform.answers["/items/1/scores"] = [(500, {}, b"{}")]
    room.send()
    del platform.answers["/items/1/scores"]
    room.send()
    assert room.gradebook() == {"ada": 50, "bob": 50, "cyd": 50}


def test_a_token_that_ended_early_is_asked_for_once_more(room: Class, platform: Platform) -> None:
    room.come("ada")
    room.put("ada", 50)
    room.send()
    platform.tokens.clear()
    room.put("ada", 60)
    room.send()
    assert (room.status("ada"), room.row("ada").failures) == ("delivered", 0)
    assert platform.paths("POST").count("/token") == 2


def test_a_token_is_kept_until_shortly_before_its_end(room: Class, platform: Platform) -> None:
    room.come("ada")
    for score in (50, 60):
        room.put("ada", score)
        room.send()
    assert platform.paths("POST").count("/token") == 1
    platform.answers["/token"] = [(200, {}, b'{"access_token": "x", "expires_in": 30}')]
    room.platforms.tokens.drop(room.registration, [SCOPE + "score"])
    platform.tokens["x"] = {SCOPE + "score"}
    for score in (70, 80):
        room.put("ada", score)
        room.send()
    assert platform.paths("POST").count("/token") == 3


@pytest.mark.parametrize(
    "answer",
    [
        (400, {}, b'{"error": "invalid_scope"}'),
        (401, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b'{"access_token": "a\\nb"}'),
        (503, {"Retry-After": "7"}, b""),
    ],
)
def test_a_platform_that_gives_no_token_is_tried_again_later(
    room: Class, platform: Platform, answer: tuple[int, dict[str, str], bytes]
) -> None:
    room.come("ada")
    platform.answers["/token"] = [answer]
    room.put("ada", 50)
    for _ in range(3):
        room.send()
    row = room.row("ada")
    assert row.status == "waiting"
    assert row.error is not None
    assert "It is tried again by itself." in row.error
    del platform.answers["/token"]
    room.sender._away.clear()
    room.send()
    assert room.gradebook() == {"ada": 50}


def test_a_platform_that_says_when_is_asked_then(room: Class, platform: Platform) -> None:
    room.come("ada")
    platform.answers["/items/1/scores"] = [(429, {"Retry-After": "77"}, b"")]
    room.put("ada", 50)
    room.send()
    with room.database.reading() as session:
        left = (session.scalars(sa.select(LtiScore.next_at)).one() - db.now(session)).total_seconds()
    assert 70 < left <= 77
    assert room.send() == 0


def test_a_platform_that_lets_us_send_nothing_is_told_nothing(room: Class, platform: Platform) -> None:
    room.come("ada", scopes=(SCOPE + "lineitem",))
    row = room.put("ada", 50)
    assert (row.status, row.error) == ("refused", "The platform lets us send no grades for this link.")
    assert room.send() == 0
    assert platform.paths("POST") == []


def test_who_never_came_or_where_no_grades_are_kept_nobody_is_told(room: Class) -> None:
    room.come("ada")
    room.come("bob", link="ungraded", lineitem=None, lineitems=None)
    with room.database.writing() as session:
        link = session.get_one(LtiLink, room.link_id)
        assert grades.put(session, link, room.users["bob"], score=1) is None
        assert grades.put(session, link, "usr_nobody", score=1) is None


def test_what_was_refused_may_be_sent_again(room: Class, platform: Platform) -> None:
    platform.teachers = {"ada"}
    room.come("ada")
    room.put("ada", 50)
    for _ in range(3):
        room.send()
    assert room.status("ada") == "refused"
    platform.teachers = set()
    with room.database.writing() as session:
        (row,) = grades.page(session, status="refused")
        grades.resend(session, row)
    room.send()
    assert room.gradebook() == {"ada": 50}


def test_a_sender_that_died_leaves_its_score_to_another_and_is_not_heard_any_more(
    room: Class, platform: Platform
) -> None:
    room.come("ada")
    room.put("ada", 50)
    with room.database.writing() as session:
        lost = outbox.claim(session)
    assert lost is not None
    assert room.send() == 0
    with room.database.writing() as session:
        session.scalars(sa.select(LtiScore)).one().lease_until = db.now(session)
    room.send()
    with room.database.writing() as session:
        outbox.failed(session, lost, "late", most=1)
    assert (room.status("ada"), room.row("ada").error) == ("delivered", None)
    assert stamps(platform)[0] > lost.score.timestamp - 1


def test_a_score_that_cannot_be_delivered_is_given_up_after_two_weeks(
    room: Class, platform: Platform
) -> None:
    room.come("ada")
    platform.answers["/items/1/scores"] = [(500, {}, b"")]
    room.put("ada", 50)
    with room.database.writing() as session:
        row = session.scalars(sa.select(LtiScore)).one()
        row.changed_at = db.now(session) - timedelta(days=outbox.GIVEN_UP_DAYS, seconds=1)
    room.send()
    assert room.status("ada") == "refused"


def test_two_processes_never_send_the_same(database: Database, platform: Platform) -> None:
    """On both engines."""
    room = Class(database, platform)
    subs = [f"student-{number}" for number in range(8)]
    room.come(*subs)
    for sub in subs:
        room.put(sub, 50)
    senders = [Sender(database, lambda: room.platforms, 3600) for _ in range(2)]
    ready = threading.Barrier(2)

    def send(number: int) -> int:
        ready.wait()
        return senders[number].send_due()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(send, range(2))) == 8
    assert sorted(one["userId"] for one in platform.scores()) == sorted(subs)
    assert {row.attempt for row in rows(room)} == {1}
    room.close()


def test_a_sender_sends_by_itself_until_it_is_stopped(room: Class, platform: Platform) -> None:
    room.come("ada")
    sender = Sender(room.database, lambda: room.platforms, 0.02)
    sender.start()
    room.put("ada", 50)
    deadline = time.monotonic() + 10
    while room.status("ada") != "delivered":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    sender.stop()
    room.put("ada", 60)
    time.sleep(0.1)
    assert room.gradebook() == {"ada": 50}
    assert room.registration.client_id == CLIENT


def test_a_sender_outlives_a_database_without_tables(
    room: Class, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = Database(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'x.db'}")
    sender = Sender(empty, lambda: room.platforms, 0.02)
    sender.start()
    time.sleep(0.15)
    assert "lti-sender" in [thread.name for thread in threading.enumerate()]
    sender.stop()
    empty.close()
