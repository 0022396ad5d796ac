"""The migrations make what `core.tables` says, on both engines, forwards and backwards."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import autogenerate, command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import migrations
from core.db import Database
from core.tables import Base
from tests import servers

PROCESSES = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'empty.db'}"
    else:
        postgres: servers.Postgres = request.getfixturevalue("postgres")
        with postgres.database(template=servers.EMPTY) as url:
            yield url


def tables(url: str) -> set[str]:
    database = Database(url)
    names = set(sa.inspect(database.engine).get_table_names())
    database.close()
    return names


def test_there_is_one_head_and_the_revisions_are_numbered() -> None:
    script = ScriptDirectory.from_config(migrations.config("sqlite://"))
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert len(script.get_heads()) == 1
    assert sorted(revisions) == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert all(Path(one.path).name.startswith(f"{one.revision}_") for one in script.walk_revisions())


def test_the_migrations_make_the_very_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert autogenerate.compare_metadata(context, Base.metadata) == []


def test_the_checks_of_values_are_in_the_tables_too(database: Database) -> None:
    """Alembic does not compare them."""
    found = sa.inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        checks = {one.name for one in table.constraints if isinstance(one, sa.CheckConstraint)}
        assert {one["name"] for one in found.get_check_constraints(table.name)} == checks


def test_up_down_and_up_again(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    expected = {"alembic_version", *Base.metadata.tables}
    assert tables(empty_url) == expected
    command.downgrade(migrations.config(empty_url), "base")
    assert tables(empty_url) == {"alembic_version"}
    migrations.upgrade(empty_url)
    assert tables(empty_url) == expected


def test_each_revision_goes_down_and_up(empty_url: str) -> None:
    script = ScriptDirectory.from_config(migrations.config("sqlite://"))
    for revision in reversed(list(script.walk_revisions())):
        migrations.upgrade(empty_url, revision.revision)
        before = tables(empty_url)
        command.downgrade(migrations.config(empty_url), "-1")
        migrations.upgrade(empty_url, revision.revision)
        assert tables(empty_url) == before


def test_processes_that_upgrade_at_the_same_time_wait_for_one_another(empty_url: str) -> None:
    """As the parts of a stack do that are all started at once."""
    source = f"import migrations; migrations.upgrade({empty_url!r})"
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([sys.executable, "-c", source], stderr=subprocess.PIPE, cwd=root)
        for _ in range(PROCESSES)
    ]
    said = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES, said
    assert tables(empty_url) == {"alembic_version", *Base.metadata.tables}


def test_upgrading_what_is_new_already_changes_nothing(database_url: str) -> None:
    before = tables(database_url)
    migrations.upgrade(database_url)
    assert tables(database_url) == before
