"""Who is in a course, and its groups, for its teachers."""

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import groups, members
from core.errors import FittingRoomError
from core.lti import places
from core.tables import Course, CourseGroup, Member
from service import auth, parts
from service import describing_courses as describing
from service.pages import forms, site
from service.pages.site import pages
from service.pages.teaching import given, taught
from service.views import passback

# As many people stand on a page.
PEOPLE = 200
MOST_GROUPS = 1000


@pages.get("/courses/<course_id>/people")
def people(course_id: str) -> Response:
    """Who is in the course, and the groups."""
    return _people(course_id)


@pages.post("/courses/<course_id>/people")
def add_member(course_id: str) -> Response:
    """Makes a user a teacher or a student, or another than they were."""
    asked = given("user", "role")
    try:
        with parts.of_app().database.writing() as session:
            found = taught(session, course_id)
            members.put(session, found, members.by_name(session, asked["user"]), asked["role"])
    except forms.REFUSED as error:
        return _people(course_id, asked, error)
    return site.go("pages.people", course_id=course_id)


@pages.post("/courses/<course_id>/people/remove")
def remove_member(course_id: str) -> Response:
    """Takes somebody out; what they handed in stays."""
    with parts.of_app().database.writing() as session:
        found = taught(session, course_id)
        members.remove(session, members.find(session, found, request.form.get("user", "")))
    return site.go("pages.people", course_id=course_id)


@pages.post("/courses/<course_id>/roster")
def bring_in_roster(course_id: str) -> Response:
    """Brings in everybody whom the learning platform lists."""
    passback.bring_in(auth.caller(), course_id)
    return site.go("pages.people", course_id=course_id)


@pages.post("/courses/<course_id>/groups")
def make_group(course_id: str) -> Response:
    """Makes a group; who is in it is said on its own page."""
    asked = {"group": request.form.get("name", "").strip()}
    try:
        with parts.of_app().database.writing() as session:
            made = groups.create(session, taught(session, course_id), asked["group"], []).id
    except forms.REFUSED as error:
        return _people(course_id, asked, error)
    return site.go("pages.group", course_id=course_id, group_id=made)


@pages.get("/courses/<course_id>/groups/<group_id>")
def group(course_id: str, group_id: str) -> Response:
    """A group's name, and who is in it."""
    return _group(course_id, group_id)


@pages.post("/courses/<course_id>/groups/<group_id>")
def change_group(course_id: str, group_id: str) -> Response:
    """Changes them; grades follow."""
    name, wanted = request.form.get("name", "").strip(), request.form.getlist("members")
    try:
        with parts.of_app().database.writing() as session:
            found = taught(session, course_id)
            changed = groups.find(session, found, group_id)
            groups.rename(session, changed, name)
            groups.fill(session, found, changed, wanted)
    except forms.REFUSED as error:
        return _group(course_id, group_id, error)
    return site.go("pages.people", course_id=course_id)


@pages.post("/courses/<course_id>/groups/<group_id>/delete")
def delete_group(course_id: str, group_id: str) -> Response:
    """Deletes a group that handed in nothing."""
    with parts.of_app().database.writing() as session:
        found = taught(session, course_id)
        groups.delete(session, found, groups.find(session, found, group_id))
    return site.go("pages.people", course_id=course_id)


def _people(
    course_id: str, shown: dict[str, Any] | None = None, error: FittingRoomError | None = None
) -> Response:
    after = request.args.get("after", "")[:100]
    wrong = forms.refusal(error, ("user", "role", "group")) if error else forms.NONE
    if error and shown and "group" in shown:
        # What the API calls the name of a group is not the name of a user.
        wrong = forms.Refusal(wrong.status, wrong.detail, {"group": [error.detail]})
    with parts.of_app().database.reading() as session:
        found = taught(session, course_id)
        page = members.page(session, found, after=after or None, limit=PEOPLE + 1)
        return site.show(
            "courses/teach_people.html",
            wrong.status,
            course=found,
            people=[_person(one) for one in page[:PEOPLE]],
            more=len(page) > PEOPLE,
            after=after,
            groups=[_grouped(one.id, one.name, one.members) for one in _groups(session, found)],
            platforms=len(places.of_course(session, found.id)),
            given=shown or {},
            wrong=wrong,
        )


def _group(course_id: str, group_id: str, error: FittingRoomError | None = None) -> Response:
    wrong = forms.refusal(error, ("name", "members")) if error else forms.NONE
    with parts.of_app().database.reading() as session:
        found = taught(session, course_id)
        shown = groups.find(session, found, group_id)
        names = {one.id: one.name for one in _groups(session, found)}
        students = [
            _person(one) | {"in": one.group_id == shown.id, "group": names.get(one.group_id or "")}
            for one in members.students(session, found.id)
        ]
        return site.show(
            "courses/teach_group.html",
            wrong.status,
            course=found,
            group=describing.group(shown),
            students=students,
            wrong=wrong,
        )


def _person(one: Member) -> dict[str, Any]:
    told = describing.member(one)
    return told | {"called": one.user.called, "group": one.group.name if one.group else None}


def _grouped(group_id: str, name: str, people: list[Member]) -> dict[str, Any]:
    return {"id": group_id, "name": name, "members": sorted(one.user.called for one in people)}


def _groups(session: Session, found: Course) -> list[CourseGroup]:
    page = groups.page(session, found, after=None, limit=MOST_GROUPS)
    return sorted(page, key=lambda one: one.name)
