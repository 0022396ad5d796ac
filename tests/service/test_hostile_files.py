"""Hostile uploads through HTTP: a data set or a problem, and nothing left of what was refused."""

import io
import json
import os
from collections.abc import Callable
from typing import Any

import psutil
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tables import Dataset
from tests.core.datasets import hostile
from tests.service.houses import CSV, House
from tests.service.transfers import nothing_left

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "30"))
# Each that is not refused beforehand starts a process that reads it.
fuzz = settings(
    max_examples=max(8, EXAMPLES // 30),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def kept(house: House) -> tuple[set[str], set[str]]:
    """The artifacts that are in the store, and those of data sets."""
    root = house.parts.artifacts.root
    found = {path.name for path in root.rglob("*") if path.is_file()}
    with house.parts.database.reading() as session:
        known = {sha256 for one in session.scalars(sa.select(Dataset)) for sha256 in one.artifacts.values()}
    return found, known


def leaves_nothing(house: House, send: Callable[[], Any]) -> int:
    """The status of the answer, after which only what belongs to a data set may be there."""
    running = set(psutil.Process().children(recursive=True))
    answer = send()
    assert 200 <= answer.status_code < 500
    assert set(psutil.Process().children(recursive=True)) <= running
    assert nothing_left(house.settings)
    found, known = kept(house)
    assert found == known
    return int(answer.status_code)


def form(files: list[hostile.File], name: str, options: object) -> dict[str, Any]:
    parts = [(io.BytesIO(content), file) for file, content in files]
    return {"name": name, "file": parts, "options": json.dumps(options)}


def test_whatever_is_uploaded_is_a_data_set_or_a_problem(house: House) -> None:
    asked = st.just({}) | hostile.OPTIONS

    @fuzz
    @given(hostile.uploads(), st.sampled_from(["a", "b", "c", "A", ""]), asked)
    def answered(files: list[hostile.File], name: str, options: dict) -> None:
        leaves_nothing(house, lambda: house.ask("POST", "/v1/datasets", data=form(files, name, options)))

    answered()
    assert house.upload(name="sound").status_code == 201


FORM = (
    b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nnumbers\r\n'
    b'--x\r\nContent-Disposition: form-data; name="options"\r\n\r\n{"target": "label", "seed": 1}\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n" + CSV + b"\r\n--x--\r\n"
)


def test_a_mangled_form_is_a_data_set_or_a_problem(house: House) -> None:
    @fuzz
    @given(
        hostile.CHANGES.map(lambda changes: hostile.mangled(FORM[:330], changes) + FORM[330:]),
        st.integers(0, len(FORM) + 999),
    )
    def answered(body: bytes, end: int) -> None:
        leaves_nothing(
            house,
            lambda: house.ask(
                "POST", "/v1/datasets", data=body[:end], content_type="multipart/form-data; boundary=x"
            ),
        )

    answered()
    assert house.upload(name="sound").status_code == 201


def test_every_sound_file_is_a_data_set(house: House) -> None:
    """So that what is refused above is refused for what was done to it."""
    for at, files in enumerate(hostile.sound()[::4]):
        sent = form(list(files), f"sound-{at}", {})
        assert leaves_nothing(house, lambda sent=sent: house.ask("POST", "/v1/datasets", data=sent)) == 201
