"""Assignments: making, finding, changing and deleting them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from core import db
from core.artifacts import Artifacts
from core.courses import course, documents, exercises, grades, parties, splitting
from core.courses.splitting import Divided
from core.datasets import catalogue
from core.errors import ConflictError, Fault, ForbiddenError, NotFoundError
from core.tables import Assignment, Course, Dataset, Member, Submission, User

# Of the name of a data set that a course sees: the rest is the assignment's own.
LONGEST_NAME = 36
# What a change may say that takes another division of the rows.
DIVIDING = ("hidden", "split_seed")


@dataclass(frozen=True)
class Plan:
    """An assignment that could be made: what was asked for, and of which data set it is."""

    ordered: documents.Ordered
    asked: documents.Assignment
    baselines: tuple[documents.Baseline, ...]
    source: Dataset


def plan(session: Session, user: User, document: dict[str, Any]) -> Plan:
    """What a document asks for, checked.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    ordered = documents.read(
        documents.Ordered, {key: document[key] for key in documents.Ordered.model_fields if key in document}
    )
    told = {key: document[key] for key in document if key not in documents.Ordered.model_fields}
    _check_course(session, user, ordered.course)
    if (ordered.dataset is None) == (ordered.exercise is None):
        raise documents.invalid(Fault("#/dataset", "Either a dataset is needed, or an exercise."))
    name, baselines = ordered.dataset or "", ordered.baselines or ()
    if ordered.exercise is not None:
        exercise = exercises.find(ordered.exercise)
        told = exercise.assignment | told
        name = exercise.dataset
        if ordered.baselines is None:
            baselines = (exercise.baseline,)
    asked = documents.read(documents.Assignment, told)
    source = _source(session, user, name, "exercise" if ordered.exercise else "dataset")
    splitting.check(source, asked.metric.name)
    return Plan(ordered, asked, baselines, source)


def create(session: Session, user: User, made: Plan, divided: Divided) -> Assignment:
    """A new assignment, and the data set that its course sees."""
    at, asked = db.now(session), made.asked
    assignment_id = db.new_id("asg")
    # Locked: it cannot be deleted meanwhile.
    if not catalogue.hold(session, made.source.id):
        raise ConflictError("The data set was just deleted.")
    shared = Dataset(
        owner_id=made.source.owner_id,
        name=f"{made.source.name[:LONGEST_NAME]}.{assignment_id[4:]}",
        format=made.source.format,
        bytes=made.source.bytes,
        sha256=divided.shared_sha256,
        options={},
        description=divided.description,
        class_counts=made.source.class_counts,
        artifacts=divided.artifacts,
        created_at=at,
    )
    session.add(shared)
    session.flush()
    assignment = Assignment(
        id=assignment_id,
        course_id=made.ordered.course,
        author_id=user.id,
        dataset_id=shared.id,
        source_id=made.source.id,
        exercise=made.ordered.exercise,
        title=asked.title,
        text=asked.text,
        due_at=asked.due_at,
        lock_at=asked.lock_at,
        settings=asked.terms,
        hidden=divided.hidden,
        split_sha256=divided.sha256,
        created_at=at,
        updated_at=at,
    )
    session.add(assignment)
    session.flush()
    return assignment


def find(session: Session, user: User, assignment_id: str) -> Assignment:
    """An assignment of a course that the user is in.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    assignment = session.get(
        Assignment, assignment_id, options=[joinedload(Assignment.course), joinedload(Assignment.dataset)]
    )
    if assignment is None or course.role(session, user, assignment.course_id) is None:
        raise NotFoundError(f"There is no assignment {assignment_id!r}.")
    return assignment


def find_taught(session: Session, user: User, assignment_id: str) -> Assignment:
    """An assignment of a course that the user teaches.

    Raises:
        NotFoundError: there is none that the user may see.
        ForbiddenError: the user is no teacher there.
    """
    assignment = find(session, user, assignment_id)
    if not course.teaches(session, user, assignment.course_id):
        raise ForbiddenError("This takes a teacher of the course.")
    return assignment


def page(
    session: Session, user: User, *, after: str | None, limit: int, course_id: str | None = None
) -> Sequence[Assignment]:
    """The assignments of the user's courses, or of one, newest first, below the id `after`."""
    query = sa.select(Assignment).order_by(Assignment.id.desc()).limit(limit)
    query = query.options(joinedload(Assignment.course), joinedload(Assignment.dataset))
    if user.role != "admin":
        own = sa.select(Member.course_id).where(Member.user_id == user.id)
        query = query.where(Assignment.course_id.in_(own))
    if course_id:
        query = query.where(Assignment.course_id == course_id)
    if after:
        query = query.where(Assignment.id < after)
    return session.scalars(query).all()


