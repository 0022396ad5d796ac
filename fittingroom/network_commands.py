"""The commands about networks that nobody has trained yet: what one costs, and what it may be made of."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fittingroom import errors, render_networks, rows
from fittingroom.client import Client

Json = Annotated[bool, typer.Option("--json", help="Print the service's answer, unchanged.")]


def check(document: Annotated[Path, typer.Argument(metavar="JOB.json")], as_json: Json = False) -> None:
    """Check a job without training it: its layers, what it costs, and what a teacher would say."""
    spec = rows.job(document)
    with Client() as client:
        checked = client.check(spec)
    if as_json:
        typer.echo(checked.text)
    else:
        render_networks.check(Console(), checked)


def layers(
    layer: Annotated[str | None, typer.Argument(metavar="TYPE", help="One, with its arguments.")] = None,
    as_json: Json = False,
) -> None:
    """List the layers that a network may be made of."""
    with Client() as client:
        page = client.page("/v1/layers")
    if as_json and layer is None:
        typer.echo(page.text)
    elif layer is None:
        render_networks.layers(Console(), page["data"])
    else:
        found = {one["type"].lower(): one for one in page["data"]}.get(layer.lower())
        if found is None:
            raise errors.InputError(f"there is no layer {layer}; `fittingroom layers` lists them")
        if as_json:
            typer.echo(rows.written(found))
        else:
            render_networks.layer(Console(), found)
