"""Workers: which there are, and what each runs."""

from flask import Response

from core import workers
from service import answers, auth, parts, routes

api = routes.blueprint("workers", "/v1/workers")


@api.get("")
def listed() -> Response:
    """List the workers that said something lately (administrators only)."""
    auth.administrator()
    with parts.of_app().database.reading() as session:
        alive, running = workers.alive(session), workers.running(session)
    data = [
        {
            "name": worker.name,
            "object": "worker",
            "slots": worker.slots,
            "devices": worker.accelerators,
            "gpus": worker.gpus,
            "draining": worker.draining,
            "running": running.get(worker.name, []),
            "started_at": worker.started_at,
            "seen_at": worker.seen_at,
        }
        for worker in alive
    ]
    return answers.json({"object": "list", "data": data, "has_more": False})
