"""Courses, assignments and submissions as the API tells them: to a student never more than a score of what is
hidden.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.courses import attempts, course, dates, grades, marks, parties, submissions
from core.courses import passback as delivery
from core.courses.marks import Mark
from core.tables import (
    Assignment,
    Course,
    CourseGrade,
    CourseGroup,
    Extension,
    LtiScore,
    Member,
    Submission,
    User,
)
from service import describing

# What is kept of an assignment and told as it was said; the rest is told in words of its own.
AS_SAID = ("rules", "scoring", "penalty", "counts", "leaderboard", "groups", "translations", "hidden")


def course_of(session: Session, user: User, row: Course) -> dict[str, Any]:
    """A course, and what the user is in it."""
    return {
        "id": row.id,
        "object": "course",
        "name": row.name,
        "timezone": row.timezone,
        "role": course.role(session, user, row.id),
        "created_at": row.created_at,
    }


def member(row: Member) -> dict[str, Any]:
    """Somebody in a course."""
    return {
        "object": "member",
        "user": row.user.name,
        "full_name": row.user.full_name,
        "role": row.role,
        "group": row.group_id,
        "pseudonym": row.pseudonym,
        "added_at": row.added_at,
    }


def group(row: CourseGroup) -> dict[str, Any]:
    """Students who hand in together."""
    return {
        "id": row.id,
        "object": "group",
        "name": row.name,
        "pseudonym": row.pseudonym,
        "members": sorted(one.user.name for one in row.members),
    }


def extension(row: Extension) -> dict[str, Any]:
    """What one student or one group is allowed."""
    return {
        "id": row.id,
        "object": "extension",
        "user": row.user and row.user.name,
        "group": row.group_id,
        "due_at": row.due_at,
        "lock_at": row.lock_at,
        "attempts": row.attempts,
    }


def assignment_briefly(row: Assignment) -> dict[str, Any]:
    """An assignment in a list."""
    terms = parties.terms(row)
    return {
        "id": row.id,
        "object": "assignment",
        "course": row.course_id,
        "title": row.title,
        "text": row.text,
        "exercise": row.exercise,
        "dataset": row.dataset_id,
        "due_at": row.due_at,
        "lock_at": row.lock_at,
        "metric": {"name": terms.metric.name, "direction": terms.direction},
        "attempts": terms.attempts.model_dump(),
        **{name: row.settings[name] for name in AS_SAID},
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def assignment(session: Session, user: User, row: Assignment, at: datetime) -> dict[str, Any]:
    """All of an assignment, and how it stands for the user."""
    teaching = course.teaches(session, user, row.course_id)
    entries = marks.all_of(session, row, parties.terms(row), Submission.baseline.is_not(None))
    return {
        **assignment_briefly(row),
        "baselines": [_baseline(session, mark) for mark in entries],
        "mine": None if teaching else standing(session, user, row, at),
        "source": row.source_id if teaching else None,
    }


def _baseline(session: Session, mark: Mark) -> dict[str, Any]:
    spec = session.scalars(_spec_of(mark)).one()
    return {
        "title": mark.submission.baseline,
        "submission": mark.submission.id,
        "status": mark.submission.job.status,
        "score": mark.score,
        "model": spec["model"],
        "training": spec.get("training", {}),
    }


def _spec_of(mark: Mark) -> sa.Select[dict[str, Any]]:
    job = type(mark.submission.job)
    return sa.select(job.spec).where(job.id == mark.submission.job_id)


def standing(session: Session, user: User, row: Assignment, at: datetime) -> dict[str, Any]:
    """How an assignment stands for a student: their dates, what is left of their attempts, their grade."""
    own = dates.for_user(session, row, user.id)
    found = attempts.count(session, row, parties.of(session, row, user.id), at)
    kept = session.get(CourseGrade, (row.id, user.id))
    return {
        "due_at": own.due_at,
        "lock_at": own.lock_at,
        "locked": own.lock_at is not None and at > own.lock_at,
        "group": parties.of(session, row, user.id).group_id,
        "attempts": {
            "used": found.used,
            "total": found.total,
            "left": found.left,
            "used_today": found.used_today,
            "per_day": found.per_day,
            "left_today": found.left_today,
            "resets_at": found.resets_at,
        },
        "score": kept and kept.score,
        "penalty": kept.penalty if kept else 0.0,
        "submission": kept and kept.submission_id,
        "passback": _passback_of(session, row, user),
    }


def _passback_of(session: Session, row: Assignment, user: User) -> dict[str, Any] | None:
    """How far the user's grade has got on its way to the platform that they came from last."""
    rows = delivery.page(session, row, user_id=user.id)
    return passback(rows[-1]) if rows else None


def passback(row: LtiScore) -> dict[str, Any]:
    """How far a grade has got on its way to a platform."""
    return {
        "status": row.status,
        "changed_at": row.changed_at,
        "delivered_at": row.delivered_at,
        "error": row.error,
    }


def submission_briefly(session: Session, mark: Mark) -> dict[str, Any]:
    """A submission in a list."""
    row, job = mark.submission, mark.submission.job
    due_at = dates.for_user(session, row.assignment, row.user_id).due_at
    worth = grades.worth(mark, parties.terms(row.assignment), due_at)
    code: str | None = job.error["code"] if job.error else None
    return {
        "id": row.id,
        "object": "submission",
        "assignment": row.assignment_id,
        "user": row.user.name,
        "full_name": row.user.full_name,
        "group": row.group_id,
        "baseline": row.baseline,
        "arrived_at": row.arrived_at,
        "job": row.job_id,
        "status": job.status,
        "error": job.error,
        "superseded": row.superseded,
        "counted": attempts.counts(job.status, code),
        "score": worth.score,
        "penalty": worth.penalty,
        "days_late": worth.days_late,
        "chosen": row.chosen_at is not None,
        "public": None if mark.run is None else mark.run.public,
        "model": describing.made(job),
        "comment": row.comment,
    }


def submission(session: Session, user: User, mark: Mark) -> dict[str, Any]:
    """All of a submission; what is hidden, and hints about others, to a teacher only."""
    row = mark.submission
    teaching = course.teaches(session, user, row.assignment.course_id)
    spec = session.scalars(_spec_of(mark)).one()
    return {
        **submission_briefly(session, mark),
        "spec": {"model": spec["model"], "training": spec.get("training", {})},
        "queue": describing.queue(session, row.job),
        "teacher": _for_teachers(session, mark) if teaching else None,
    }


def _for_teachers(session: Session, mark: Mark) -> dict[str, Any]:
    row = mark.submission
    return {
        "hidden": None if mark.run is None else mark.run.hidden,
        "outdated": mark.outdated,
        "spec_sha256": row.spec_sha256,
        "same_spec": submissions.same(session, row),
        "runs": [
            {"job": run.job_id, "kind": run.kind, "status": run.job.status, "scored_at": run.scored_at}
            for run in row.runs
        ],
    }


def grade(row: grades.Row) -> dict[str, Any]:
    """What a student has for an assignment."""
    who, kept, handed_in = row.member, row.grade, row.submission
    return {
        "object": "grade",
        "user": who.user.name,
        "full_name": who.user.full_name,
        "group": who.group.name if who.group else None,
        "score": kept and kept.score,
        "penalty": kept.penalty if kept else 0.0,
        "submission": handed_in and handed_in.id,
        "arrived_at": handed_in and handed_in.arrived_at,
        "submissions": row.submissions,
        "changed_at": kept and kept.changed_at,
    }
