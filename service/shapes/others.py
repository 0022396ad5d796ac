"""Data sets, people, and what runs."""

from datetime import datetime
from typing import Any, Literal

from service.shapes.common import Shape


class Dataset(Shape):
    """A data set, as it was understood."""

    id: str
    object: Literal["dataset"]
    name: str
    format: str
    bytes: int
    sha256: str
    rows: int
    inputs: dict[str, Any]
    target: dict[str, Any]
    splits: dict[str, int]
    warnings: list[str]
    options: dict[str, Any]
    created_at: datetime


class Sample(Shape):
    """A data set that the service ships; `dataset` is the id of the one that you made of it."""

    name: str
    object: Literal["sample"]
    description: str
    rows: int
    format: str
    bytes: int
    dataset: str | None


class Token(Shape):
    """A bearer token."""

    id: str
    object: Literal["token"]
    user: str
    role: Literal["admin", "user"]
    created_at: datetime


class NewToken(Token):
    """A token that was just made. It is shown this once."""

    token: str


class Quota(Shape):
    """How much of a limit is used."""

    limit: int
    used: int
    left: int


class User(Shape):
    """Somebody who may own things."""

    id: str
    object: Literal["user"]
    name: str
    full_name: str | None
    role: Literal["admin", "user"]
    created_at: datetime
    quota: dict[str, Quota]


class Holdings(Shape):
    """How many things somebody has."""

    datasets: int
    models: int
    jobs: int


class Person(User):
    """A user in an administrator's list: with what they have."""

    has: Holdings


class Limit(Shape):
    """A limit: its value and, where it is used up, what is left."""

    limit: str
    value: int
    unit: str
    description: str
    used: int | None = None
    left: int | None = None


class Worker(Shape):
    """A worker that said something lately: how many of its slots are busy, and which of your jobs it runs.

    Its own name is told to administrators; for others it is `worker 1` and so on.
    """

    name: str
    object: Literal["worker"]
    slots: int
    devices: list[str]
    gpus: int
    draining: bool
    busy: int
    running: list[str]
    started_at: datetime
    seen_at: datetime


class Alive(Shape):
    """The process answers."""

    status: Literal["ok"]


class Check(Shape):
    """Whether one part is there."""

    ok: bool
    detail: str


class Ready(Shape):
    """Whether the service can work: the database, the broker and the artifacts must be there."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Check]
