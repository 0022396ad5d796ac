"""The commands about learning platforms: who may send people here, and the scores that they get."""

from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console

from fittingroom import errors, render
from fittingroom.client import Client
from fittingroom.connection import Answer
from fittingroom.network_commands import Json

lti = typer.Typer(no_args_is_help=True, help="Learning platforms (LTI 1.3), for administrators.")

PlatformId = Annotated[str, typer.Argument(metavar="ID", help="The platform's id here.")]
REGISTRATIONS = "/v1/lti/registrations"


@lti.command("tool")
def tool(as_json: Json = False) -> None:
    """Show what a platform's administrator enters there."""
    with Client() as client:
        _print(client.get("/v1/lti/tool"), as_json, "login_url", "launch_url", "jwks_url")


@lti.command("add")
def add(
    *,
    name: Annotated[str, typer.Option(help="What people call it.")],
    issuer: Annotated[str, typer.Option(help="Who it says it is: `iss` in its tokens.")],
    client_id: Annotated[str, typer.Option(help="What it calls us.")],
    auth_login_url: Annotated[str, typer.Option(help="Where browsers are told who they are.")],
    auth_token_url: Annotated[str, typer.Option(help="Where access tokens are had.")],
    jwks_url: Annotated[str, typer.Option(help="Where its public keys are.")],
    deployment: Annotated[
        list[str] | None, typer.Option(help="A deployment's id there; may be repeated.")
    ] = None,
    token_audience: Annotated[
        str | None, typer.Option(help="The audience of an assertion, if not the token's address.")
    ] = None,
    origin: Annotated[
        list[str] | None, typer.Option(help="A further origin that may frame our pages; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Register a platform."""
    document: dict[str, Any] = {
        "name": name,
        "issuer": issuer,
        "client_id": client_id,
        "auth_login_url": auth_login_url,
        "auth_token_url": auth_token_url,
        "jwks_url": jwks_url,
        "deployment_ids": deployment or [],
        "origins": origin or [],
    }
    if token_audience:
        document["token_audience"] = token_audience
    with Client() as client:
        _print(client.post(REGISTRATIONS, document), as_json, "id", "name", "issuer", "client_id")


@lti.command("list")
def list_platforms(as_json: Json = False) -> None:
    """List the platforms, newest first."""
    with Client() as client:
        page = client.page(REGISTRATIONS, limit=100)
    columns = ("id", "name", "issuer", "client_id", "deployment_ids")
    _table(page, as_json, columns, "platforms")


@lti.command("remove")
def remove(platform: PlatformId) -> None:
    """Forget a platform: nobody comes from there any more, and no grade goes there."""
    with Client() as client:
        client.delete(_path(platform))


@lti.command("deployment")
def add_deployment(
    platform: PlatformId,
    deployment: Annotated[str, typer.Argument(metavar="DEPLOYMENT", help="Its id on the platform.")],
    as_json: Json = False,
) -> None:
    """Add one more place on a platform from where people come."""
    with Client() as client:
        made = client.post(f"{_path(platform)}/deployments", {"deployment_id": deployment})
    _print(made, as_json, "id", "name", "deployment_ids")


@lti.command("origin")
def add_origin(
    platform: PlatformId,
    origin: Annotated[str, typer.Argument(metavar="ORIGIN", help="Such as https://school.example.")],
    as_json: Json = False,
) -> None:
    """Add one more origin whose pages may show ours in a frame."""
    with Client() as client:
        made = client.post(f"{_path(platform)}/origins", {"origin": origin})
    _print(made, as_json, "id", "name", "origins")


@lti.command("test")
def try_out(platform: PlatformId, as_json: Json = False) -> None:
    """Ask a platform for what launches and grades need. Exit code 1: something is amiss."""
    with Client() as client:
        told = client.post(f"{_path(platform)}/test")
    if as_json:
        typer.echo(told.text)
    else:
        for name, check in told["checks"].items():
            render.say(Console(), f"{'ok  ' if check['ok'] else 'fails'} {name}: {check['detail']}")
    raise typer.Exit(0 if told["ok"] else 1)


@lti.command("invite")
def invite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the platform will be called.")],
    as_json: Json = False,
) -> None:
    """Print an address with which a platform registers itself, once, within a week."""
    with Client() as client:
        made = client.post("/v1/lti/invitations", {"name": name})
    typer.echo(made.text if as_json else made["url"])


@lti.command("rotate")
def rotate(as_json: Json = False) -> None:
    """Make a new key of ours; it signs in an hour, and the one before stays known for a day after that."""
    with Client() as client:
        _print(client.post("/v1/lti/keys"), as_json, "kid", "signs_from")


@lti.command("scores")
def scores(
    status: Annotated[str | None, typer.Option(help="waiting, delivered or refused.")] = None,
    as_json: Json = False,
) -> None:
    """List the scores that platforms get, and how far they have got, newest first."""
    with Client() as client:
        page = client.page("/v1/lti/scores", status=status, limit=100)
    _table(page, as_json, ("id", "user", "status", "score", "failures", "error"), "scores")


@lti.command("resend")
def resend(
    score: Annotated[str | None, typer.Argument(metavar="[ID]", help="One score.")] = None,
    refused: Annotated[bool, typer.Option("--refused", help="All that were refused.")] = False,
    as_json: Json = False,
) -> None:
    """Send a score once more, or all that were refused."""
    if (score is None) != refused:
        raise errors.InputError("either the id of one score, or --refused")
    path = "/v1/lti/scores:resend" if score is None else f"/v1/lti/scores/{quote(score, safe='')}/resend"
    with Client() as client:
        _print(client.post(path), as_json, "count" if score is None else "status")


def _path(platform: str) -> str:
    return f"{REGISTRATIONS}/{quote(platform, safe='')}"


def _print(told: Answer, as_json: bool, *names: str) -> None:
    if as_json:
        typer.echo(told.text)
        return
    for name in names:
        render.say(Console(), f"{name.replace('_', ' ')}: {_cell(told.get(name))}")


def _table(page: Answer, as_json: bool, columns: tuple[str, ...], what: str) -> None:
    if as_json:
        typer.echo(page.text)
        return
    if not page["data"]:
        render.say(Console(), f"no {what}")
        return
    shown = render.table(*(name.replace("_", " ") for name in columns))
    for item in page["data"]:
        shown.add_row(*render.cells(*(_cell(item.get(name)) for name in columns)))
    Console().print(shown)


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
