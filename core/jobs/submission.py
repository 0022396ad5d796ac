"""From a spec to a queued job."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, models, specs
from core.datasets import catalogue
from core.errors import Fault, NotFoundError, TooManyError
from core.jobs import checking, claiming, lifecycle
from core.tables import Job, User


@dataclass(frozen=True)
class Bound:
    """A job that is for a course.

    Attributes:
        course_id: the course's, whose share of the slots it takes.
        priority: in place of the spec's.
        look: raises an InvalidSpecError where the job is not as the course has it.
    """

    course_id: str
    priority: int
    look: Callable[[checking.Checked], None]


def submit(
    session: Session, owner: User, document: dict[str, Any], *, limits: specs.Limits, most_active: int
) -> Job:
    """Checks the spec against the data set and writes a queued job. Whatever can be known to fail fails here.

    `document` is the decoded body of the request.

    Raises:
        InvalidSpecError: with a pointer to what is wrong.
        SpecTooLargeError: it passes a limit on its size.
        TooManyError: the owner has as many jobs waiting and running as one may.
    """
    job, _ = submit_with_advice(session, owner, document, limits=limits, most_active=most_active)
    return job


def submit_with_advice(
    session: Session,
    owner: User,
    document: dict[str, Any],
    *,
    limits: specs.Limits,
    most_active: int,
    bound: Bound | None = None,
) -> tuple[Job, list[Fault]]:
    """`submit`, and what a teacher would say of the job."""
    spec = specs.parse(document, limits)
    dataset = checking.dataset(session, owner, spec.dataset)
    if not catalogue.hold(session, dataset.id):
        raise checking.refused("dataset", f"The data set {spec.dataset!r} was just deleted.")
    # One submission of a user at a time, or two would both be the last that is allowed.
    session.scalar(sa.select(User.id).where(User.id == owner.id).with_for_update(key_share=True))
    active = claiming.count_active(session, owner.id)
    if active >= most_active:
        raise TooManyError("jobs waiting or running", limit=most_active, asked=active + 1, unit="jobs")
    checked = checking.of_spec(spec, catalogue.facts(dataset), limits)
    if bound:
        bound.look(checked)
    resolved = checked.resolved
    job = Job(
        course_id=bound and bound.course_id,
        owner_id=owner.id,
        name=spec.name or dataset.name,
        dataset_id=dataset.id,
        data=catalogue.lineage(dataset),
        status="queued",
        priority=bound.priority if bound else spec.priority,
        accelerator=spec.resources.accelerator,
        gpus=spec.resources.gpus,
        max_seconds=resolved.max_seconds,
        tags=spec.tags,
        spec=document,
        resolved=resolved.model_dump(mode="json"),
        resolved_sha256=resolved.sha256,
        initial=_initial(session, owner, checked),
        created_at=db.now(session),
    )
    session.add(job)
    session.flush()
    lifecycle.enter(session, job, "queued")
    return job, checked.warnings


def score_again(session: Session, owner: User, job: Job, *, keras: dict[str, Any], priority: int) -> Job:
    """A queued job that trains nothing: it scores what an earlier one made, `keras`, once more."""
    fields = ("name", "dataset_id", "data", "max_seconds", "spec", "resolved", "resolved_sha256", "course_id")
    again = Job(
        **{field: getattr(job, field) for field in fields},
        owner_id=owner.id,
        status="queued",
        priority=priority,
        accelerator="any",
        gpus=1,
        tags={},
        scores_only=True,
        initial={"model": f"{job.name} of {job.id}", "sha256": keras["sha256"]},
        created_at=db.now(session),
    )
    session.add(again)
    session.flush()
    lifecycle.enter(session, again, "queued")
    return again


def _initial(session: Session, owner: User, checked: checking.Checked) -> dict[str, Any] | None:
    """The version that `training.initial_model` names, kept from being deleted meanwhile."""
    version = checking.initial(session, owner, checked)
    if version is None:
        return None
    try:
        models.hold(session, version)
    except NotFoundError as error:
        raise checking.refused("training/initial_model", error.detail) from error
    return {
        "model": f"{version.model.name}@{version.version}",
        "sha256": version.artifacts["keras"]["sha256"],
    }
