"""What there is to say of a job before it is one: its network in numbers, warnings, what an epoch takes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core import models, specs, speeds
from core.datasets import catalogue
from core.errors import Fault, InvalidSpecError, NotFoundError
from core.specs import tutor
from core.tables import Dataset, ModelVersion, User


@dataclass(frozen=True)
class Checked:
    """A job that could be trained.

    Attributes:
        spec: what was asked for.
        resolved: all of it.
        summary: the network in numbers.
        warnings: what a teacher would say.
    """

    spec: specs.JobSpec
    resolved: specs.Resolved
    summary: specs.Summary
    warnings: list[Fault]


def check(
    session: Session, user: User, document: dict[str, Any], limits: specs.Limits
) -> tuple[Checked, speeds.Estimate | None]:
    """The same checks as a submission makes, on a data set of the user's or on a sketch of one.

    Raises:
        InvalidSpecError: with a pointer to everything that is wrong.
        SpecTooLargeError: it passes a limit on its size.
    """
    if "dataset" in document:
        spec = specs.parse(document, limits)
        facts = catalogue.facts(dataset(session, user, spec.dataset))
        checked = of_spec(spec, facts, limits)
        initial(session, user, checked)
        return checked, _speed(session, checked, facts.train_rows)
    spec, sketch = specs.sketched(document, limits)
    checked = of_spec(spec, sketch.facts, limits, sketch=sketch)
    initial(session, user, checked)
    return checked, None if sketch.rows is None else _speed(session, checked, sketch.rows)


def of_spec(
    spec: specs.JobSpec, facts: specs.Facts, limits: specs.Limits, *, sketch: specs.Sketch | None = None
) -> Checked:
    """The check without a database.

    Raises:
        InvalidSpecError: with a pointer to everything that is wrong.
        SpecTooLargeError: it passes a limit on its size.
    """
    resolved, steps = specs.work_out(spec, facts, limits)
    summary = specs.summarize_steps(resolved, steps)
    case = tutor.Case(
        spec=spec,
        resolved=resolved,
        facts=facts,
        steps=steps,
        summary=summary,
        about=("rows",) if sketch else ("dataset",),
        rows_known=sketch is None or sketch.rows is not None,
    )
    return Checked(spec, resolved, summary, tutor.advise(case))


def dataset(session: Session, user: User, name: str) -> Dataset:
    """The data set; raises an InvalidSpecError where a job names one that is not there."""
    try:
        return catalogue.find(session, user, name)
    except NotFoundError as error:
        raise refused("dataset", error.detail) from error


def initial(session: Session, user: User, checked: Checked) -> ModelVersion | None:
    """The version that `training.initial_model` names, whose weights must fit.

    Raises:
        InvalidSpecError: it is not there, or they do not.
    """
    named = checked.spec.training.initial_model
    if named is None:
        return None
    try:
        version = models.find_version(session, user, *models.parse_reference(named))
    except NotFoundError as error:
        raise refused("training/initial_model", error.detail) from error
    if version.parameters != checked.summary.parameters:
        raise refused(
            "training/initial_model",
            f"{named} has {version.parameters:,} parameters, and this network has "
            f"{checked.summary.parameters:,}: its weights do not fit.",
        )
    return version


def refused(place: str, detail: str) -> InvalidSpecError:
    """The error for one thing that is wrong."""
    return InvalidSpecError(detail, [Fault(f"#/{place}", detail)])


def _speed(session: Session, checked: Checked, train_rows: int) -> speeds.Estimate | None:
    """None for several GPUs too: what is remembered are jobs on one."""
    resources = checked.spec.resources
    if resources.gpus > 1:
        return None
    return speeds.estimate(
        session,
        speeds.work(checked.resolved, checked.summary, train_rows),
        device="gpu" if resources.accelerator == "gpu" else "cpu",
        deterministic=checked.resolved.training.deterministic,
    )
