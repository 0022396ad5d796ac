"""One student of an assignment, for its teachers: the runs, comments, and what is allowed beyond others."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import extensions, parties, submissions
from core.errors import FittingRoomError, NotFoundError
from core.tables import Assignment, CourseGroup, Member, Submission, User
from service import auth, parts
from service import describing_courses as describing
from service.pages import assignment_form, clock, figures, forms, site, telling
from service.pages.building import written
from service.pages.classes import extension, taught
from service.pages.site import pages
from service.views import passback as deliveries
from service.views import submissions as api

RUNS = 20
DATES = ("due_at", "lock_at")


@pages.get("/assignments/<assignment_id>/students")
def student(assignment_id: str) -> Response:
    """All that one student handed in, and what they are allowed: `?name=`, as a name may have any letters."""
    return _student(assignment_id, request.args.get("name", ""))


@pages.post("/assignments/<assignment_id>/extensions")
def put_extension(assignment_id: str) -> Response:
    """Allows a student more, or their group."""
    name, group = (request.form.get(field, "") for field in ("student", "group"))
    try:
        with parts.of_app().database.writing() as session:
            found = taught(session, assignment_id)
            whom = {"group": group} if group else {"user": name}
            extensions.put(session, found, whom | _allowed(found.course.timezone))
    except forms.REFUSED as error:
        return _student(assignment_id, name, error)
    return site.go("pages.student", assignment_id=assignment_id, name=name)


@pages.post("/assignments/<assignment_id>/extensions/<extension_id>/delete")
def delete_extension(assignment_id: str, extension_id: str) -> Response:
    """Takes an extension back."""
    with parts.of_app().database.writing() as session:
        found = taught(session, assignment_id)
        extensions.delete(session, found, extensions.find(session, found, extension_id))
    if name := request.form.get("student"):
        return site.go("pages.student", assignment_id=assignment_id, name=name)
    return site.go("pages.class_of", assignment_id=assignment_id)


@pages.post("/assignments/<assignment_id>/comments/<submission>")
def comment_on(assignment_id: str, submission: str) -> Response:
    """Says something of a submission to who handed it in."""
    text = request.form.get("comment", "").strip().replace("\r\n", "\n")
    api.say(auth.caller(), submission, {"comment": text or None})
    if request.form.get("back") == "submission":
        return site.go("pages.submission", submission=submission)
    name = request.form.get("student", "")
    return site.go("pages.student", assignment_id=assignment_id, name=name, _anchor=submission)


def _student(assignment_id: str, name: str, error: FittingRoomError | None = None) -> Response:
    wrong = forms.refusal(error, (*DATES, "attempts")) if error else forms.NONE
    after = request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        found = taught(session, assignment_id)
        user = _member(session, found, name)
        page = submissions.page(session, auth.caller(), found, after=after or None, limit=RUNS + 1, of=user)
        runs = [describing.submission(session, auth.caller(), one) for one in page[:RUNS]]
        own = [extension(one) for one in parties.extensions(session, found, user.id)]
        return site.show(
            "assignments/teach_student.html",
            wrong.status,
            assignment=describing.assignment_briefly(found),
            course=found.course,
            student=user,
            runs=runs,
            alike=_owners(session, runs),
            more=len(page) > RUNS,
            after=after,
            extensions=own,
            given=request.form if error else _shown(own, found.course.timezone),
            wrong=wrong,
            written=written,
            clock=clock,
            figures=figures,
            telling=telling,
            **_standing(session, found, user),
        )


def _standing(session: Session, found: Assignment, user: User) -> dict[str, Any]:
    """How the assignment stands for the student, and what platforms have of it."""
    told = [one for one in deliveries.told(session, found)["data"] if one["user"] == user.name]
    mine = describing.standing(session, user, found, datetime.now(UTC))
    member = session.get_one(Member, (found.course_id, user.id)) if _is_in(session, found, user) else None
    group = session.get(CourseGroup, member.group_id) if member and member.group_id else None
    return {"mine": mine, "group": group, "deliveries": told, "present": member is not None}


def _owners(session: Session, runs: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Of submissions that mean the same as one of these: whose each is, by its id."""
    ids = {other for one in runs for other in one["teacher"]["same_spec"]}
    rows = session.scalars(sa.select(Submission).where(Submission.id.in_(ids)))
    return {one.id: {"user": one.user.name, "called": one.user.called} for one in rows}


def _shown(own: list[dict[str, Any]], zone: str) -> dict[str, str]:
    """The student's own extension, as the form has it."""
    for one in own:
        if one["user"]:
            dates = {name: clock.written(one[name], zone) for name in DATES}
            return dates | {"attempts": str(one["attempts"] or "")}
    return {}


def _allowed(zone: str) -> dict[str, Any]:
    """What the form allows, for the API."""
    dates = {name: clock.read(request.form.get(name, "").strip(), zone) for name in DATES}
    attempts = request.form.get("attempts", "").strip()
    return dates | {"attempts": assignment_form.whole(attempts) if attempts else 0}


def _member(session: Session, found: Assignment, name: str) -> User:
    """Somebody who is in the course, or was and handed something in.

    Raises:
        NotFoundError: there is nobody like that.
    """
    user = session.scalar(sa.select(User).where(User.name == name))
    if user is None or not (_is_in(session, found, user) or _handed_in(session, found, user)):
        raise NotFoundError(f"Nobody called {name!r} is in this course.")
    return user


def _is_in(session: Session, found: Assignment, user: User) -> bool:
    return session.get(Member, (found.course_id, user.id)) is not None


def _handed_in(session: Session, found: Assignment, user: User) -> bool:
    query = sa.select(Submission.id).where(Submission.assignment_id == found.id)
    return session.scalar(query.where(Submission.user_id == user.id).limit(1)) is not None
