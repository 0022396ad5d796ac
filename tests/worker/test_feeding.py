"""Rows that lie on the device, and rows that are read from files: the same batches."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.core.specs.documents import dense, facts, pets, resolved
from tests.worker.attempts import files
from worker import data, feeding
from worker.feeding import Resident, Source, Streamed

BATCH = 16


@pytest.fixture
def rows(tmp_path: Path) -> data.Rows:
    return data.Rows(files(tmp_path, pets()), "train", resolved(pets(), dense(3), class_weight="balanced"))


def batches(source: Source, order: np.ndarray) -> list[Any]:
    return [
        tf.nest.map_structure(np.asarray, source.batch(piece.args, tf.constant(first), BATCH, exact=False))
        for piece in source.epoch(order)
        for first in range(0, piece.rows, BATCH)
    ]


def test_both_sources_make_the_same_batches_in_the_order_that_is_asked_for(
    rows: data.Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = np.random.default_rng(0).permutation(len(rows))[:70]
    resident = feeding.source(rows, BATCH)
    assert isinstance(resident, Resident)
    monkeypatch.setattr(feeding, "RESIDENT_BYTES", 0)
    monkeypatch.setattr(feeding, "PIECE_BYTES", 3 * BATCH * rows.row_bytes)
    streamed = feeding.source(rows, BATCH)
    assert isinstance(streamed, Streamed)
    assert [piece.rows for piece in streamed.epoch(order)] == [48, 22]
    for source in (resident, streamed):
        piece = next(iter(source.epoch(order)))
        assert all(tf.is_tensor(one) for one in tf.nest.flatten(piece.args)), "made once, not in every call"
    one, other = batches(resident, order), batches(streamed, order)
    assert [len(batch[0]) for batch in one] == [16, 16, 16, 16, 6]
    for mine, theirs in zip(one, other, strict=True):
        for left, right in zip(mine, theirs, strict=True):
            assert np.array_equal(left, right)
    x, y = rows.take(order[:BATCH])
    assert np.array_equal(one[0][0], x)
    assert np.array_equal(one[0][1], y)
    assert np.array_equal(one[0][2], rows.batch(order[:BATCH])[2])


def test_what_a_row_takes_is_what_its_batch_takes_with_encoded_targets(tmp_path: Path) -> None:
    known = facts(input_shape=(4,), classes=tuple(map(str, range(75))), class_counts=(2,) * 75)
    job = resolved(known, dense(75), loss="CategoricalCrossentropy", class_weight="balanced")
    made = data.Rows(files(tmp_path, known), "train", job)
    assert made.row_bytes == 4 * (4 + 75 + 1)
    assert sum(one.nbytes for one in made.batch(np.arange(150))) == 150 * made.row_bytes


def test_a_batch_of_one_size_is_what_xla_compiles_for(rows: data.Rows) -> None:
    source = feeding.source(rows, BATCH)
    piece = next(source.epoch(np.arange(64)))
    traced = tf.function(lambda first: source.batch(piece.args, first, BATCH, exact=True))
    shapes = [one.shape[0] for one in traced.get_concrete_function(tf.TensorSpec((), tf.int32)).outputs]
    assert shapes == [BATCH] * 3


def test_what_reading_raises_is_raised_where_the_rows_are_wanted() -> None:
    def broken(chosen: np.ndarray) -> tuple[Any, ...]:
        raise OSError(f"{len(chosen)} rows cannot be read")

    with pytest.raises(OSError, match="8 rows cannot be read"):
        list(Streamed(broken, 8).epoch(np.arange(20)))


def test_who_stops_in_the_middle_leaves_no_thread_behind() -> None:
    import threading

    before = threading.active_count()
    pieces = Streamed(lambda chosen: (chosen,), 2).epoch(np.arange(100))
    assert next(pieces).rows == 2
    pieces.close()
    assert threading.active_count() == before
