from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import users
from core.config import Settings
from core.db import Database
from tests.service.houses import House, Served


@pytest.fixture
def settings(tmp_path: Path, broker_url: str, sqlite_url: str) -> Settings:
    return Settings(home=tmp_path, database_url=sqlite_url, broker_url=broker_url, port=0, sweep_seconds=3600)


@pytest.fixture
def build(settings: Settings) -> Iterator[Callable[..., House]]:
    """Builds a house whose settings differ in what is given."""
    houses: list[House] = []

    def make(**changes: object) -> House:
        houses.append(House(settings.model_copy(update=changes)))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build()


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[..., Served]]:
    """Starts `python -m service` with settings that differ in what is given."""
    running: list[Served] = []
    database = Database(settings.database)
    with database.writing() as session:
        token = users.create_token(session, user="root", role="admin")
    database.close()

    def start(**changes: object) -> Served:
        running.append(Served(settings.model_copy(update=changes), token))
        return running[-1].ready()

    yield start
    for served in running:
        served.close()
