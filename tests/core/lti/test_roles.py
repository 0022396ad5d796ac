import pytest

from core.lti.roles import role_of

HERE = "http://purl.imsglobal.org/vocab/lis/v2/membership"
SCHOOL = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"


@pytest.mark.parametrize(
    "roles",
    [
        [HERE + "#Instructor"],
        ["Instructor"],
        ["TeachingAssistant"],
        [HERE + "#Administrator"],
        [HERE + "/Instructor#TeachingAssistant"],
        [HERE + "#Learner", HERE + "#Instructor"],
        [HERE + "#ContentDeveloper"],
        # Older versions of Open edX name no other.
        [SCHOOL + "Instructor"],
        [SYSTEM + "Administrator", SCHOOL + "Instructor"],
    ],
)
def test_who_teaches_the_course_is_a_teacher(roles: list[str]) -> None:
    assert role_of(roles) == "teacher"


@pytest.mark.parametrize(
    "roles",
    [
        [],
        ["Learner"],
        [HERE + "#Learner"],
        [HERE + "/Learner#GuestLearner"],
        [HERE + "#Mentor"],
        ["instructor"],
        ["Administrator of something"],
        ["https://evil.example/membership#Instructor"],
        [HERE + "Instructor"],
        [SCHOOL + "Student"],
        [SCHOOL + "Faculty"],
        # A professor in a colleague's course, as Canvas tells it.
        [SCHOOL + "Instructor", HERE + "#Learner"],
        [SYSTEM + "Administrator", "Learner"],
    ],
)
def test_everybody_else_is_a_student(roles: list[str]) -> None:
    assert role_of(roles) == "student"
