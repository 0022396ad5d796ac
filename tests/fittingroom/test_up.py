"""The whole embedded stack, with the real service and the real worker."""

import signal
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

Start = Callable[[str], Up]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Up] = []

    def begin(name: str = "home") -> Up:
        started.append(Up(tmp_path / name))
        return started[-1].ready()

    yield begin
    for up in started:
        up.process.kill()
        up.process.communicate()


def gone(processes: list[psutil.Process]) -> bool:
    return not [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_the_stack_starts_tells_where_it_is_and_ends_with_nothing_left(start: Start) -> None:
    up = start("home")
    assert up.healthy()
    assert up.me().status_code == 200
    assert stat.S_IMODE((up.home / "token").stat().st_mode) == 0o600
    family, url, token = up.family(), up.url, up.token
    code, printed = up.stop(signal.SIGINT)
    assert code == 0
    assert f"Fitting Room is at {url}\n" in printed
    assert str(up.home / "token") in printed
    assert token not in printed
    assert "killed" not in printed
    assert gone(family)
    assert not (up.home / "url").exists()


def test_a_second_launcher_on_the_same_home_is_refused_and_does_no_harm(start: Start) -> None:
    up = start("home")
    second = Up(up.home)
    printed, _ = second.process.communicate(timeout=30)
    assert second.process.returncode == 1
    assert f"runs on {up.home} already (process {up.process.pid})" in printed
    assert up.healthy()


def test_a_service_and_a_broker_that_were_killed_come_back(start: Start) -> None:
    up = start("home")
    for name in ("-m service", "valkey-server"):
        killed = up.child(name)
        killed.kill()
        wait_until(lambda name=name, killed=killed: up.replaced(name, killed), 5)
    wait_until(up.healthy, 20)
    assert up.stop()[1].count("died (SIGKILL) and is started again at once") == 2


def test_nothing_is_left_of_a_killed_stack_and_the_next_carries_on(start: Start) -> None:
    up = start("home")
    family, token = up.family(), up.token
    up.process.kill()
    up.process.wait()
    again = start("home")
    assert gone(family)
    assert again.token == token
    assert again.me().status_code == 200


def test_two_homes_side_by_side_do_not_disturb_each_other(start: Start) -> None:
    one, other = start("one"), start("other")
    assert one.url != other.url
    assert one.token != other.token
    assert one.stop()[0] == 0
    assert other.healthy()
    assert other.me().status_code == 200


def test_a_second_ctrl_c_ends_it_at_once(start: Start) -> None:
    up = start("home")
    family = up.family()
    # A worker that is stopped cannot drain.
    up.child("-m worker").suspend()
    up.process.send_signal(signal.SIGINT)
    time.sleep(1)
    began = time.monotonic()
    code, printed = up.stop(signal.SIGINT)
    assert time.monotonic() - began < 5
    assert code == 0
    assert "worker does not stop: killed" in printed
    assert gone(family)
