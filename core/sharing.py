"""What courses let somebody see that is not their own, and what they keep from being undone.

A course shares the data sets of its assignments with all of its members. What a submission makes (its job,
the model's version) is seen by the course's teachers too, and by the group that it was handed in for.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import ConflictError
from core.tables import Assignment, Member, ModelVersion, Run, Submission, User


def datasets(user: User) -> sa.Select[str]:
    """The ids of the data sets that courses share with the user."""
    return (
        sa.select(Assignment.dataset_id)
        .join(Member, Member.course_id == Assignment.course_id)
        .where(Member.user_id == user.id)
    )


def jobs(user: User) -> sa.Select[str]:
    """The ids of the jobs of submissions that the user sees as a teacher, or as one of a group."""
    group_s = sa.and_(Member.group_id == Submission.group_id, Run.kind == "submitted")
    return (
        sa.select(Run.job_id)
        .join(Submission, Submission.id == Run.submission_id)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .join(Member, Member.course_id == Assignment.course_id)
        .where(Member.user_id == user.id, sa.or_(Member.role == "teacher", group_s))
    )


def models(user: User) -> sa.Select[str]:
    """The ids of the models that such jobs made versions of."""
    return sa.select(ModelVersion.model_id).where(ModelVersion.job_id.in_(jobs(user)))


def sees(session: Session, ids: sa.Select[str], one: str) -> bool:
    """Whether an id is among those of a query."""
    found = ids.subquery()
    return session.scalar(sa.select(sa.literal(1)).where(sa.literal(one).in_(sa.select(found)))) is not None


def keep(session: Session, job_id: str | None, what: str) -> None:
    """Refuses to undo what was handed in.

    Raises:
        ConflictError: the job is of a submission.
    """
    if job_id and session.scalar(sa.select(Run.id).where(Run.job_id == job_id)) is not None:
        raise ConflictError(f"{what} belongs to a submission, and what was handed in stays.")
