"""The README's sessions run as they are written, against a real stack."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Fence, fences
from tests.stacks import Up

SESSIONS = {fence.name: fence for fence in fences() if fence.kind == "session"}
SECONDS = 240


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder like a clone's, in which somebody has said `make up`."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "examples").symlink_to(ROOT / "examples")
    up = Up(folder / "var")
    try:
        up.ready()
        yield folder
    finally:
        up.stop()


def run(fence: Fence, folder: Path) -> str:
    """What a session prints, which must not fail anywhere in between."""
    command = [sys.executable, "-"] if fence.language == "python" else ["bash", "-euo", "pipefail", "-s"]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("FITTINGROOM_")}
    done = subprocess.run(
        command,
        input=fence.text,
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{fence}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_readme_has_these_sessions() -> None:
    assert SESSIONS.keys() == {"curl", "command line", "python"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_curl_session_uploads_trains_follows_and_predicts(folder: Path) -> None:
    printed = run(SESSIONS["curl"], folder)
    assert '"rows":150' in printed
    assert [
        int(number) for number in re.findall(r'^data: \{"epoch":(\d+),"metrics"', printed, re.MULTILINE)
    ] == [*range(1, 21)]
    assert "event: end" in printed
    assert '"test":{' in printed
    (probabilities,) = re.findall(r'\{"predictions":\[\[([^]]+)\]\]\}', printed)
    setosa, versicolor, virginica = (float(number) for number in probabilities.split(","))
    assert virginica > max(setosa, versicolor)


def test_the_session_of_the_command_line_shows_what_it_promises(folder: Path) -> None:
    printed = run(SESSIONS["command line"], folder)
    assert "digits" in printed
    assert "iris" in printed
    assert printed.count("succeeded") >= 2


def test_the_session_in_python_prints_epochs_and_predictions(folder: Path) -> None:
    *epochs, predictions = run(SESSIONS["python"], folder).splitlines()
    assert [line.split()[0] for line in epochs] == ["1", "2", "3"]
    assert sum(map(float, predictions.strip("[]").split(","))) == pytest.approx(1, abs=1e-5)
