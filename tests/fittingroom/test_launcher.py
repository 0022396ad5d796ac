import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from fittingroom import launcher
from fittingroom.errors import LauncherError


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LauncherError, match=f"^port {port} is in use; choose another with --port$"):
            launcher.free_port("127.0.0.1", port)
        command = [sys.executable, "-m", "fittingroom", "up", "--home", str(tmp_path), "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"fittingroom: port {port} is in use; choose another with --port\n"
    assert {path.name for path in tmp_path.iterdir()} <= {"lock"}


def test_port_0_is_a_free_one() -> None:
    port = launcher.free_port("127.0.0.1", 0)
    assert launcher.free_port("127.0.0.1", port) == port > 0


def test_an_address_that_is_not_this_machines_is_told() -> None:
    with pytest.raises(LauncherError, match=r"no listening on 192\.0\.2\.1"):
        launcher.free_port("192.0.2.1", 0)


def test_the_children_get_the_users_settings_and_the_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FITTINGROOM_DATABASE_URL", "postgresql://db/fittingroom")
    monkeypatch.setenv("FITTINGROOM_SLOTS", "3")
    told = launcher.environment_for(Path("/home/of"), "127.0.0.1", 8081, None)
    assert told["FITTINGROOM_DATABASE_URL"] == "postgresql://db/fittingroom"
    assert (told["FITTINGROOM_HOME"], told["FITTINGROOM_PORT"]) == ("/home/of", "8081")
    assert told["FITTINGROOM_SLOTS"] == "3"
    assert launcher.environment_for(Path("/home/of"), "", 1, 2)["FITTINGROOM_SLOTS"] == "2"


def test_a_folder_with_a_worker_of_its_own_does_not_mislead(tmp_path: Path) -> None:
    (tmp_path / "migrations.py").write_text("raise SystemExit('not ours')")
    home = tmp_path / "home"
    environment = launcher.importable(os.environ) | {"FITTINGROOM_HOME": str(home)}
    done = subprocess.run(
        launcher.part("migrations"),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert (home / "fittingroom.db").exists()


def test_what_was_on_the_path_stays_on_it() -> None:
    path = launcher.importable({"PYTHONPATH": "/theirs"})["PYTHONPATH"].split(os.pathsep)
    assert path == [str(Path(launcher.__file__).parents[1]), "/theirs"]


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_the_address_is_one_that_a_client_on_this_machine_can_use(host: str, url: str) -> None:
    assert launcher.address(host, 80) == url


def test_an_installation_of_the_client_alone_says_what_is_missing() -> None:
    with pytest.raises(
        LauncherError, match="no_such_part not found: this is an installation of the client alone"
    ):
        launcher.require_parts("no_such_part")


def test_a_database_that_cannot_be_migrated_is_told(tmp_path: Path) -> None:
    environment = launcher.environment_for(tmp_path, "127.0.0.1", 1, None)
    environment["FITTINGROOM_DATABASE_URL"] = f"sqlite:///{tmp_path}/file/in/the/way.db"
    (tmp_path / "file").write_text("")
    with pytest.raises(LauncherError, match="cannot be brought up to date"):
        launcher.migrate(launcher.Stack(tmp_path, environment, ""))
