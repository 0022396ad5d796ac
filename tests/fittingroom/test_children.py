"""The launcher's supervision, with small real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from fittingroom import children
from fittingroom.children import Child, Children

SLEEP = "import time; time.sleep(600)"
# A child with a child of its own, whose ids it writes down.
TWO = f"""
import os, pathlib, subprocess, sys, time
other = subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
path = pathlib.Path(os.environ["PIDS"])
path.with_suffix(".new").write_text(f"{{os.getpid()}} {{other.pid}}")
path.with_suffix(".new").rename(path)
time.sleep(600)
"""
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"
LAUNCHER = """
import os, pathlib, sys, time
from fittingroom.children import Child, Children
family = Children(print)
family.remove_at_end(pathlib.Path(sys.argv[2]))
command = [sys.executable, "-c", sys.argv[1]]
family.start(Child("two", command, dict(os.environ), pathlib.Path(sys.argv[3]), 5))
while True:
    family.watch()
    time.sleep(0.02)
"""


class Watched:
    """A family, and what was said of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.family = Children(self.said.append)

    def start(self, code: str = SLEEP, *, name: str = "child", stop_seconds: float = 5) -> Child:
        environment = {**os.environ, "PIDS": str(self.folder / "pids")}
        log = self.folder / "logs" / f"{name}.log"
        child = Child(name, [sys.executable, "-c", code], environment, log, stop_seconds)
        self.family.start(child)
        return child

    def until(self, true: Callable[[], object], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, self.said
            self.family.watch()
            time.sleep(0.01)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    watched.family.stop(lambda: True)
    watched.family.close()


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_gone(*pids: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while any(map(lives, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(map(lives, pids))


def pids_in(folder: Path) -> list[int]:
    return [int(pid) for pid in (folder / "pids").read_text().split()]


def test_a_child_that_was_killed_is_started_again_within_a_second(watched: Watched) -> None:
    child = watched.start()
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)
    began = time.monotonic()
    watched.until(lambda: child.process and child.process.pid != first)
    assert time.monotonic() - began < 1
    assert watched.said == [f"child died (SIGKILL) and is started again at once; see {child.log}"]


def test_the_pauses_grow_for_a_child_that_keeps_dying(watched: Watched) -> None:
    child = watched.start("raise SystemExit(3)")
    began = time.monotonic()
    watched.until(lambda: child.failures == 3)
    # At once, then after a second, then it is to be two.
    assert 1 <= time.monotonic() - began < 2.5
    assert "exit code 3" in watched.said[0]
    assert "in 1 s" in watched.said[1]
    assert "in 2 s" in watched.said[2]


def test_the_pauses_double_up_to_half_a_minute() -> None:
    assert [children.pause_after(failures) for failures in range(9)] == [0, 1, 2, 4, 8, 16, 30, 30, 30]
    assert children.pause_after(100_000) == 30


def test_a_child_that_was_well_for_a_minute_begins_anew(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "HEALTHY_SECONDS", 0.0)
    child = watched.start()
    child.failures = 5
    os.kill(pid_of(child), signal.SIGKILL)
    watched.until(lambda: watched.said)
    assert child.failures == 1
    assert "at once" in watched.said[0]


def test_what_a_dead_child_leaves_behind_goes_before_it_is_started_again(watched: Watched) -> None:
    child = watched.start(TWO)
    watched.until((watched.folder / "pids").exists)
    parent, grandchild = pids_in(watched.folder)
    assert parent == pid_of(child)
    os.kill(parent, signal.SIGKILL)
    watched.until(lambda: watched.said)
    assert is_gone(grandchild, seconds=0.2)


def test_a_program_that_is_not_there_is_told_and_tried_again_later(watched: Watched) -> None:
    child = Child("absent", ["/nowhere/program"], {}, watched.folder / "absent.log", 1)
    watched.family.start(child)
    assert "absent cannot be started" in watched.said[0]
    watched.until(lambda: child.failures == 2)


def test_children_are_stopped_in_the_opposite_order_and_say_what_they_print_in_their_logs(
    watched: Watched,
) -> None:
    farewell = (
        "import signal, sys, time\n"
        "def end(*_):\n    print(time.monotonic()); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nprint('ready', flush=True)\ntime.sleep(600)"
    )
    first, second = watched.start(farewell, name="first"), watched.start(farewell, name="second")
    watched.until(lambda: first.log.read_text() and second.log.read_text())
    watched.family.stop(lambda: False)
    ends = [float(child.log.read_text().split()[1]) for child in (first, second)]
    assert ends[1] < ends[0]
    assert watched.said == []


def test_a_child_that_does_not_stop_in_its_time_is_killed(watched: Watched) -> None:
    child = watched.start(STUBBORN, stop_seconds=0.3)
    pid = pid_of(child)
    watched.until(child.log.read_text)
    began = time.monotonic()
    watched.family.stop(lambda: False)
    assert 0.3 <= time.monotonic() - began < 2
    assert not lives(pid)
    assert watched.said == ["child does not stop: killed"]


def test_who_is_in_a_hurry_need_not_wait(watched: Watched) -> None:
    child = watched.start(STUBBORN, stop_seconds=60)
    pid = pid_of(child)
    watched.until(child.log.read_text)
    began = time.monotonic()
    watched.family.stop(lambda: time.monotonic() > began + 0.2)
    assert time.monotonic() - began < 2
    assert not lives(pid)


def test_nothing_is_left_of_a_launcher_that_was_killed(tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, TWO, str(left), str(tmp_path / "log")],
        env={**os.environ, "PIDS": str(tmp_path / "pids")},
    )
    try:
        while not (tmp_path / "pids").exists():
            assert launcher.poll() is None
            time.sleep(0.01)
        family = [process.pid for process in psutil.Process(launcher.pid).children(recursive=True)]
        assert set(pids_in(tmp_path)) < set(family)  # and the warden
    finally:
        launcher.kill()
        launcher.wait()
    assert is_gone(*family)
    assert not left.exists()


def test_a_warden_that_was_killed_is_replaced_and_knows_who_is_there(watched: Watched) -> None:
    child = watched.start()
    pid = pid_of(child)
    old = watched.family._warden
    old.kill()
    old.wait()
    watched.until(lambda: watched.family._warden is not old)
    assert old.stdin is not None
    assert old.stdin.closed
    watched.family.close()
    assert is_gone(pid)
    assert child.process is not None
    child.process.wait()
    child.process = None


def test_a_log_that_has_grown_large_is_put_aside(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LARGEST_LOG_BYTES", 10)
    log = watched.folder / "logs" / "child.log"
    log.parent.mkdir()
    log.write_text("of an earlier run\n")
    watched.start("print('new')")
    watched.until(lambda: log.read_text() == "new\n")
    assert log.with_suffix(".1.log").read_text() == "of an earlier run\n"
    assert children.tail(log) == "new"
    assert children.tail(watched.folder / "absent") == ""
