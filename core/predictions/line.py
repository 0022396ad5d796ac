"""A line to the workers, through the broker, for predictions that the service cannot make by itself.

Who asks puts a message where it lasts no longer than the asker waits, and its number into a list; a worker
that is free takes the number, the message, and answers into a list of the asker's own. What nobody takes or
awaits any more is gone by itself, and nothing of it was true anywhere else.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.errors import UnavailableError
from core.predictions.messages import Message

BROKER_ERRORS = (RedisError, OperationalError, OSError)
WAITING = "fittingroom:predictions"
# How long an asker waits: a worker loads a network in some seconds, and answers in much less after that.
ANSWER_SECONDS = 30.0
# More would only wait for one another.
MOST_WAITING = 16
# Shorter than the time after which a connection that says nothing is taken for dead.
LOOK_SECONDS = 2.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Request:
    """What somebody asks, and how many seconds from now on they wait for the answer."""

    number: str
    message: Message
    seconds: float


@dataclass
class Line:
    """The way through the broker; any number of threads may use it."""

    celery: Callable[[], Celery]
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _connection: Any = field(default=None, init=False)

    def ask(self, message: Message, seconds: float = ANSWER_SECONDS) -> Message:
        """A worker's answer.

        Raises:
            UnavailableError: nobody answered in time, too many ask, or the broker is away.
            TooLargeError: it is too much to be sent.
        """
        packed, number = message.pack(), uuid4().hex
        try:
            client = self._client()
            if client.llen(WAITING) >= MOST_WAITING:
                raise UnavailableError("All workers are busy with predictions.", retry_after_seconds=2)
            with client.pipeline() as together:
                together.set(_request(number), packed, px=int(seconds * 1000))
                together.rpush(WAITING, number)
                together.expire(WAITING, int(seconds) + 1)
                together.execute()
            return self._await(client, number, time.monotonic() + seconds)
        except BROKER_ERRORS as error:
            log.warning("predictions.broker_away", error=str(error))
            raise UnavailableError("The broker does not answer.", retry_after_seconds=2) from error

    def _await(self, client: Any, number: str, until: float) -> Message:  # noqa: ANN401 - a client of Redis's
        while (left := until - time.monotonic()) > 0:
            found = client.blpop([_answer(number)], timeout=min(LOOK_SECONDS, left))
            if found is not None:
                return Message.unpack(found[1])
        client.delete(_request(number))
        raise UnavailableError("No worker answered in time.", retry_after_seconds=5)

    def take(self, seconds: float = LOOK_SECONDS) -> Request | None:
        """What was asked first, if anything is within so many seconds.

        Raises:
            redis.exceptions.RedisError, kombu.exceptions.OperationalError, OSError: the broker is away.
        """
        client = self._client()
        found = client.blpop([WAITING], timeout=min(seconds, LOOK_SECONDS))
        if found is None:
            return None
        number = found[1].decode()
        with client.pipeline() as together:
            together.pttl(_request(number))
            together.getdel(_request(number))
            left, packed = together.execute()
        # Of somebody who has given up there is nothing left.
        return Request(number, Message.unpack(packed), left / 1000) if packed else None

    def answer(self, request: Request, message: Message) -> None:
        """Answers.

        Raises:
            redis.exceptions.RedisError, kombu.exceptions.OperationalError, OSError: the broker is away.
        """
        with self._client().pipeline() as together:
            together.rpush(_answer(request.number), message.pack())
            together.pexpire(_answer(request.number), max(1, int(request.seconds * 1000)))
            together.execute()

    def close(self) -> None:
        """Gives the connection back."""
        with self._lock:
            if self._connection is not None:
                self._connection.release()
                self._connection = None

    def _client(self) -> Any:  # noqa: ANN401 - a client of Redis's, as Celery's transport makes it
        with self._lock:
            if self._connection is None:
                self._connection = self.celery().connection_for_write()
            return self._connection.default_channel.client


def _request(number: str) -> str:
    return f"{WAITING}:{number}"


def _answer(number: str) -> str:
    return f"{WAITING}:{number}:answer"
