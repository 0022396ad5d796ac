import contextlib
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.artifacts import Artifacts, MissingArtifactError

HOUR = 3600.0


def put(artifacts: Artifacts, folder: Path, content: bytes = b"weights", name: str = "made") -> str:
    source = folder / name
    source.write_bytes(content)
    return artifacts.keep(source)


def age(artifacts: Artifacts, sha256: str, seconds: float = 2 * HOUR) -> None:
    then = time.time() - seconds
    os.utime(artifacts.path(sha256), (then, then))


def files(artifacts: Artifacts) -> list[Path]:
    return [path for path in artifacts.root.rglob("*") if path.is_file()]


def test_an_artifact_is_named_by_its_hash_and_moved_from_where_it_was(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    sha256 = put(artifacts, tmp_path)
    assert sha256 == hashlib.sha256(b"weights").hexdigest()
    assert artifacts.path(sha256).read_bytes() == b"weights"
    assert not (tmp_path / "made").exists()
    assert len(files(artifacts)) == 1


def test_an_artifact_cannot_be_written_to(artifacts: Artifacts, tmp_path: Path) -> None:
    assert artifacts.path(put(artifacts, tmp_path)).stat().st_mode & 0o222 == 0


def test_the_same_bytes_are_kept_once_and_count_as_new(artifacts: Artifacts, tmp_path: Path) -> None:
    sha256 = put(artifacts, tmp_path)
    age(artifacts, sha256)
    assert put(artifacts, tmp_path) == sha256
    assert len(files(artifacts)) == 1
    assert not (tmp_path / "made").exists()
    assert artifacts.sweep([], HOUR) == 0


def test_a_file_that_was_written_long_ago_counts_from_when_it_is_kept(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    source = tmp_path / "made"
    source.write_bytes(b"old")
    os.utime(source, (0, 0))
    sha256 = artifacts.keep(source)
    assert artifacts.sweep([], HOUR) == 0
    assert artifacts.path(sha256).exists()


def test_what_is_not_there_is_missing(artifacts: Artifacts) -> None:
    with pytest.raises(MissingArtifactError) as caught:
        artifacts.path("0" * 64)
    assert caught.value.title == "An artifact is not in the store"


def test_a_discarded_artifact_is_gone_and_may_be_discarded_again(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    sha256, other = put(artifacts, tmp_path), put(artifacts, tmp_path, b"other")
    artifacts.discard(sha256)
    artifacts.discard(sha256)
    assert [path.name for path in files(artifacts)] == [other]


def test_a_store_elsewhere_sees_the_same_artifacts(artifacts: Artifacts, tmp_path: Path) -> None:
    sha256 = put(artifacts, tmp_path)
    assert Artifacts(artifacts.root.as_uri()).path(sha256).read_bytes() == b"weights"


def test_a_url_may_have_spaces_and_signs_in_it(tmp_path: Path) -> None:
    root = tmp_path / "a b%c#d?e"
    assert Artifacts(root.as_uri()).root == root


def test_a_url_that_is_not_a_folder_is_refused() -> None:
    with pytest.raises(ValueError, match=r"FITTINGROOM_ARTIFACTS_URL: 's3' is not supported"):
        Artifacts("s3://bucket/folder")


def test_a_store_that_can_be_written_to_passes_its_check_and_keeps_nothing_of_it(
    artifacts: Artifacts,
) -> None:
    artifacts.check()
    assert files(artifacts) == []


def test_a_store_that_has_gone_does_not_pass_its_check(artifacts: Artifacts) -> None:
    shutil.rmtree(artifacts.root)
    with pytest.raises(OSError, match="No such file"):
        artifacts.check()


def test_a_sweep_removes_what_is_old_and_unused(artifacts: Artifacts, tmp_path: Path) -> None:
    used, unused, new = (put(artifacts, tmp_path, content) for content in (b"used", b"unused", b"new"))
    age(artifacts, used)
    age(artifacts, unused)
    assert artifacts.sweep({used}, HOUR) == 1
    assert sorted(path.name for path in files(artifacts)) == sorted([used, new])


def test_a_sweep_removes_what_was_left_half_written(artifacts: Artifacts) -> None:
    stray = artifacts.root / "staging" / "stray"
    stray.touch()
    assert artifacts.sweep([], HOUR) == 0
    os.utime(stray, (0, 0))
    assert artifacts.sweep([], HOUR) == 1
    assert files(artifacts) == []


def test_a_reader_keeps_what_it_has_opened_through_a_sweep(artifacts: Artifacts, tmp_path: Path) -> None:
    expected = np.arange(100_000)
    np.save(tmp_path / "x.npy", expected)
    sha256 = artifacts.keep(tmp_path / "x.npy")
    mapped = np.load(artifacts.path(sha256), mmap_mode="r")
    age(artifacts, sha256)
    assert artifacts.sweep([], HOUR) == 1
    assert (mapped == expected).all()


def test_what_is_kept_again_at_the_moment_of_a_sweep_stays(artifacts: Artifacts, tmp_path: Path) -> None:
    with sweeping(artifacts):
        for _ in range(300):
            sha256 = put(artifacts, tmp_path)
            place = artifacts.root / sha256[:2] / sha256
            # A sweeper that had taken it aside puts it back in an instant.
            deadline = time.monotonic() + 5
            while not place.exists():
                assert time.monotonic() < deadline
            with contextlib.suppress(FileNotFoundError):
                os.utime(place, (0, 0))


def test_threads_that_keep_the_same_bytes_end_with_one_artifact(artifacts: Artifacts, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = pool.map(lambda number: put(artifacts, tmp_path, b"same", str(number)), range(64))
        assert len(set(kept)) == 1
    assert len(files(artifacts)) == 1


def test_a_file_that_goes_while_a_sweep_looks_at_it_is_no_matter(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    with sweeping(artifacts):
        for number in range(500):
            sha256 = put(artifacts, tmp_path, str(number).encode())
            with contextlib.suppress(MissingArtifactError, FileNotFoundError):
                age(artifacts, sha256)
            artifacts.discard(sha256)


@contextlib.contextmanager
def sweeping(artifacts: Artifacts) -> Iterator[None]:
    """Sweeps again and again in a thread, within the block."""
    ended = threading.Event()

    def sweep() -> None:
        while not ended.is_set():
            artifacts.sweep([], HOUR)

    with ThreadPoolExecutor(1) as pool:
        swept = pool.submit(sweep)
        try:
            yield
        finally:
            ended.set()
            swept.result()
