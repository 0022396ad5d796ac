import subprocess
import sys
import threading
from pathlib import Path

from core import scratch

HOLD = """
import sys
from pathlib import Path
from core import scratch
with scratch.folder(Path(sys.argv[1]), "theirs") as own:
    (own / "half").write_text("written")
    print(own, flush=True)
    sys.stdin.read()
"""


def test_a_folder_goes_with_its_block(tmp_path: Path) -> None:
    with scratch.folder(tmp_path / "scratch", "mine") as own:
        (own / "half").write_text("written")
        scratch.clear(tmp_path / "scratch")
        assert (own / "half").exists()
    assert not list((tmp_path / "scratch").iterdir())


def test_what_a_living_process_works_in_is_spared_and_what_a_dead_one_left_is_removed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        scratch.clear(tmp_path)
        assert (theirs / "half").exists()
        process.kill()
        process.wait()
    assert theirs.exists()
    scratch.clear(tmp_path)
    assert not list(tmp_path.iterdir())


def test_folders_are_made_while_others_are_cleared(tmp_path: Path) -> None:
    ended = threading.Event()

    def clear() -> None:
        while not ended.is_set():
            scratch.clear(tmp_path)

    clearing = threading.Thread(target=clear)
    clearing.start()
    try:
        for _ in range(300):
            with scratch.folder(tmp_path, "mine") as own:
                (own / "half").write_text("written")
                assert (own / "half").exists()
    finally:
        ended.set()
        clearing.join()


def test_there_is_nothing_to_clear_where_nothing_was_made(tmp_path: Path) -> None:
    scratch.clear(tmp_path / "absent")
