"""Who comes from a learning platform: to which course, as what, and to which of its assignments.

A platform's course is bound to one of ours at the first launch of somebody who teaches it; a link is bound to
the assignment that a teacher chose for it. What somebody is in the course the platform says, each time.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.courses import course, members, passback
from core.errors import ConflictError
from core.lti import people
from core.lti.launch import Launch, Person, Role
from core.tables import Assignment, Course, LtiContext, LtiLink, User

# The member of a link's `custom` that names its assignment.
CUSTOM = "assignment"
MOST_NAME = 200


@dataclass(frozen=True)
class Arrival:
    """Where somebody has come to; no course if no teacher came before, no assignment if none is chosen."""

    user: User
    course: Course | None
    assignment: Assignment | None


@dataclass(frozen=True)
class Enrolled:
    """Somebody on a platform's roster."""

    person: Person
    role: Role


def arrive(
    session: Session, launch: Launch, user: User, context: LtiContext | None, link: LtiLink | None
) -> Arrival:
    """Brings somebody who was launched into their course, and finds what they came for."""
    bound = _bound(session, link)
    own = _course(session, launch, user, context, bound)
    if own is None:
        return Arrival(user, None, None)
    enrol(session, own, user, launch.role)
    assignment = _assignment(session, launch, link, own, bound)
    if link is not None and assignment is not None:
        # They may have a grade from before they came by this link.
        passback.tell_all(session, link, user.id)
    return Arrival(user, own, assignment)


def bind(session: Session, link: LtiLink, assignment: Assignment) -> None:
    """The link leads to that assignment from now on."""
    link.assignment_id = assignment.id
    session.flush()
    passback.tell_all(session, link)


def enrol(session: Session, own: Course, user: User, role: Role) -> None:
    """Makes the user in the course what the platform says that they are."""
    # The course's only teacher stays one: somebody must be able to change it.
    with suppress(ConflictError):
        members.put(session, own, user, role)


def enrol_all(session: Session, own: Course, enrolled: Iterable[Enrolled]) -> int:
    """Brings in all of a roster, those who never came here too; how many there were."""
    count = 0
    for one in enrolled:
        enrol(session, own, people.sign_in(session, one.person), one.role)
        count += 1
    return count


def _bound(session: Session, link: LtiLink | None) -> Assignment | None:
    if link is None or link.assignment_id is None:
        return None
    return session.get(Assignment, link.assignment_id)


def _course(
    session: Session, launch: Launch, user: User, context: LtiContext | None, assignment: Assignment | None
) -> Course | None:
    if context is None:
        # A launch from no course, by a link that was chosen in one.
        return assignment.course if assignment else None
    known = session.get(Course, context.course_id) if context.course_id else None
    if known is None and launch.is_teacher:
        # Locked: of two teachers who come first at the same time, one makes the course. And written before:
        # what was just noted of the context would be forgotten.
        session.flush()
        session.refresh(context, with_for_update=True)
        known = session.get(Course, context.course_id) if context.course_id else None
        if known is None:
            known = course.create(session, user, {"name": _name(context), "timezone": "UTC"})
            context.course_id = known.id
    return known


def _name(context: LtiContext) -> str:
    """What our course is called: as the platform's, cut to what is one's own to write."""
    return (context.title or "").strip()[:MOST_NAME].strip() or "Course"


def _assignment(
    session: Session, launch: Launch, link: LtiLink | None, own: Course, bound: Assignment | None
) -> Assignment | None:
    """What the link leads to.

    What it was made for by Deep Linking goes before what it is bound to: a teacher may choose again. Either
    is of this very course, or is nothing: links are copied into other courses with all that they say.
    """
    if link is None:
        return None
    query = sa.select(Assignment).where(
        Assignment.id == launch.custom.get(CUSTOM), Assignment.course_id == own.id
    )
    chosen = session.scalar(query)
    if chosen is not None and chosen.id != link.assignment_id:
        bind(session, link, chosen)
    return chosen or (bound if bound is not None and bound.course_id == own.id else None)
