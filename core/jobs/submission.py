"""From a spec to a queued job."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db, models, specs
from core.datasets import catalogue
from core.errors import Fault, InvalidSpecError, NotFoundError, TooManyError
from core.jobs import claiming, lifecycle
from core.tables import Job, User


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
    spec = specs.parse(document, limits)
    try:
        dataset = catalogue.find(session, owner, spec.dataset)
    except NotFoundError as error:
        raise _without(error.detail) from error
    if not catalogue.hold(session, dataset.id):
        raise _without(f"The data set {spec.dataset!r} was just deleted.")
    # One submission of a user at a time, or two would both be the last that is allowed.
    session.scalar(sa.select(User.id).where(User.id == owner.id).with_for_update(key_share=True))
    active = claiming.count_active(session, owner.id)
    if active >= most_active:
        raise TooManyError("jobs waiting or running", limit=most_active, asked=active + 1, unit="jobs")
    resolved = specs.resolve(spec, catalogue.facts(dataset), limits)
    job = Job(
        owner_id=owner.id,
        name=spec.name or dataset.name,
        dataset_id=dataset.id,
        data=catalogue.lineage(dataset),
        status="queued",
        priority=spec.priority,
        accelerator=spec.resources.accelerator,
        gpus=spec.resources.gpus,
        max_seconds=resolved.max_seconds,
        tags=spec.tags,
        spec=document,
        resolved=resolved.model_dump(mode="json"),
        resolved_sha256=resolved.sha256,
        initial=_initial(session, owner, spec, resolved),
        created_at=db.now(session),
    )
    session.add(job)
    session.flush()
    lifecycle.enter(session, job, "queued")
    return job


def _without(detail: str) -> InvalidSpecError:
    """The error for a data set that is not there."""
    return InvalidSpecError(detail, [Fault("#/dataset", detail)])


def _initial(
    session: Session, owner: User, spec: specs.JobSpec, resolved: specs.Resolved
) -> dict[str, Any] | None:
    """The version that `training.initial_model` names, whose weights must fit."""
    named = spec.training.initial_model
    if named is None:
        return None
    at = "#/training/initial_model"
    try:
        version = models.find_version(session, owner, *models.parse_reference(named))
        models.hold(session, version)
    except NotFoundError as error:
        raise InvalidSpecError(error.detail, [Fault(at, error.detail)]) from error
    parameters = specs.summarize(resolved).parameters
    if version.parameters != parameters:
        detail = (
            f"{named} has {version.parameters:,} parameters, and this network has {parameters:,}: "
            "its weights do not fit."
        )
        raise InvalidSpecError(detail, [Fault(at, detail)])
    return {
        "model": f"{version.model.name}@{version.version}",
        "sha256": version.artifacts["keras"]["sha256"],
    }
