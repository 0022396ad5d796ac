import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import migrations
from core import users
from core.config import Settings
from core.db import Database
from fittingroom import valkey
from tests.service.houses import House, Served, wait_until


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """A real Valkey, for as long as the tests run."""
    with tempfile.TemporaryDirectory(prefix="fr-") as folder:
        path = Path(folder) / "valkey.sock"
        with subprocess.Popen(valkey.command(path, Path(folder)), stdout=subprocess.DEVNULL) as process:
            wait_until(lambda: valkey.answers(path), 10)
            yield valkey.url(path)
            process.terminate()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file as the migrations make it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "fittingroom.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(tmp_path: Path, broker_url: str, migrated: Path) -> Settings:
    shutil.copy(migrated, tmp_path / "fittingroom.db")
    return Settings(home=tmp_path, broker_url=broker_url, port=0, sweep_seconds=3600)


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
