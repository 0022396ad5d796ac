"""The database's history, as Alembic's numbered revisions."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url


def config(database_url: str) -> Config:
    """Alembic's configuration for a database; there is no `alembic.ini`."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    # By attribute and not by option: a password may hold what a configuration file would interpolate.
    made.attributes["url"] = database_url
    return made


def upgrade(database_url: str, revision: str = "head") -> None:
    """Brings the database to a revision. Processes that do so at the same time wait for one another."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config(database_url), revision)
