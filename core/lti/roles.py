"""Who teaches, by the roles that a platform gives.

The vocabulary is LTI 1.3 core, appendix A.2. Roles are URIs; older platforms and Moodle's roster write the
short name of a context role, such as `Instructor`.
"""

from collections.abc import Iterable

from core.lti.launch import Role

_CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_ELSEWHERE = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#",
)
_TEACHERS = frozenset({"Instructor", "Administrator", "ContentDeveloper"})
_CONTEXT_NAMES = _TEACHERS | {"Learner", "Manager", "Member", "Mentor", "Officer", "TeachingAssistant"}


def role_of(roles: Iterable[str]) -> Role:
    """Teacher or student; whoever is not known to teach is a student.

    A role in this very course decides: a professor who takes a colleague's course is a student there. Only
    where there is none do roles in the institution count, which are all that older versions of Open edX give.
    """
    given = list(roles)
    here = [name for name in map(_in_context, given) if name]
    if here:
        return (
            "teacher" if any(name in _TEACHERS or name == "TeachingAssistant" for name in here) else "student"
        )
    elsewhere = {one.removeprefix(start) for one in given for start in _ELSEWHERE if one.startswith(start)}
    return "teacher" if elsewhere & {"Instructor", "Administrator"} else "student"


def _in_context(role: str) -> str | None:
    """The name of a context role; of a sub-role, such as `…/membership/Instructor#Grader`, that above it."""
    if role in _CONTEXT_NAMES:
        return role
    if not role.startswith(_CONTEXT):
        return None
    rest = role.removeprefix(_CONTEXT)
    if rest.startswith("#"):
        return rest[1:]
    return rest[1:].partition("#")[0] if rest.startswith("/") else None
