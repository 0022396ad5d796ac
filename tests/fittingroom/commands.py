"""The command line, called from tests."""

from pathlib import Path

from typer.testing import CliRunner, Result

from fittingroom.cli import app

WARNING = {
    "code": "units_mismatch",
    "detail": "4 numbers for 3 classes",
    "pointer": "#/model/layers/0/units",
    "suggestion": {"detail": "Put out 3", "patch": []},
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def document(folder: Path, content: str = '{"dataset": "iris", "model": {"layers": []}}') -> Path:
    path = folder / "job.json"
    path.write_text(content)
    return path
