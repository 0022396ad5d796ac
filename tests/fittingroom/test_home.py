import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from fittingroom import home
from fittingroom.errors import LauncherError


def test_a_home_has_one_launcher_at_a_time(tmp_path: Path) -> None:
    with (
        home.locked(tmp_path),
        pytest.raises(LauncherError, match=f"runs on {tmp_path} already .process {os.getpid()}.*--home"),
        home.locked(tmp_path),
    ):
        pass
    with home.locked(tmp_path):
        pass


def test_two_homes_do_not_know_of_each_other(tmp_path: Path) -> None:
    with home.locked(tmp_path / "a"), home.locked(tmp_path / "b"):
        pass


def hold(folder: Path) -> None:
    with home.locked(folder):
        os._exit(9)  # as a kill would, with no clearing up


def test_the_lock_of_a_launcher_that_died_is_free(tmp_path: Path) -> None:
    died = multiprocessing.get_context("spawn").Process(target=hold, args=(tmp_path,))
    died.start()
    died.join()
    assert died.exitcode == 9
    with home.locked(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_new_home_is_its_owners_alone(tmp_path: Path) -> None:
    with home.locked(tmp_path / "new" / "home"):
        assert stat.S_IMODE((tmp_path / "new" / "home").stat().st_mode) == 0o700


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LauncherError, match="Not a directory"), home.locked(tmp_path / "file" / "home"):
        pass


def test_a_secret_is_its_owners_alone_whatever_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("old")
    path.chmod(0o644)
    assert home.write_secret(path, "new").read_text() == "new\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
