"""The first page: what is going on, and for who has nothing yet, the way in."""

from flask import Response
from sqlalchemy.orm import Session

from core import workers
from core.tables import ACTIVE
from service import auth, parts
from service.pages import beginning, figures, site, telling, understanding
from service.pages.site import pages
from service.views import jobs as api

# Of each of the lists; the page of jobs has them all.
FEW = 6


@pages.get("/")
def home() -> Response:
    """What is going on."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        running = api.page(session, user, api.JobsQuery(limit=FEW, status="running"))
        waiting = api.page(session, user, api.JobsQuery(limit=FEW, status="queued"))
        # The newest that have ended are among the newest of all, but for those above.
        newest = api.page(session, user, api.JobsQuery(limit=4 * FEW))["data"]
        steps, busy = beginning.steps(session, user), _busy(session)
    return site.show(
        "home.html",
        running=running,
        waiting=waiting,
        results=[job for job in newest if job["status"] not in ACTIVE][:FEW],
        few=FEW,
        steps=steps,
        busy=busy,
        figures=figures,
        telling=telling,
        understanding=understanding,
    )


def _busy(session: Session) -> dict[str, int]:
    """How many workers there are, the jobs that they can train at a time, and those that they do."""
    alive, running = workers.alive(session), workers.running(session)
    return {
        "workers": len(alive),
        "slots": sum(worker.slots for worker in alive),
        "busy": sum(len(running.get(worker.name, ())) for worker in alive),
    }
