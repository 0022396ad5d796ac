"""Workers: which there are, and what each runs."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from core import workers
from core.tables import User
from service import answers, auth, parts, routes

api = routes.blueprint("workers", "/v1/workers")


@api.get("")
def listed() -> Response:
    """List the workers that said something lately, and which of your jobs each runs."""
    with parts.of_app().database.reading() as session:
        body = {"object": "list", "data": told(session, auth.caller()), "has_more": False}
    return answers.tagged(body, ignoring=_without_times)


def told(session: Session, user: User) -> list[dict[str, Any]]:
    """The workers as the user may see them: machines' names and others' jobs are told to administrators."""
    everything = user.role == "admin"
    running = workers.running(session)
    own = running if everything else workers.running(session, owner_id=user.id)
    return [
        {
            "name": worker.name if everything else f"worker {number}",
            "object": "worker",
            "slots": worker.slots,
            "devices": worker.accelerators,
            "gpus": worker.gpus,
            "draining": worker.draining,
            "busy": len(running.get(worker.name, [])),
            "running": own.get(worker.name, []),
            "started_at": worker.started_at,
            "seen_at": worker.seen_at,
        }
        for number, worker in enumerate(workers.alive(session), 1)
    ]


def _without_times(body: Any) -> Any:  # noqa: ANN401 - JSON
    """That a worker is still there is no news."""
    return [{**worker, "seen_at": None} for worker in body["data"]]
