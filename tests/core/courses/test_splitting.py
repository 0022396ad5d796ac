"""Rows to test on, divided into public and hidden ones."""

from pathlib import Path

import numpy as np
import pytest

from core.artifacts import Artifacts
from core.courses import splitting
from core.db import Database
from core.errors import InvalidRequestError
from core.tables import Dataset
from tests.core import things
from tests.core.courses import classes


@pytest.fixture
def source(sqlite_url: str, artifacts: Artifacts, tmp_path: Path) -> Dataset:
    database = Database(sqlite_url)
    with database.writing() as session:
        made = classes.stored(session, things.user(session), artifacts, tmp_path)
    database.close()
    return made


def test_every_row_is_public_or_hidden_and_each_class_in_proportion(
    source: Dataset, artifacts: Artifacts, tmp_path: Path
) -> None:
    made = splitting.divide(artifacts, source, 0.5, 0, tmp_path)
    whole = rows(artifacts, source.artifacts["x_test"])
    public, hidden = rows(artifacts, made.artifacts["x_test"]), rows(artifacts, made.hidden["x_test"])
    assert sorted([*public, *hidden]) == sorted(whole)
    assert not set(public) & set(hidden)
    counts = np.bincount(np.load(artifacts.path(made.hidden["y_test"])))
    assert counts.tolist() == [4, 3, 3]
    assert made.description["splits"] == {"train": 100, "test": 10}
    assert made.artifacts["x_train"] == source.artifacts["x_train"]


def test_the_same_seed_hides_the_same_rows_and_another_others(
    source: Dataset, artifacts: Artifacts, tmp_path: Path
) -> None:
    first, again, other = (splitting.divide(artifacts, source, 0.5, seed, tmp_path) for seed in (0, 0, 1))
    assert first.sha256 == again.sha256 != other.sha256


@pytest.mark.parametrize(("share", "public", "hidden"), [(0, 20, 0), (1, 0, 20)])
def test_none_or_all_may_be_hidden(
    source: Dataset, artifacts: Artifacts, tmp_path: Path, share: float, public: int, hidden: int
) -> None:
    made = splitting.divide(artifacts, source, share, 0, tmp_path)
    assert made.description["splits"]["test"] == public
    assert len(rows(artifacts, made.artifacts["x_test"])) == public
    assert (len(rows(artifacts, made.hidden["x_test"])) if made.hidden else 0) == hidden


def test_a_share_that_hides_no_row_is_refused(source: Dataset, artifacts: Artifacts, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="too few rows") as refused:
        splitting.divide(artifacts, source, 0.01, 0, tmp_path)
    assert refused.value.faults[0].pointer == "#/hidden"


def rows(store: Artifacts, sha256: str) -> list[tuple[float, ...]]:
    return [tuple(row) for row in np.load(store.path(sha256)).tolist()]
