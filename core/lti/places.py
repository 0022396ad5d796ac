"""Where a launch came from: the platform's course, and the link in it.

Each row has a place for what it stands for here, a course or an assignment, which is theirs to fill whose
courses and assignments they are.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from core import db
from core.lti.launch import Launch
from core.tables import LtiContext, LtiLink

Row = TypeVar("Row", LtiContext, LtiLink)


def remember(session: Session, launch: Launch) -> tuple[LtiContext | None, LtiLink | None]:
    """The course and the link of a launch, made at their first; what is told of them is brought up to date.

    A launch may be from no course; and one that is to choose something is from no link yet.
    """
    context = _context(session, launch)
    return context, _link(session, launch, context)


def of_course(session: Session, course_id: str) -> Sequence[LtiContext]:
    """The platforms' courses that are bound to a course of ours, with their registrations."""
    query = sa.select(LtiContext).where(LtiContext.course_id == course_id).order_by(LtiContext.id)
    return session.scalars(query.options(joinedload(LtiContext.registration))).all()


def _context(session: Session, launch: Launch) -> LtiContext | None:
    if launch.context is None:
        return None
    row = _row(session, LtiContext, _of(launch) | {"context_id": launch.context.id}, {})
    row.title = launch.context.title or row.title
    row.memberships_url = launch.memberships_url or row.memberships_url
    row.seen_at = db.now(session)
    return row


def _link(session: Session, launch: Launch, context: LtiContext | None) -> LtiLink | None:
    if launch.link is None:
        return None
    key = _of(launch) | {"resource_link_id": launch.link.id}
    row = _row(session, LtiLink, key, {"lineitem_found": False, "scopes": []})
    row.title = launch.link.title or row.title
    row.context_row = context.id if context else row.context_row
    row.seen_at = db.now(session)
    if launch.grades is not None:
        row.scopes = list(launch.grades.scopes)
        row.lineitems_url = launch.grades.lineitems or row.lineitems_url
        if launch.grades.lineitem is not None:
            row.lineitem_url, row.lineitem_found = launch.grades.lineitem, False
    return row


def _of(launch: Launch) -> dict[str, Any]:
    return {"registration_id": launch.registration_id, "deployment_id": launch.deployment_id}


def _row(session: Session, table: type[Row], key: dict[str, Any], more: dict[str, Any]) -> Row:
    query = sa.select(table).filter_by(**key)
    found = session.scalar(query)
    if found is not None:
        return found
    prefix = "ctx" if table is LtiContext else "lnk"
    values = {"id": db.new_id(prefix), "seen_at": db.now(session), **key, **more}
    db.insert_or_nothing(session, table, values)
    return session.scalars(query).one()
