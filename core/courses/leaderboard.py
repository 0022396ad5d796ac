"""How those stand who handed in, and the teacher's baselines among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.courses import course, documents, marks, members, parties
from core.courses.marks import Mark
from core.errors import NotFoundError
from core.tables import Assignment, CourseGroup, Member, User


@dataclass(frozen=True)
class Entry:
    """A place: of a student, of a group, or of a baseline. Who is as good has the same."""

    place: int
    name: str
    score: float
    baseline: bool
    own: bool
    arrived_at: datetime


@dataclass(frozen=True)
class Board:
    """The entries from the best to the last, and since when they stand still, if they do."""

    entries: list[Entry]
    frozen_at: datetime | None


def board(session: Session, user: User, assignment: Assignment, at: datetime) -> Board:
    """The board as the user may see it: a teacher sees it whole, with names, and as it is now.

    Raises:
        NotFoundError: there is none for students.
    """
    terms = parties.terms(assignment)
    teaching = course.teaches(session, user, assignment.course_id)
    if terms.leaderboard.show == "off" and not teaching:
        raise NotFoundError("This assignment has no leaderboard.")
    frozen_at = None if teaching else _frozen(assignment, terms, at)
    scored = [
        mark
        for mark in marks.all_of(session, assignment, terms)
        if mark.score is not None and (frozen_at is None or mark.submission.arrived_at <= frozen_at)
    ]
    named = teaching or terms.leaderboard.show == "names"
    best = _best(session, assignment, user, scored, named=named)
    ranked = _ranked(best)
    top = None if teaching else terms.leaderboard.top
    return Board([one for one in ranked if top is None or one.place <= top or one.own], frozen_at)


def _frozen(assignment: Assignment, terms: documents.Terms, at: datetime) -> datetime | None:
    if assignment.due_at is None or not terms.leaderboard.frozen_hours:
        return None
    begin = assignment.due_at - timedelta(hours=terms.leaderboard.frozen_hours)
    return begin if begin <= at < assignment.due_at else None


def _best(
    session: Session, assignment: Assignment, user: User, scored: Sequence[Mark], *, named: bool
) -> list[Entry]:
    """The best of each, without a place yet. Former members, and teachers who only tried, have none."""
    students = {one.user_id: one for one in members.students(session, assignment.course_id)}
    mine = parties.of(session, assignment, user.id)
    best: dict[str, tuple[Mark, Entry]] = {}
    for mark in scored:
        submission = mark.submission
        who: Member | CourseGroup | None = submission.group or students.get(submission.user_id)
        if submission.baseline is None and who is None:
            continue
        key = submission.id if submission.baseline else submission.group_id or submission.user_id
        if key in best and (best[key][0].score or 0) >= (mark.score or 0):
            continue
        entry = Entry(
            place=0,
            name=submission.baseline or _name(who, named=named),
            score=mark.score or 0.0,
            baseline=submission.baseline is not None,
            own=submission.baseline is None and key == (mine.group_id or mine.user_id),
            arrived_at=submission.arrived_at,
        )
        best[key] = (mark, entry)
    return [entry for _, entry in best.values()]


def _name(who: Member | CourseGroup | None, *, named: bool) -> str:
    if who is None:
        return ""
    if not named:
        return who.pseudonym
    return who.name if isinstance(who, CourseGroup) else who.user.called


def _ranked(entries: Sequence[Entry]) -> list[Entry]:
    ordered = sorted(entries, key=lambda one: (-one.score, one.arrived_at))
    scores = [one.score for one in ordered]
    return [
        Entry(scores.index(one.score) + 1, one.name, one.score, one.baseline, one.own, one.arrived_at)
        for one in ordered
    ]
