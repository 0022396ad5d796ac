"""The first steps: a data set, a network trained on it, and trying what it has learned."""

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from core import jobs
from core.datasets import catalogue
from core.tables import ACTIVE, Dataset, User
from service import auth, describing, parts
from service.pages import site
from service.pages.site import pages
from service.views import samples, templates

# Who has tried a network in this browser, or wants to hear no more of it: others may use it too.
COOKIE = "fittingroom-first-steps"
YEAR = 365 * 24 * 3600
SAMPLE = "digits"
TEMPLATE = "dense"
# Among so many of the newest the sample is looked for.
LOOKED_AT = 20


def steps(session: Session, user: User) -> dict[str, Any] | None:
    """How far somebody is: their data set, job and network. None for who needs no help any more."""
    if request.cookies.get(COOKIE) == user.id:
        return None
    won = jobs.page(session, user, after=None, limit=2, status="succeeded")
    if len(won) > 1:
        # Who has trained twice has found the way.
        return None
    dataset = _dataset(session, user)
    job = next(iter(won), None) or next(iter(jobs.page(session, user, after=None, limit=1)), None)
    told = describing.jobs_briefly(session, [job])[0] if job else None
    return {
        "sample": SAMPLE,
        "dataset": describing.dataset(dataset) if dataset else None,
        "job": told,
        "training": told is not None and told["status"] in ACTIVE,
        "trained": told is not None and told["model"] is not None,
    }


@pages.post("/first-steps/train")
def train_first() -> Response:
    """Trains the simplest network that suits a data set: once, however often it is pressed."""
    own, user = parts.of_app(), auth.caller()
    with own.database.reading() as session:
        dataset = catalogue.find(session, user, request.form.get("dataset", ""))
        busy = any(
            job.status in ACTIVE
            for job in jobs.page(session, user, after=None, limit=LOOKED_AT, dataset=dataset.id)
        )
        offered = {one["name"]: one["spec"] for one in templates.suiting(user, dataset)}
    if not busy:
        _submit(user, offered.get(TEMPLATE) or next(iter(offered.values())))
    return site.go("pages.home")


@pages.post("/first-steps/try")
def try_first() -> Response:
    """Leads to where a network is tried, and remembers it."""
    number = request.form.get("version", "")
    version = int(number) if number.isdecimal() and len(number) < 10 else 1
    response = site.go(
        "pages.version", model=request.form.get("model", "-"), version=version, _anchor="try-title"
    )
    return _remember(response)


@pages.post("/first-steps/end")
def end_first() -> Response:
    """Shows the steps no more."""
    return _remember(site.go("pages.home"))


def _submit(user: User, spec: dict[str, Any]) -> None:
    own = parts.of_app()
    with own.database.writing() as session:
        job = jobs.submit(
            session, user, spec, limits=own.spec_limits, most_active=own.settings.max_queued_jobs
        )
    own.nudger.nudge(job.accelerator)


def _remember(response: Response) -> Response:
    response.set_cookie(COOKIE, auth.caller().id, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def _dataset(session: Session, user: User) -> Dataset | None:
    """The sample, if it is among the newest; else the newest of all."""
    found = catalogue.page(session, user, after=None, limit=LOOKED_AT)
    sample = samples.SAMPLES[SAMPLE].form.sha256
    return next((one for one in found if one.sha256 == sample), next(iter(found), None))
