"""How a class stands: for each student what was handed in, what counts, and what is like another's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.courses import dates, documents, grades, marks, members, parties, scores
from core.courses.marks import Mark
from core.tables import ACTIVE, Assignment, CourseGrade, Extension, Member, Submission

# By what the rows can be sorted, and whether the largest comes first.
SORTS: Mapping[str, bool] = {
    "called": False,
    "group": False,
    "submissions": True,
    "best": True,
    "score": True,
    "late": True,
    "last": True,
    "status": False,
}
# Of others whose networks mean the same, as many are named.
NAMED = 5


def of_class(
    session: Session, assignment: Assignment, delivery: Iterable[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """A row for each student, by name; `delivery` is what platforms have, as the API tells it."""
    terms = parties.terms(assignment)
    handed_in = marks.all_of(session, assignment, terms, Submission.baseline.is_(None))
    by_party = defaultdict[str, list[Mark]](list)
    for mark in handed_in:
        by_party[mark.submission.group_id or mark.submission.user_id].append(mark)
    students = members.students(session, assignment.course_id)
    names = {one.user_id: one.user.called for one in students}
    alike = _alike(handed_in, names)
    extensions = session.scalars(sa.select(Extension).where(Extension.assignment_id == assignment.id)).all()
    kept = session.scalars(sa.select(CourseGrade).where(CourseGrade.assignment_id == assignment.id))
    counting = {one.user_id: one for one in kept}
    told = {one["user"]: one for one in delivery}
    return [
        _row(
            member,
            by_party[_party(assignment, member)],
            terms,
            dates.of(assignment, [one for one in extensions if _is_for(one, member)]),
            counting.get(member.user_id),
        )
        | {
            "alike": alike.get(_party(assignment, member), []),
            "passback": told.get(member.user.name),
            "extended": any(_is_for(one, member) for one in extensions),
        }
        for member in students
    ]


def ordered(rows: Sequence[dict[str, Any]], by: str, *, down: bool) -> list[dict[str, Any]]:
    """The rows by a column; what has nothing there comes last, whichever way."""

    def key(row: dict[str, Any]) -> Any:  # noqa: ANN401 - one of several kinds, all comparable with their like
        value = row["passback"]["status"] if by == "status" and row["passback"] else row.get(by)
        return value.casefold() if isinstance(value, str) else value

    there = [row for row in rows if key(row) not in {None, ""}]
    return [*sorted(there, key=key, reverse=down), *(row for row in rows if key(row) in {None, ""})]


def _row(
    member: Member,
    handed_in: Sequence[Mark],
    terms: documents.Terms,
    own: dates.Dates,
    grade: CourseGrade | None,
) -> dict[str, Any]:
    worths = [grades.worth(mark, terms, own.due_at).score for mark in handed_in]
    counts = next(
        (one.submission for one in handed_in if grade and one.submission.id == grade.submission_id), None
    )
    return {
        "user": member.user.name,
        "called": member.user.called,
        "group": member.group.name if member.group else None,
        "submissions": len(handed_in),
        "going": sum(one.submission.job.status in ACTIVE for one in handed_in),
        "best": max((one for one in worths if one is not None), default=None),
        "score": grade.score if grade else None,
        "penalty": grade.penalty if grade else 0.0,
        "counts": counts,
        "late": scores.days_late(counts.arrived_at, own.due_at) if counts else None,
        "last": handed_in[-1].submission.arrived_at if handed_in else None,
        "outdated": sum(one.outdated for one in handed_in),
    }


def _alike(handed_in: Sequence[Mark], names: Mapping[str, str]) -> dict[str, list[str]]:
    """For each student or group, what others are called whose network and training mean the same."""
    by_spec = defaultdict[str, dict[str, str]](dict)
    for mark in handed_in:
        submission = mark.submission
        if submission.group:
            by_spec[submission.spec_sha256][submission.group_id or ""] = submission.group.name
        elif submission.user_id in names:
            by_spec[submission.spec_sha256][submission.user_id] = names[submission.user_id]
    found = defaultdict[str, set[str]](set)
    for people in by_spec.values():
        for party in people:
            found[party] |= {name for other, name in people.items() if other != party}
    return {party: sorted(others)[:NAMED] for party, others in found.items()}


def _is_for(extension: Extension, member: Member) -> bool:
    return extension.user_id == member.user_id or (
        extension.group_id is not None and extension.group_id == member.group_id
    )


def _party(assignment: Assignment, member: Member) -> str:
    """For whom the member hands in: a group's id, or their own."""
    return (member.group_id if assignment.settings["groups"] else None) or member.user_id
