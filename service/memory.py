"""What was looked up in the database, remembered for as long as nobody has written to it since.

SQLite tells in a few microseconds whether anybody has, where looking up a token and a model takes a thousand.
So a prediction is fast, and what was revoked, deleted or moved a moment ago is never answered from memory.
PostgreSQL has no such word, and everything is looked up there.
"""

import sqlite3
import threading
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from core.db import Database

MOST = 10_000

T = TypeVar("T")


class Memory:
    """Values by key, all forgotten with the first change of the database that is seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lasting = database.engine.dialect.name == "sqlite"
        self._lock = threading.Lock()
        # Its own, and never used to write: what one connection wrote itself it does not tell.
        self._witness: sqlite3.Connection | None = None
        self._seen: int | None = None
        self._values: dict[Hashable, object] = {}

    def recall(self, key: Hashable, look_up: Callable[[], T]) -> T:
        """The value of `key`: remembered, or else looked up. An exception is not remembered."""
        if not self._lasting:
            return look_up()
        with self._lock:
            try:
                version = self._version()
            except sqlite3.Error:
                return look_up()  # which says in its own words what is wrong
            if version != self._seen or len(self._values) >= MOST:
                self._seen, self._values = version, {}
            values = self._values
        if key in values:
            return cast("T", values[key])
        # If the database changes while it is looked up, what is found may be of before: it goes into the
        # memory of the version that was read before, which the next who asks throws away.
        found = values[key] = look_up()
        return found

    def close(self) -> None:
        """Gives the connection back."""
        with self._lock:
            if self._witness is not None:
                self._witness.close()
                self._witness = None

    def _version(self) -> int:
        if self._witness is None:
            name = self._database.engine.url.database or ":memory:"
            self._witness = sqlite3.connect(name, check_same_thread=False, isolation_level=None)
        number: int = self._witness.execute("PRAGMA data_version").fetchone()[0]
        return number
