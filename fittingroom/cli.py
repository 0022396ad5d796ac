"""The command line: `fittingroom COMMAND`."""

import importlib.metadata
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Never

import typer
import typer.core

from fittingroom import commands, errors, lti_commands

Home = Annotated[Path, typer.Option("--home", envvar="FITTINGROOM_HOME", help="Where everything is kept.")]


class Program(typer.core.TyperGroup):
    """The commands, any of which may fail in a way that one message explains."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 (a context of the Click inside Typer)
        """Runs a command. What a user can do something about is one message and never a traceback."""
        try:
            return super().invoke(ctx)
        except errors.RoomError as error:
            typer.echo(f"fittingroom: {error}", err=True)
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Fitting Room trains networks described in JSON, and serves predictions from them.",
)
token = typer.Typer(no_args_is_help=True, help="Tokens, made where the database is.")
app.add_typer(token, name="token", rich_help_panel="The parts")
app.add_typer(lti_commands.lti, name="lti", rich_help_panel="The parts")
commands.add_to(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(importlib.metadata.version("fittingroom"))
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Fitting Room trains networks described in JSON, and serves predictions from them."""


@app.command(rich_help_panel="The embedded stack")
def up(
    home: Home = Path("var"),
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, envvar="FITTINGROOM_PORT", help="The service's port; 0: a free one."),
    ] = 8080,
    slots: Annotated[
        int | None, typer.Option(min=1, help="Jobs that train at a time [default: FITTINGROOM_SLOTS or 1].")
    ] = None,
) -> None:
    """Run the whole stack: broker, service and one worker, watched over until Ctrl-C."""
    # Here, as it needs Unix, and the client does not.
    from fittingroom import launcher

    launcher.up(home, port=port, slots=slots, say=_say)


@app.command(rich_help_panel="The embedded stack")
def demo(
    home: Annotated[
        Path | None, typer.Option(help="Keep everything there, instead of removing it at the end.")
    ] = None,
) -> None:
    """Train a network on handwritten digits from start to finish, on a stack of its own."""
    # Here, as it needs Unix, and the client does not.
    from fittingroom import demo as demonstration

    raise typer.Exit(demonstration.run(home))


@app.command(rich_help_panel="The parts")
def service() -> None:
    """Run the HTTP service alone."""
    _become("service")


@app.command(rich_help_panel="The parts")
def worker(
    queues: Annotated[
        str | None, typer.Option(help="cpu, gpu or cpu,gpu [default: FITTINGROOM_QUEUES].")
    ] = None,
    slots: Annotated[int | None, typer.Option(min=1, help="Jobs that train at a time.")] = None,
) -> None:
    """Run one worker alone."""
    unknown = set((queues or "cpu").split(",")) - {"cpu", "gpu"}
    if unknown:
        raise typer.BadParameter(
            f"{', '.join(sorted(unknown))}: there are cpu and gpu", param_hint="--queues"
        )
    _become("worker", FITTINGROOM_QUEUES=queues, FITTINGROOM_SLOTS=None if slots is None else str(slots))


@app.command(rich_help_panel="The parts")
def migrate() -> None:
    """Bring the database up to date."""
    _become("migrations")


@token.command("create")
def create_token(
    user: Annotated[str, typer.Option(help="Whose it is to be; a new name makes a new user.")],
    role: Annotated[str | None, typer.Option(help="admin or user [default: what they are, or user].")] = None,
) -> None:
    """Print a new token. This is the one time that it is shown."""
    try:
        # The wheel of the client has no core, nor SQLAlchemy.
        from core import config, db, users
        from core import errors as core_errors
    except ImportError as error:
        raise errors.RoomError(
            "tokens are made where the service is installed, not with the client alone"
        ) from error
    # Likewise.
    from sqlalchemy.exc import OperationalError, ProgrammingError

    database = db.Database(config.Settings().database)
    try:
        with database.writing() as session:
            made = users.create_token(session, user=user, role=role)
    except core_errors.FittingRoomError as error:
        raise errors.RoomError(error.detail) from error
    except (OperationalError, ProgrammingError) as error:
        raise errors.RoomError(
            f"{error.orig}; has `fittingroom migrate` been run on this database?"
        ) from error
    finally:
        database.close()
    typer.echo(made)


def _become(part: str, **settings: str | None) -> Never:
    """Turns this process into one of the parts, so that signals and the exit code are its own."""
    # Here, as it needs Unix, and the client does not.
    from fittingroom import launcher

    launcher.require_parts(part)
    told = {name: value for name, value in settings.items() if value is not None}
    environment = launcher.importable(os.environ) | told
    sys.stdout.flush()
    command = launcher.part(part)
    os.execve(command[0], command, environment)  # noqa: S606 (a shell is the last thing that it needs)


def _say(text: str) -> None:
    # A terminal that has gone is no reason to leave the stack running, or half stopped.
    try:
        typer.echo(text)
    except OSError:
        return
