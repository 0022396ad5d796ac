import os
import stat
from pathlib import Path

import pytest

from fittingroom import valkey
from fittingroom.children import Child, Children
from tests.fittingroom.waiting import wait_until


@pytest.mark.parametrize("name", ["home", "a home with spaces", "x" * 120])
def test_valkey_starts_on_a_private_socket_and_answers(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    path, temporary = valkey.socket_path(home)
    said: list[str] = []
    family = Children(said.append)
    if temporary:
        family.remove_at_end(temporary)
    try:
        assert not valkey.answers(path)
        family.start(Child("valkey", valkey.command(path, home), os.environ, tmp_path / "log", 5))
        wait_until(lambda: valkey.answers(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        family.stop(lambda: False)
    finally:
        family.close()
    assert said == []
    assert not path.exists()
    assert temporary is None or not temporary.exists()


def test_a_long_path_moves_the_socket_to_a_folder_of_its_own(tmp_path: Path) -> None:
    assert valkey.socket_path(Path("/tmp/h"))[1] is None
    path, temporary = valkey.socket_path(tmp_path / ("x" * 120))
    assert temporary is not None
    assert path.parent == temporary
    temporary.rmdir()


def test_celery_finds_the_socket_by_its_url(tmp_path: Path) -> None:
    from kombu import Connection

    path = tmp_path / "a b%" / "valkey.sock"
    path.parent.mkdir()
    home = tmp_path / "home"
    family = Children(print)
    try:
        family.start(Child("valkey", valkey.command(path, home), os.environ, tmp_path / "log", 5))
        wait_until(lambda: valkey.answers(path))
        with Connection(valkey.url(path)) as connection:
            connection.ensure_connection(max_retries=1)
            assert connection.default_channel.client.ping()
    finally:
        family.stop(lambda: False)
        family.close()
