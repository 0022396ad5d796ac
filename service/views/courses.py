"""Courses: who is in them, groups, and the grades of all assignments."""

from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from core.courses import course, documents, grades, groups, members
from core.errors import Fault
from service import answers, auth, bodies, parts, routes, tables_csv
from service import describing_courses as describing
from service.queries import PageQuery, Query

api = routes.blueprint("courses", "/v1/courses")


class CoursePath(BaseModel):
    """A course."""

    course: str = Field(description="Its id")


class MemberPath(CoursePath):
    """A member of a course."""

    user: str = Field(description="Their name")


class GroupPath(CoursePath):
    """A group of a course."""

    group: str = Field(description="Its id")


class NamesQuery(Query):
    """Which part of a list of people is wanted."""

    limit: int = Field(100, ge=1, le=1000, description="How many at most")
    after: str | None = Field(None, max_length=100, description="The name of the last user seen")


@api.post("")
def create() -> Response:
    """Make a course. Who makes it is its teacher."""
    user, document = auth.caller(), bodies.document()
    with parts.of_app().database.writing() as session:
        made = course.create(session, user, document)
        body = describing.course_of(session, user, made)
    return answers.json(body, 201, location=f"/v1/courses/{made.id}")


@api.get("")
def listed(query: PageQuery) -> Response:
    """List the courses that one is in, newest first."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        page = course.page(session, user, after=query.after, limit=query.limit + 1)
        return answers.page(page, query.limit, lambda row: describing.course_of(session, user, row))


@api.get("/<course>")
def show(path: CoursePath) -> Response:
    """Show a course."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        body = describing.course_of(session, user, course.find(session, user, path.course))
    return answers.json(body)


@api.patch("/<course>")
def change(path: CoursePath) -> Response:
    """Change a course's name or time zone."""
    user, document = auth.caller(), bodies.document()
    with parts.of_app().database.writing() as session:
        found = course.find_taught(session, user, path.course)
        course.change(found, document)
        body = describing.course_of(session, user, found)
    return answers.json(body)


@api.delete("/<course>")
def delete(path: CoursePath) -> Response:
    """Delete a course that has no assignments."""
    with parts.of_app().database.writing() as session:
        course.delete(session, course.find_taught(session, auth.caller(), path.course))
    return answers.nothing()


@api.get("/<course>/members")
def list_members(path: CoursePath, query: NamesQuery) -> Response:
    """List the members of a course by name (teachers only)."""
    with parts.of_app().database.reading() as session:
        found = course.find_taught(session, auth.caller(), path.course)
        page = members.page(session, found, after=query.after, limit=query.limit + 1)
        return answers.page(page, query.limit, describing.member)


@api.post("/<course>/members")
def add_member(path: CoursePath) -> Response:
    """Make a user a teacher or a student of a course, or another than they were."""
    document = bodies.document()
    _check_fields(document, "user", "role")
    with parts.of_app().database.writing() as session:
        found = course.find_taught(session, auth.caller(), path.course)
        user = members.by_name(session, document.get("user"))
        body = describing.member(members.put(session, found, user, str(document.get("role", "student"))))
    return answers.json(body, 201, location=f"/v1/courses/{found.id}/members")


@api.delete("/<course>/members/<user>")
def remove_member(path: MemberPath) -> Response:
    """Take somebody out of a course; what they handed in stays."""
    with parts.of_app().database.writing() as session:
        found = course.find_taught(session, auth.caller(), path.course)
        members.remove(session, members.find(session, found, path.user))
    return answers.nothing()


@api.get("/<course>/groups")
def list_groups(path: CoursePath, query: PageQuery) -> Response:
    """List the groups of a course, newest first (teachers only)."""
    with parts.of_app().database.reading() as session:
        found = course.find_taught(session, auth.caller(), path.course)
        page = groups.page(session, found, after=query.after, limit=query.limit + 1)
        return answers.page(page, query.limit, describing.group)


@api.post("/<course>/groups")
def add_group(path: CoursePath) -> Response:
    """Make a group of students, who leave the groups that they were in."""
    document = bodies.document()
    _check_fields(document, "name", "members")
    with parts.of_app().database.writing() as session:
        found = course.find_taught(session, auth.caller(), path.course)
        made = groups.create(session, found, document.get("name"), document.get("members", []))
        body = describing.group(made)
    return answers.json(body, 201, location=f"/v1/courses/{found.id}/groups")


@api.patch("/<course>/groups/<group>")
def change_group(path: GroupPath) -> Response:
    """Change a group's name, or who is in it; grades follow."""
    document = bodies.document()
    _check_fields(document, "name", "members")
    with parts.of_app().database.writing() as session:
        found = course.find_taught(session, auth.caller(), path.course)
        changed = groups.find(session, found, path.group)
        if "name" in document:
            groups.rename(session, changed, document["name"])
        if "members" in document:
            groups.fill(session, found, changed, document["members"])
        body = describing.group(changed)
    return answers.json(body)


@api.delete("/<course>/groups/<group>")
def delete_group(path: GroupPath) -> Response:
    """Delete a group that handed in nothing."""
    with parts.of_app().database.writing() as session:
        found = course.find_taught(session, auth.caller(), path.course)
        groups.delete(session, found, groups.find(session, found, path.group))
    return answers.nothing()


@api.get("/<course>/grades")
def list_grades(path: CoursePath, query: NamesQuery) -> Response:
    """List the scores of all students for all assignments; as a table with `Accept: text/csv`."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        found = course.find_taught(session, user, path.course)
        titles, page = grades.of_course(session, found, after=query.after, limit=query.limit + 1)
    if tables_csv.wanted():
        rows = [[name, *(scores.get(one) for one in titles)] for name, scores in page[: query.limit]]
        return tables_csv.answer(found.id, ["user", *titles.values()], rows)
    return answers.page(
        page, query.limit, lambda one: {"object": "course_grades", "user": one[0], "scores": one[1]}
    )


def _check_fields(document: dict[str, Any], *known: str) -> None:
    faults = [
        Fault(f"#/{name[:60]}", f"there is no {name[:60]!r} here: there is {' and '.join(known)}")
        for name in document
        if name not in known
    ]
    if faults:
        raise documents.invalid(*faults)
