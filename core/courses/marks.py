"""What was handed in, with what it scored."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from core.courses import documents, scores
from core.tables import Assignment, Job, ModelVersion, Run, Submission


@dataclass(frozen=True)
class Mark:
    """A submission, and the latest run that scored it.

    Attributes:
        submission: the submission.
        run: null as long as nothing has scored it.
        score: 0 to 100, without a penalty; null likewise.
    """

    submission: Submission
    run: Run | None
    score: float | None

    @property
    def outdated(self) -> bool:
        """Whether it was scored on other rows than the assignment has now."""
        return self.run is not None and self.run.split_sha256 != self.submission.assignment.split_sha256


def of(submission: Submission, terms: documents.Terms) -> Mark:
    """The submission with its score by these terms."""
    run = next((one for one in reversed(submission.runs) if one.scored_at is not None), None)
    if run is None:
        return Mark(submission, None, None)
    # The hidden rows decide, if there are any.
    numbers = run.public if run.hidden is None else run.hidden
    return Mark(submission, run, scores.score(terms.scoring, (numbers or {}).get(terms.metric.name)))


def all_of(
    session: Session, assignment: Assignment, terms: documents.Terms, *where: sa.ColumnElement[bool]
) -> list[Mark]:
    """The marks of the assignment's submissions for which that holds, in the order of their arrival."""
    query = (
        sa.select(Submission)
        .where(Submission.assignment_id == assignment.id, *where)
        .options(
            selectinload(Submission.runs),
            joinedload(Submission.user),
            joinedload(Submission.group),
            # What tells of a job is not its network.
            joinedload(Submission.job).options(
                joinedload(Job.version).joinedload(ModelVersion.model),
                sa.orm.defer(Job.resolved),
                sa.orm.defer(Job.plan),
                sa.orm.defer(Job.environment),
            ),
        )
        .order_by(Submission.arrived_at, Submission.id)
        .execution_options(populate_existing=True)
    )
    return [of(submission, terms) for submission in session.scalars(query)]
