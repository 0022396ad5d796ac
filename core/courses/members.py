"""Who is in a course."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from core import db
from core.courses import documents, grades, pseudonyms
from core.errors import ConflictError, Fault, NotFoundError
from core.tables import COURSE_ROLES, Course, Member, User


def put(session: Session, course: Course, user: User, role: str) -> Member:
    """Makes the user a teacher or a student of the course, or another than they were.

    Raises:
        InvalidRequestError: there is no such role.
        ConflictError: nobody would teach the course any more.
    """
    if role not in COURSE_ROLES:
        raise documents.invalid(Fault("#/role", f"A role is {' or '.join(COURSE_ROLES)}."))
    values = {
        "course_id": course.id,
        "user_id": user.id,
        "role": role,
        "pseudonym": pseudonyms.draw(),
        "added_at": db.now(session),
    }
    made = db.insert_or_nothing(session, Member, values)
    member = session.get_one(Member, (course.id, user.id), with_for_update=True)
    if not made and member.role != role:
        if role == "student":
            _keep_a_teacher(session, member)
        member.role = role
        session.flush()
        grades.changed_everywhere(session, course, [user])
    return member


def by_name(session: Session, name: object, pointer: str = "#/user") -> User:
    """The user of that name, who must be there.

    Raises:
        InvalidRequestError: there is nobody of that name.
    """
    user = session.scalar(sa.select(User).where(User.name == name)) if isinstance(name, str) else None
    if user is None:
        detail = "Give the name of a user who is there: an administrator makes one by making a token for it."
        raise documents.invalid(Fault(pointer, detail))
    return user


def find(session: Session, course: Course, name: str) -> Member:
    """The member of that name.

    Raises:
        NotFoundError: nobody of that name is in the course.
    """
    query = sa.select(Member).join(Member.user).where(Member.course_id == course.id, User.name == name)
    member = session.scalar(query.options(joinedload(Member.user)))
    if member is None:
        raise NotFoundError(f"Nobody called {name!r} is in this course.")
    return member


def page(session: Session, course: Course, *, after: str | None, limit: int) -> Sequence[Member]:
    """The members by name, those that come after the name `after`."""
    query = sa.select(Member).join(Member.user).where(Member.course_id == course.id)
    query = query.options(joinedload(Member.user), joinedload(Member.group))
    if after:
        query = query.where(User.name > after)
    return session.scalars(query.order_by(User.name).limit(limit)).all()


def students(session: Session, course_id: str) -> list[Member]:
    """The students, by name."""
    query = sa.select(Member).join(Member.user)
    query = query.where(Member.course_id == course_id, Member.role == "student")
    return list(session.scalars(query.options(joinedload(Member.user)).order_by(User.name)))


def remove(session: Session, member: Member) -> None:
    """Takes somebody out of the course; what they handed in stays.

    Raises:
        ConflictError: nobody would teach the course any more.
    """
    _keep_a_teacher(session, member)
    session.delete(member)


def _keep_a_teacher(session: Session, member: Member) -> None:
    if member.role != "teacher":
        return
    # Locked: of two teachers who remove one another, one stays.
    session.scalar(sa.select(Course.id).where(Course.id == member.course_id).with_for_update())
    query = sa.select(sa.func.count()).where(Member.course_id == member.course_id, Member.role == "teacher")
    if (session.scalar(query) or 0) < 2:
        raise ConflictError("This is the only teacher of the course: make another one first.")
