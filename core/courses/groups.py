"""Students who hand in together."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from core.courses import documents, grades, pseudonyms
from core.errors import ConflictError, Fault, NotFoundError, pointer
from core.tables import Course, CourseGroup, Member, Submission, User

MOST_NAME_CHARACTERS = 100


def create(session: Session, course: Course, name: object, names: object) -> CourseGroup:
    """A new group of students by their names, who leave the groups that they were in.

    Raises:
        InvalidRequestError: it cannot be called so, or somebody is no student of the course.
        ConflictError: there is a group of that name.
    """
    group = CourseGroup(course_id=course.id, name=_name(name), pseudonym=pseudonyms.draw())
    session.add(group)
    _flush(session, group)
    fill(session, course, group, names)
    return group


def find(session: Session, course: Course, group_id: str) -> CourseGroup:
    """A group of the course.

    Raises:
        NotFoundError: there is none.
    """
    group = session.get(CourseGroup, group_id)
    if group is None or group.course_id != course.id:
        raise NotFoundError(f"There is no group {group_id!r} in this course.")
    return group


def page(session: Session, course: Course, *, after: str | None, limit: int) -> Sequence[CourseGroup]:
    """The groups, newest first, below the id `after`."""
    query = sa.select(CourseGroup).where(CourseGroup.course_id == course.id)
    query = query.options(selectinload(CourseGroup.members).joinedload(Member.user))
    if after:
        query = query.where(CourseGroup.id < after)
    return session.scalars(query.order_by(CourseGroup.id.desc()).limit(limit)).all()


def rename(session: Session, group: CourseGroup, name: object) -> None:
    """Gives the group another name.

    Raises:
        InvalidRequestError: it cannot be called so.
        ConflictError: there is a group of that name.
    """
    group.name = _name(name)
    _flush(session, group)


def fill(session: Session, course: Course, group: CourseGroup, names: object) -> None:
    """Makes these students, by name, and no others the group; what changes their grades is told.

    Raises:
        InvalidRequestError: somebody is no student of the course.
    """
    wanted = _students(session, course, names)
    query = sa.select(Member).where(Member.course_id == course.id, Member.group_id == group.id)
    former = {member.user_id: member for member in session.scalars(query)}
    for user_id in former.keys() - wanted.keys():
        former[user_id].group_id = None
    for user_id in wanted.keys() - former.keys():
        wanted[user_id].group_id = group.id
    session.flush()
    session.expire(group, ["members"])
    moved = former.keys() ^ wanted.keys()
    grades.changed_everywhere(session, course, _users(session, moved))


def delete(session: Session, course: Course, group: CourseGroup) -> None:
    """Removes a group that handed in nothing.

    Raises:
        ConflictError: it did.
    """
    if session.scalar(sa.select(Submission.id).where(Submission.group_id == group.id).limit(1)):
        raise ConflictError("The group handed something in, which stays: take its members out instead.")
    fill(session, course, group, [])
    session.delete(group)


def _students(session: Session, course: Course, names: object) -> dict[str, Member]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise documents.invalid(Fault("#/members", "members must be a list of names"))
    query = sa.select(Member, User.name).join(Member.user)
    query = query.where(Member.course_id == course.id, Member.role == "student", User.name.in_(names))
    found = {name: member for member, name in session.execute(query)}
    faults = [
        Fault(pointer("members", place), f"{name!r} is no student of this course")
        for place, name in enumerate(names)
        if name not in found
    ]
    if faults:
        raise documents.invalid(*faults)
    return {member.user_id: member for member in found.values()}


def _users(session: Session, ids: Iterable[str]) -> list[User]:
    return list(session.scalars(sa.select(User).where(User.id.in_(sorted(ids))).order_by(User.id)))


def _name(name: object) -> str:
    if isinstance(name, str) and 0 < len(name.strip()) <= MOST_NAME_CHARACTERS and name.isprintable():
        return name.strip()
    raise documents.invalid(Fault("#/name", f"A name is 1 to {MOST_NAME_CHARACTERS} printable characters."))


def _flush(session: Session, group: CourseGroup) -> None:
    name = group.name
    try:
        session.flush()
    except sa.exc.IntegrityError:
        raise ConflictError(f"There is a group {name!r} in this course already.") from None
