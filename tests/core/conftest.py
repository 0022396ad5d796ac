from collections.abc import Iterator

import pytest
from celery import Celery

from core import queue


@pytest.fixture
def celery(broker_url: str) -> Iterator[Celery]:
    """A sender to a broker with nothing in it."""
    celery = queue.connect(broker_url, 60)
    _clear(celery)
    yield celery
    _clear(celery)
    celery.close()


def _clear(celery: Celery) -> None:
    with celery.connection_for_write() as connection:
        connection.default_channel.client.flushall()