def of_course(session: Session, own: Course) -> Sequence[Assignment]:
    """All assignments of a course, oldest first."""
    query = sa.select(Assignment).where(Assignment.course_id == own.id).order_by(Assignment.id)
    return session.scalars(query).all()


def revise(session: Session, assignment: Assignment, document: dict[str, Any]) -> documents.Assignment:
    """What the assignment would be with what the document has.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    fixed = [
        Fault(f"#/{name}", f"{name} is not changed: make another assignment.")
        for name in documents.Ordered.model_fields
        if name in document
    ]
    if fixed:
        raise documents.invalid(*fixed)
    told = {"title": assignment.title, "text": assignment.text}
    dated = {"due_at": assignment.due_at, "lock_at": assignment.lock_at}
    asked = documents.read(documents.Assignment, {**assignment.settings, **told, **dated, **document})
    splitting.check(
        session.get_one(Dataset, assignment.source_id or assignment.dataset_id), asked.metric.name
    )
    return asked


def source_to_divide(session: Session, assignment: Assignment, asked: documents.Assignment) -> Dataset | None:
    """The data set to divide anew, if that is asked for.

    Raises:
        ConflictError: it is gone.
    """
    terms = parties.terms(assignment)
    if all(getattr(terms, name) == getattr(asked, name) for name in DIVIDING):
        return None
    if assignment.source_id is None:
        raise ConflictError("The data set that the rows came from was deleted: they stay as they are.")
    return session.get_one(Dataset, assignment.source_id)


def change(
    session: Session, assignment: Assignment, asked: documents.Assignment, divided: Divided | None
) -> None:
    """Changes the assignment, and the grades that this changes.

    Rows that were divided anew count for what is scored from now on: see `core.courses.regrading`.
    """
    assignment.title, assignment.text, assignment.settings = asked.title, asked.text, asked.terms
    assignment.due_at, assignment.lock_at = asked.due_at, asked.lock_at
    assignment.updated_at = db.now(session)
    if divided:
        shared = assignment.dataset
        shared.artifacts, shared.description = divided.artifacts, divided.description
        shared.sha256, assignment.split_sha256 = divided.shared_sha256, divided.sha256
        assignment.hidden = divided.hidden
    session.flush()
    grades.changed_for_all(session, assignment)


def delete(session: Session, assignment: Assignment) -> None:
    """Removes an assignment that no student handed anything in for.

    Raises:
        ConflictError: one did, or an entry of the teacher's still runs.
    """
    session.scalar(sa.select(Assignment.id).where(Assignment.id == assignment.id).with_for_update())
    query = sa.select(Submission).where(Submission.assignment_id == assignment.id)
    found = session.scalars(query).all()
    teachers = sa.select(Member.user_id).where(
        Member.course_id == assignment.course_id, Member.role == "teacher"
    )
    own = set(session.scalars(teachers))
    if any(submission.baseline is None and submission.user_id not in own for submission in found):
        raise ConflictError("Something was handed in for this assignment, which stays.")
    for submission in found:
        session.delete(submission)
    shared = assignment.dataset
    session.delete(assignment)
    session.flush()
    catalogue.delete(session, shared)


def divide(store: Artifacts, source: Dataset, asked: documents.Terms, folder: Path) -> Divided:
    """The rows to test on, divided as is asked for."""
    return splitting.divide(store, source, asked.hidden, asked.split_seed, folder)


def _check_course(session: Session, user: User, course_id: str) -> None:
    try:
        course.find_taught(session, user, course_id)
    except NotFoundError as error:
        raise documents.invalid(Fault("#/course", error.detail)) from error


def _source(session: Session, user: User, name: str, field: str) -> Dataset:
    """The teacher's own data set: what is only shared with them is not theirs to give to others."""
    try:
        return catalogue.find_own(session, user, name)
    except (NotFoundError, ForbiddenError) as error:
        hint = " Its exercise needs it: `fittingroom samples add exercises`." if field == "exercise" else ""
        raise documents.invalid(Fault(f"#/{field}", error.detail + hint)) from error
