"""Which submission counts for a student, and what it is worth; and the grades that follow from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.courses import dates, documents, marks, parties, passback, scores
from core.courses.marks import Mark
from core.tables import Assignment, Course, CourseGrade, Member, Submission, User


@dataclass(frozen=True)
class Standing:
    """What somebody has for an assignment.

    Attributes:
        submission: the one that counts; null where nothing was scored.
        score: 0 to 100, the penalty taken off.
        penalty: points, for `days_late`.
        days_late: how many days late it was.
    """

    submission: Submission | None = None
    score: float | None = None
    penalty: float = 0.0
    days_late: int = 0


@dataclass(frozen=True)
class Row:
    """A student in a list of grades: with what counts, and how much was handed in."""

    member: Member
    grade: CourseGrade | None
    submission: Submission | None
    submissions: int


def standing(session: Session, assignment: Assignment, user: User) -> Standing:
    """What the user has for the assignment."""
    terms = parties.terms(assignment)
    party = parties.of(session, assignment, user.id)
    handed_in = marks.all_of(session, assignment, terms, party.handed_in)
    return _counting(handed_in, terms, dates.for_user(session, assignment, user.id).due_at)


def worth(mark: Mark, terms: documents.Terms, due_at: datetime | None) -> Standing:
    """What one submission would be worth, if it counted."""
    if mark.score is None:
        return Standing()
    days = scores.days_late(mark.submission.arrived_at, due_at)
    off = scores.penalty(terms.penalty, days)
    return Standing(mark.submission, round(max(0.0, mark.score - off), 2), off, days)


def changed(session: Session, assignment: Assignment, user: User) -> CourseGrade | None:
    """Writes down what the student has for the assignment, if that changed; null if it did not.

    Whatever may change a grade ends here, and in the same transaction it goes on its way to the platforms.
    """
    values = {
        "assignment_id": assignment.id,
        "user_id": user.id,
        "penalty": 0.0,
        "changed_at": db.now(session),
    }
    key = {"assignment_id": assignment.id, "user_id": user.id}
    db.insert_or_nothing(session, CourseGrade, values)
    # Locked before it is reckoned: of two that change it at the same time, the second sees the first's.
    grade = session.get_one(CourseGrade, key, with_for_update=True, populate_existing=True)
    now = standing(session, assignment, user)
    known = (grade.submission_id, grade.score, grade.penalty)
    submission_id = now.submission.id if now.submission else None
    if known == (submission_id, now.score, now.penalty):
        return None
    grade.submission_id, grade.score, grade.penalty = submission_id, now.score, now.penalty
    grade.changed_at = db.now(session)
    session.flush()
    # One that was handed in before the one that counted so far is nothing new: ids are in the order of time.
    passback.tell(session, grade, handed_in=(submission_id or "") > (known[0] or ""))
    return grade


def changed_by(session: Session, submission: Submission) -> None:
    """The submission scored, or was chosen: whoever it counts for may have another grade."""
    for user in parties.students_of(session, submission):
        changed(session, submission.assignment, user)


def changed_for_all(session: Session, assignment: Assignment, users: Iterable[User] | None = None) -> None:
    """The assignment changed: so may the grades of all students, or of these."""
    if users is None:
        users = session.scalars(
            sa.select(User)
            .join(Member, Member.user_id == User.id)
            .where(Member.course_id == assignment.course_id, Member.role == "student")
            .where(User.id.in_(_concerned(assignment)))
            .order_by(User.id)
        ).all()
    for user in users:
        changed(session, assignment, user)


def changed_everywhere(session: Session, course: Course, users: Iterable[User]) -> None:
    """These students are of another group, or another role: so may be their grades of all assignments."""
    users = list(users)
    if not users:
        return
    query = sa.select(Assignment).where(Assignment.course_id == course.id).order_by(Assignment.id)
    for assignment in session.scalars(query).all():
        changed_for_all(session, assignment, users)


def page(
    session: Session,
    assignment: Assignment,
    *,
    after: str | None,
    limit: int,
    only: User | None = None,
) -> list[Row]:
    """The students by name, those that come after the name `after`, with their grades and what counts."""
    query = (
        sa.select(Member, CourseGrade, Submission)
        .join(Member.user)
        .outerjoin(
            CourseGrade,
            sa.and_(CourseGrade.user_id == Member.user_id, CourseGrade.assignment_id == assignment.id),
        )
        .outerjoin(Submission, Submission.id == CourseGrade.submission_id)
        .where(Member.course_id == assignment.course_id, Member.role == "student")
        .options(sa.orm.contains_eager(Member.user), sa.orm.joinedload(Member.group))
    )
    if after:
        query = query.where(User.name > after)
    if only is not None:
        query = query.where(User.id == only.id)
    found = session.execute(query.order_by(User.name).limit(limit))
    handed_in = _handed_in(session, assignment)
    return [
        Row(member, grade, submission, handed_in.get(_party(assignment, member), 0))
        for member, grade, submission in found
    ]


def _party(assignment: Assignment, member: Member) -> str:
    """For whom the member hands in: a group's id, or their own."""
    group_id = member.group_id if assignment.settings["groups"] else None
    return group_id or member.user_id


