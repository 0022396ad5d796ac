"""Who comes from a platform, into which course, as what, and to which of its assignments."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from core.artifacts import Artifacts
from core.courses import arrivals, members
from core.courses.arrivals import Arrival, Enrolled
from core.db import Database
from core.lti.launch import DEEP_LINKING, Context, Person
from core.tables import Assignment, Course, LtiLink, LtiPerson, User
from tests.core import things
from tests.core.courses.schools import ISSUER, School

OTHER = Context("course-2", "Statistics")


@pytest.fixture
def school(database: Database, artifacts: Artifacts, tmp_path: Path) -> School:
    return School(database, artifacts, tmp_path)


def taught(school: School, teacher: str = "grace", **where: Context) -> tuple[Course, Assignment]:
    """A course that a teacher was the first to come into, with an assignment."""
    came = school.comes(teacher, "teacher", link=None, **where)
    assert came.course is not None
    return came.course, school.assigned(came.course, came.user)


def test_the_first_who_teaches_makes_the_course_that_all_others_come_into(school: School) -> None:
    early = school.comes("ada")
    assert (early.course, early.assignment) == (None, None)
    made = school.comes("grace", "teacher").course
    assert made is not None
    assert made.name == "Networks"
    assert school.roles(made) == {"Grace": "teacher"}, "nobody is in it who has not come since"
    for sub, role in (("ada", "student"), ("alan", "student"), ("tutor", "teacher")):
        came = school.comes(sub, role)  # type: ignore[arg-type]
        assert came.course is not None
        assert came.course.id == made.id
    assert school.roles(made) == {"Grace": "teacher", "Ada": "student", "Alan": "student", "Tutor": "teacher"}


def test_another_course_of_the_platform_or_of_another_is_another_here(
    school: School, artifacts: Artifacts, tmp_path: Path
) -> None:
    other = School(school.database, artifacts, tmp_path, client="two")
    came = [
        school.comes("grace", "teacher"),
        school.comes("grace", "teacher", context=OTHER, link="link-2"),
        school.comes("grace", "teacher", deployment_id="2"),
        other.comes("grace", "teacher"),
    ]
    assert len({one.course.id for one in came if one.course}) == 4
    assert len({one.user.id for one in came}) == 1, "but she is the same"


def test_what_somebody_is_the_platform_says_each_time(school: School) -> None:
    course, _ = taught(school)
    for role in ("student", "teacher", "student"):
        school.comes("ada", role)  # type: ignore[arg-type]
        assert school.roles(course)["Ada"] == role


def test_the_only_teacher_stays_one_until_there_is_another(school: School) -> None:
    course, given = taught(school)
    came = school.comes("grace", "student", custom={"assignment": given.id})
    assert came.assignment is not None, "and comes in all the same"
    assert school.roles(course) == {"Grace": "teacher"}
    school.comes("tutor", "teacher")
    school.comes("grace", "student")
    assert school.roles(course) == {"Grace": "student", "Tutor": "teacher"}


def test_teachers_who_come_first_at_once_make_one_course(school: School) -> None:
    def come(number: int) -> Arrival:
        return school.comes(f"teacher {number}", "teacher", custom={})

    came = things.at_once(come, 6)
    (made,) = {one.course.id: one.course for one in came if isinstance(one, Arrival) and one.course}.values()
    assert set(school.roles(made).values()) == {"teacher"}
    assert len(school.roles(made)) == 6
    with school.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Course)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(LtiLink)) == 1


def test_one_who_comes_in_two_tabs_at_once_is_one(school: School) -> None:
    taught(school)
    came = things.at_once(lambda _: school.comes("ada").user.id, 6)
    assert len(set(came)) == 1
    with school.database.reading() as session:
        assert len(session.scalars(sa.select(LtiPerson)).all()) == 2
        assert len(session.scalars(sa.select(User)).all()) == 2


def test_whatever_a_platform_calls_its_course_it_has_a_name_here(school: School) -> None:
    told = {None: "Course", " ": "Course", "x" * 255: "x" * 200, " A\nB ": "A\nB"}
    for number, (title, name) in enumerate(told.items()):
        came = school.comes("grace", "teacher", context=Context(f"odd {number}", title))
        assert came.course is not None
        assert came.course.name == name


def test_a_course_that_a_choice_makes_first_has_its_name_too(school: School) -> None:
    came = school.comes("grace", "teacher", link=None, message_type=DEEP_LINKING)
    assert came.course is not None
    assert came.course.name == "Networks"


def test_a_link_leads_to_what_it_was_made_for_and_still_does_when_it_no_longer_says(school: School) -> None:
    _, given = taught(school)
    first = school.comes("ada", custom={"assignment": given.id})
    again = school.comes("alan")
    assert [one.assignment.id for one in (first, again) if one.assignment] == [given.id] * 2
    assert school.comes("ada", link="another").assignment is None


def test_what_a_teacher_chooses_again_goes_before_what_was_chosen(school: School) -> None:
    course, given = taught(school)
    teacher = school.comes("grace", "teacher", custom={"assignment": given.id}).user
    later = school.assigned(course, teacher, title="Later")
    led = [school.comes("ada", custom=custom).assignment for custom in ({"assignment": later.id}, {})]
    assert [one.id for one in led if one] == [later.id] * 2


def test_a_link_that_is_copied_does_not_reach_another_courses_assignment(school: School) -> None:
    course, given = taught(school)
    school.comes("ada", custom={"assignment": given.id})
    taught(school, context=OTHER)
    # With another number, or with its own.
    for link in ("copy", "link-1"):
        came = school.comes("eve", context=OTHER, link=link, custom={"assignment": given.id})
        assert came.course is not None
        assert (came.course.name, came.assignment) == ("Statistics", None)
    assert "Eve" not in school.roles(course)


def test_a_made_up_assignment_is_none(school: School) -> None:
    taught(school)
    for custom in ({"assignment": "asg_none"}, {"assignment": ""}, {"other": "x"}):
        assert school.comes("ada", custom=custom).assignment is None


def test_a_link_from_no_course_leads_into_that_of_its_assignment(school: School) -> None:
    course, given = taught(school)
    assert school.comes("ada", context=None).course is None
    school.comes("ada", custom={"assignment": given.id})
    came = school.comes("alan", context=None)
    assert came.assignment is not None
    assert school.roles(course)["Alan"] == "student"


def test_a_roster_brings_in_who_never_came_and_leaves_all_others_as_they_are(school: School) -> None:
    course, _ = taught(school)
    school.comes("ada")
    with school.database.writing() as session:
        bob = things.user(session, "bob")
        members.put(session, course, bob, "teacher")
        listed = [
            Enrolled(Person(ISSUER, "ada"), "teacher"),
            Enrolled(Person(ISSUER, "alan", "Alan Turing"), "student"),
            Enrolled(Person(ISSUER, "grace"), "teacher"),
        ]
        assert arrivals.enrol_all(session, course, listed) == 3
    expected = {"Grace": "teacher", "Ada": "teacher", "Alan Turing": "student", "bob": "teacher"}
    assert school.roles(course) == expected
    school.comes("alan")
    expected["Alan"] = expected.pop("Alan Turing")
    assert school.roles(course) == expected, "he is who the roster said, by the name that he has now"


def test_whoever_has_the_same_name_here_is_somebody_else(school: School) -> None:
    course, _ = taught(school)
    with school.database.writing() as session:
        root = things.user(session, "ada", "admin")
    came = school.comes("ada")
    assert came.user.id != root.id
    assert came.user.role == "user"
    with school.database.reading() as session:
        assert session.get_one(User, root.id).full_name is None
    assert school.roles(course)["Ada"] == "student"
