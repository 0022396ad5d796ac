"""Courses, members and groups over HTTP."""

import pytest

from tests.service.classroom import Classroom
from tests.service.houses import House


@pytest.fixture
def room(house: House) -> Classroom:
    return Classroom(house)


def test_who_makes_a_course_teaches_it_and_strangers_do_not_see_it(room: Classroom) -> None:
    shown = room.get(f"/v1/courses/{room.course}")
    assert (shown["name"], shown["role"], shown["timezone"]) == ("Learning", "teacher", "UTC")
    assert room.get(f"/v1/courses/{room.course}", by="bob")["role"] == "student"
    assert room.get(f"/v1/courses/{room.course}", by="root")["role"] == "teacher"
    assert room.ask("GET", f"/v1/courses/{room.course}", by="dora").status_code == 404
    assert room.get("/v1/courses", by="dora")["data"] == []
    assert [one["id"] for one in room.get("/v1/courses", by="carl")["data"]] == [room.course]


def test_a_student_does_nothing_that_teachers_do(room: Classroom) -> None:
    course = f"/v1/courses/{room.course}"
    for method, path, body in (
        ("PATCH", course, {"name": "Mine"}),
        ("DELETE", course, None),
        ("GET", f"{course}/members", None),
        ("POST", f"{course}/members", {"user": "dora"}),
        ("DELETE", f"{course}/members/carl", None),
        ("GET", f"{course}/groups", None),
        ("POST", f"{course}/groups", {"name": "A", "members": []}),
        ("GET", f"{course}/grades", None),
    ):
        assert room.ask(method, path, body, by="bob").status_code == 403, (method, path)
        assert room.ask(method, path, body, by="dora").status_code == 404, (method, path)


def test_a_course_is_changed_and_deleted_and_mistakes_have_pointers(room: Classroom) -> None:
    path = f"/v1/courses/{room.course}"
    assert room.ask("PATCH", path, {"timezone": "Europe/Paris"}).get_json()["timezone"] == "Europe/Paris"
    for body, pointer in (
        ({"timezone": "Moon/Tycho"}, "#/timezone"),
        ({"name": ""}, "#/name"),
        ({"nam": "x"}, "#/nam"),
    ):
        answer = room.ask("PATCH", path, body)
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.get_json()["errors"]] == [pointer]
    assert room.ask("DELETE", path).status_code == 204
    assert room.ask("GET", path).status_code == 404


def test_members_are_added_by_name_and_one_teacher_always_stays(room: Classroom) -> None:
    members = f"/v1/courses/{room.course}/members"
    assert [one["user"] for one in room.get(members)["data"]] == ["ann", "bob", "carl"]
    refused = room.ask("POST", members, {"user": "nobody"})
    assert refused.get_json()["errors"][0]["pointer"] == "#/user"
    assert room.ask("POST", members, {"user": "bob", "role": "king"}).status_code == 422
    assert room.ask("DELETE", f"{members}/ann").status_code == 409
    room.post(members, {"user": "bob", "role": "teacher"})
    assert room.ask("DELETE", f"{members}/ann", by="bob").status_code == 204
    assert room.ask("GET", members).status_code == 404
    assert room.ask("POST", members, {"user": "bob", "role": "student"}, by="bob").status_code == 409


def test_pages_of_members_go_by_name(room: Classroom) -> None:
    members = f"/v1/courses/{room.course}/members"
    first = room.get(f"{members}?limit=2")
    assert ([one["user"] for one in first["data"]], first["has_more"]) == (["ann", "bob"], True)
    assert [one["user"] for one in room.get(f"{members}?after=bob")["data"]] == ["carl"]


def test_a_student_is_in_one_group_at_a_time(room: Classroom) -> None:
    groups = f"/v1/courses/{room.course}/groups"
    first = room.post(groups, {"name": "One", "members": ["bob", "carl"]})
    second = room.post(groups, {"name": "Two", "members": ["carl"]})
    told = {one["name"]: one["members"] for one in room.get(groups)["data"]}
    assert told == {"One": ["bob"], "Two": ["carl"]}
    assert room.ask("POST", groups, {"name": "One", "members": []}).status_code == 409
    answer = room.ask("PATCH", f"{groups}/{first['id']}", {"members": ["bob", "ann"]})
    assert answer.get_json()["errors"][0]["pointer"] == "#/members/1", "a teacher is no student"
    changed = room.ask("PATCH", f"{groups}/{first['id']}", {"name": "First", "members": []}).get_json()
    assert (changed["name"], changed["members"]) == ("First", [])
    assert room.ask("DELETE", f"{groups}/{second['id']}").status_code == 204
    assert len(room.get(groups)["data"]) == 1
