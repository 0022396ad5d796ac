"""Whether the service lives, and whether it can work."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Response

from core import workers
from core.tables import Base
from service import answers, parts, routes
from service.parts import Parts

api = routes.blueprint("health")


@api.get("/healthz")
def alive() -> Response:
    """Tell that this process answers."""
    return answers.json({"status": "ok"})


@api.get("/readyz")
def ready() -> Response:
    """Tell whether the database, the broker, the artifacts and workers are there.

    Without workers the service is ready all the same: it takes jobs, which wait.
    """
    own = parts.of_app()
    checks = {
        "database": _check(own, _database),
        "broker": _check(own, _broker),
        "artifacts": _check(own, _artifacts),
        "workers": _check(own, _workers),
    }
    fine = all(checks[name]["ok"] for name in ("database", "broker", "artifacts"))
    return answers.json({"status": "ready" if fine else "not ready", "checks": checks}, 200 if fine else 503)


def _check(own: Parts, look: Callable[[Parts], tuple[bool, str]]) -> dict[str, Any]:
    try:
        fine, detail = look(own)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        # The kind of error and no more: whoever asks need not have a token.
        fine, detail = False, f"it does not answer ({type(error).__name__})"
    return {"ok": fine, "detail": detail}


def _database(own: Parts) -> tuple[bool, str]:
    with own.database.reading() as session:
        session.execute(sa.select(1))
        try:
            for table in Base.metadata.sorted_tables:
                session.execute(sa.select(table).limit(0))
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):
            return False, "it is not migrated: run `fittingroom migrate`"
    return True, "it answers, and has all tables"


def _broker(own: Parts) -> tuple[bool, str]:
    # As everywhere: Celery is not imported before it is needed.
    from kombu.exceptions import OperationalError

    try:
        with own.celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
            connection.default_channel.client.ping()
    except OperationalError as error:
        raise ConnectionError from error
    return True, "it answers"


def _artifacts(own: Parts) -> tuple[bool, str]:
    own.artifacts.check()
    return True, "the store can be written to"


def _workers(own: Parts) -> tuple[bool, str]:
    with own.database.reading() as session:
        slots = [worker.slots for worker in workers.alive(session)]
    if not slots:
        return False, "there is none: jobs wait until there is"
    return True, f"{len(slots)} with {sum(slots)} slots"