def _handed_in(session: Session, assignment: Assignment) -> dict[str, int]:
    """How many submissions there are by user, or by group."""
    party = sa.func.coalesce(Submission.group_id, Submission.user_id)
    query = sa.select(party, sa.func.count()).group_by(party)
    query = query.where(Submission.assignment_id == assignment.id, Submission.baseline.is_(None))
    return dict(session.execute(query).all())


def of_course(
    session: Session, course: Course, *, after: str | None, limit: int
) -> tuple[dict[str, str], list[tuple[str, dict[str, float | None]]]]:
    """The titles of the course's assignments by id; and for each student, by name, the scores by these."""
    ordered = sa.select(Assignment.id, Assignment.title).where(Assignment.course_id == course.id)
    titles: dict[str, str] = dict(session.execute(ordered.order_by(Assignment.id)).all())
    students = sa.select(User.id, User.name).join(Member, Member.user_id == User.id)
    students = students.where(Member.course_id == course.id, Member.role == "student")
    if after:
        students = students.where(User.name > after)
    found = session.execute(students.order_by(User.name).limit(limit)).all()
    kept = sa.select(CourseGrade).where(CourseGrade.assignment_id.in_(titles))
    kept = kept.where(CourseGrade.user_id.in_([user_id for user_id, _ in found]))
    scores: dict[str, dict[str, float | None]] = {}
    for grade in session.scalars(kept):
        scores.setdefault(grade.user_id, {})[grade.assignment_id] = grade.score
    return titles, [(name, scores.get(user_id, {})) for user_id, name in found]


def _concerned(assignment: Assignment) -> sa.Select[str]:
    """Who may have a grade: who handed in, their groups, and who had one."""
    senders = sa.select(Submission.user_id).where(Submission.assignment_id == assignment.id)
    groups = sa.select(Submission.group_id).where(Submission.assignment_id == assignment.id)
    grouped = sa.select(Member.user_id).where(
        Member.course_id == assignment.course_id, Member.group_id.in_(groups)
    )
    graded = sa.select(CourseGrade.user_id).where(CourseGrade.assignment_id == assignment.id)
    return sa.select(sa.union(senders, grouped, graded).subquery().c.user_id)


def _counting(handed_in: Sequence[Mark], terms: documents.Terms, due_at: datetime | None) -> Standing:
    scored = [(mark, worth(mark, terms, due_at)) for mark in handed_in if mark.score is not None]
    if not scored:
        return Standing()
    if terms.counts == "last":
        return scored[-1][1]
    chosen = [mark.submission for mark, _ in scored if mark.submission.chosen_at is not None]
    if terms.counts == "chosen" and chosen:
        latest = max(chosen, key=lambda one: (str(one.chosen_at), one.id))
        return next(found for mark, found in scored if mark.submission is latest)
    # The best; of two as good ones the first. Where nobody chose, that is the one to choose.
    return max((found for _, found in scored), key=lambda found: found.score or 0.0)
