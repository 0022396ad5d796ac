"""The page about the command line has every command."""

import re

import typer
from typer.main import get_command

from fittingroom.cli import app
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "client.md"


def named(group: object, before: str = "fittingroom") -> set[str]:
    """All commands below a group, as one types them."""
    assert isinstance(group, typer.core.TyperGroup)
    found = set()
    for name, command in group.commands.items():
        words = f"{before} {name}"
        found |= named(command, words) if isinstance(command, typer.core.TyperGroup) else {words}
    return found


def test_every_command_has_a_line_and_no_other() -> None:
    written = re.findall(r"^\| `(fittingroom [a-z ]*[a-z])", PAGE.read_text(), re.MULTILINE)
    assert set(written) == named(get_command(app))
    assert len(written) == len(set(written))
