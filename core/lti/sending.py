"""Delivers the outbox of grades: a thread, of which any number of processes may have one."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa
import structlog

from core import jobs
from core.db import Database
from core.lti import outbox, scores
from core.lti.errors import PlatformError, TokenError
from core.lti.outbox import Claimed
from core.tables import LtiLink

# Scores that one process sends at a time: a platform that is slow keeps few others waiting.
THREADS = 4
STOP_SECONDS = 5.0
# While one makes the column of a link, the others wait for it.
MAKING_SECONDS, WAITING_SECONDS = 60.0, 2.0
# A platform that does not answer at all is left alone for a while, with all its scores.
FIRST_AWAY_SECONDS, MOST_AWAY_SECONDS = 5.0, 60.0
# How often in a row an answer means that it is of no use. A 400 may be about the time of a score (Open edX),
# and the next is of a later one; a second is about the person. A 409 (Moodle) is about the time alone.
HOPELESS = {400: 2, 403: 5, 404: 5, 410: 5, 422: 2}
NOT_TAKEN = (
    "The platform takes no grade for this person: whoever teaches the course gets none, nor does who left it."
)
GONE = "The gradebook has no column for this link any more: open the link once in the platform."
RETRIED = "It is tried again by itself."

if TYPE_CHECKING:
    from core.lti.platforms import Platforms

log = structlog.get_logger()


class _BusyError(Exception):
    """Another process is just making the column."""


@dataclass
class _Away:
    """A platform that did not answer: until when it is left alone, and how often in a row it did not."""

    until: float
    times: int


@dataclass
class Sender:
    """Sends what is due, whenever it is."""

    database: Database
    connect: Callable[[], "Platforms"]
    """Called when there is something to send for the first time: what it brings is slow to import."""
    seconds: float
    first_away_seconds: float = FIRST_AWAY_SECONDS
    _name: str = field(default_factory=lambda: uuid4().hex, init=False)
    _away: dict[str, _Away] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    @cached_property
    def platforms(self) -> "Platforms":
        """The platforms."""
        return self.connect()

    def start(self) -> None:
        """Begins."""
        self._thread = threading.Thread(target=self._run, name="lti-sender", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends, after the scores that are under way."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        if "platforms" in vars(self):
            self.platforms.close()

    def send_due(self) -> int:
        """Sends all that is due; how many were tried."""
        with self.database.reading() as session:
            if not outbox.is_due(session):
                return 0
        sent: list[int] = []
        _ = self.platforms  # once, and not in each of the threads
        threads = [
            # Daemons: a process that is to end does not wait for a platform that is slow.
            threading.Thread(target=lambda: sent.append(self._drain()), name=f"lti-{number}", daemon=True)
            for number in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(sent)

    def _run(self) -> None:
        while not self._ended.wait(self.seconds):
            try:
                self.send_due()
            except sa.exc.SQLAlchemyError as error:
                # The database is away for a while, or not migrated yet.
                log.warning("lti.sender_failed", error=str(error))
            except Exception:
                # A sender that died of a mistake of ours would be missed too late.
                log.exception("lti.sender_failed")

    def _drain(self) -> int:
        count = 0
        try:
            while (claimed := self._claim()) is not None:
                self._send(claimed)
                count += 1
        except sa.exc.SQLAlchemyError as error:
            log.warning("lti.sender_failed", error=str(error))
        return count

    def _claim(self) -> Claimed | None:
        if self._ended.is_set():
            return None
        with self.database.writing() as session:
            return outbox.claim(session, without=self._left_alone())

    def _send(self, claimed: Claimed) -> None:
        try:
            lineitem = claimed.link.lineitem_url or self._lineitem(claimed)
            scores.post(self.platforms.tokens, claimed.link, lineitem, claimed.score)
        except _BusyError:
            with self.database.writing() as session:
                outbox.postpone(session, claimed, WAITING_SECONDS)
        except PlatformError as error:
            self._failed(claimed, error)
        except Exception:
            log.exception("lti.score_failed", score=claimed.id)
            self._settle(claimed, "Something went wrong on our side.")
        else:
            self._answered(claimed)
            with self.database.writing() as session:
                outbox.delivered(session, claimed)
            log.info("lti.score_delivered", score=claimed.id)

    def _lineitem(self, claimed: Claimed) -> str:
        """The column of a link that has none yet: looked for, or made, by one at a time."""
        link = claimed.link
        with self.database.writing() as session:
            if not jobs.take_turn(session, link.id, f"{self._name}:{claimed.id}"[:100], MAKING_SECONDS):
                raise _BusyError
            row = session.get(LtiLink, link.id)
            if row is not None and row.lineitem_url:
                return row.lineitem_url
        tokens = self.platforms.tokens
        url = scores.find(tokens, link) or scores.create(tokens, link, claimed.score.maximum)
        with self.database.writing() as session:
            outbox.keep_lineitem(session, link.id, url)
        return url

    def _failed(self, claimed: Claimed, error: PlatformError) -> None:
        status = error.status
        log.warning("lti.score_failed", score=claimed.id, status=status, error=error.detail)
        if isinstance(error, TokenError) or status is None or status in {401, 429} or status >= 500:
            self._leave_alone(claimed.link.registration_id, error.retry_after_seconds)
            self._settle(claimed, f"{error.detail} {RETRIED}", pause=error.retry_after_seconds)
            return
        self._answered(claimed)
        if status in {404, 410} and claimed.link.lineitem_found:
            with self.database.writing() as session:
                outbox.keep_lineitem(session, claimed.link.id, None)
        told = {400: NOT_TAKEN, 422: NOT_TAKEN, 404: GONE, 410: GONE}.get(status, RETRIED)
        self._settle(claimed, f"{told} ({error.detail})", most=HOPELESS.get(status))

    def _settle(
        self, claimed: Claimed, error: str, *, most: int | None = None, pause: float | None = None
    ) -> None:
        longest = None if pause is None else min(pause, outbox.MOST_PAUSE_SECONDS)
        with self.database.writing() as session:
            outbox.failed(session, claimed, error, most=most, pause=longest)

    def _left_alone(self) -> list[str]:
        at = time.monotonic()
        with self._lock:
            return [name for name, away in self._away.items() if away.until > at]

    def _leave_alone(self, registration_id: str, seconds: float | None) -> None:
        with self._lock:
            times = self._away[registration_id].times + 1 if registration_id in self._away else 1
            pause = min(self.first_away_seconds * 2.0 ** min(times - 1, 10), MOST_AWAY_SECONDS)
            until = time.monotonic() + max(pause, min(seconds or 0.0, outbox.MOST_PAUSE_SECONDS))
            self._away[registration_id] = _Away(until, times)

    def _answered(self, claimed: Claimed) -> None:
        """A platform that was away is there again: what waits for it need not wait any longer."""
        with self._lock:
            was_away = self._away.pop(claimed.link.registration_id, None)
        if was_away is not None:
            with self.database.writing() as session:
                outbox.hasten(session, claimed.link.registration_id)
