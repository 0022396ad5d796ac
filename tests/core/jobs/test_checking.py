"""What is said of a job before it is one: what its epochs will take."""

from datetime import UTC, datetime

import pytest

from core import speeds
from core.db import Database
from core.jobs import checking
from core.tables import Speed
from tests.core import things


@pytest.mark.parametrize("resources", [{}, {"gpus": 1}])
def test_an_epoch_takes_as_long_as_it_took_on_one_device(
    database: Database, resources: dict[str, int]
) -> None:
    assert estimate(database, {"accelerator": "gpu", **resources}) == speeds.Estimate(pytest.approx(0.5), 1)


def test_jobs_on_one_gpu_tell_nothing_of_several(database: Database) -> None:
    assert estimate(database, {"accelerator": "gpu", "gpus": 2}) is None


def estimate(database: Database, resources: dict[str, object]) -> speeds.Estimate | None:
    """What an epoch will take, after one like it took half a second on one GPU."""
    with database.writing() as session:
        user = things.user(session)
        things.dataset(session, user)
        work = {"steps": 3, "rows": 90, "multiply_adds": 12, "parameters": 15}
        known = {"device": "gpu", "threads": 2, "deterministic": False}
        session.add(Speed(**work, **known, seconds=0.5, at=datetime(2026, 1, 1, tzinfo=UTC)))
        session.flush()
        return checking.check(session, user, things.document(resources=resources), things.LIMITS)[1]
