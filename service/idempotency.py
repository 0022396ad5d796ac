"""`Idempotency-Key`: a request that is sent again is answered again, and not done again.

A request first takes the key, then does its work, and writes its answer in the very transaction that does
the work: so whatever dies, and wherever, the work is done once and answered as it was. A request that dies
loses the key after a few seconds, since nobody renews its hold; one that is refused gives it back, so
that it can be sent again, mended.
"""

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import Session

from core import db
from core.db import Database
from core.errors import ConflictError, Fault, InvalidRequestError
from core.tables import IdempotencyKey, User
from service import answers

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
HOLD_SECONDS = 10.0
RENEW_SECONDS = 3.0


@dataclass
class Hold:
    """A request's hold on its key; without a key it holds nothing, and all its methods do nothing."""

    key: tuple[str, str, str] | None = None
    holder: str = ""
    answered: IdempotencyKey | None = None

    def replay(self, fingerprint: str) -> Response | None:
        """The first answer, if there is one, to a request of the same content.

        Raises:
            InvalidRequestError: the content is another.
        """
        if self.answered is None:
            return None
        if self.answered.fingerprint != fingerprint:
            detail = "This Idempotency-Key was used for a request of other content: choose another."
            raise InvalidRequestError(detail, [Fault("#/headers/Idempotency-Key", detail)])
        response = answers.json(
            self.answered.body, self.answered.status or 200, location=self.answered.location
        )
        response.headers[REPLAYED] = "true"
        return response

    def answer(self, session: Session, fingerprint: str, response: Response, body: dict[str, Any]) -> None:
        """Writes the answer, in the transaction that does the work.

        Raises:
            ConflictError: the hold was lost: somebody else does this work.
        """
        if self.key is None:
            return
        written = session.execute(
            sa.update(IdempotencyKey)
            .where(*_is(self.key), IdempotencyKey.holder == self.holder)
            .values(
                fingerprint=fingerprint,
                status=response.status_code,
                location=response.headers.get("Location"),
                # As it was sent, so that it is sent again to the last digit.
                body=orjson.loads(answers.dump(body)),
            )
            .returning(IdempotencyKey.key)
        )
        if written.scalar_one_or_none() is None:
            raise ConflictError("Another request with this Idempotency-Key took over.")


@contextmanager
def held(database: Database, user: User, route: str) -> Iterator[Hold]:
    """Holds the key of the present request, if it has one, as long as the block runs.

    Raises:
        ConflictError: a request with this key is in flight.
        InvalidRequestError: it is no key.
    """
    key = _key()
    if key is None:
        yield Hold()
        return
    hold = _take(database, (user.id, key, route))
    if hold.answered is not None:
        yield hold
        return
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(database, hold, ended), name="idempotency", daemon=True)
    keeper.start()
    try:
        yield hold
    finally:
        ended.set()
        keeper.join()
        _let_go(database, hold)


def fingerprint(*parts: object) -> str:
    """The hash of what was asked, in whatever order its members came."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(orjson.dumps(part, option=orjson.OPT_SORT_KEYS) + b"\n")
    return digest.hexdigest()


def _key() -> str | None:
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?", given):
        detail = "An Idempotency-Key is 1 to 255 printable characters of ASCII."
        raise InvalidRequestError(detail, [Fault("#/headers/Idempotency-Key", detail)])
    return given


def _is(key: tuple[str, str, str]) -> tuple[sa.ColumnElement[bool], ...]:
    user_id, name, route = key
    return IdempotencyKey.user_id == user_id, IdempotencyKey.key == name, IdempotencyKey.route == route


def _take(database: Database, key: tuple[str, str, str]) -> Hold:
    holder = uuid4().hex
    with database.writing() as session:
        at = db.now(session)
        until = at + timedelta(seconds=HOLD_SECONDS)
        user_id, name, route = key
        values = {
            "user_id": user_id,
            "key": name,
            "route": route,
            "held_until": until,
            "holder": holder,
            "created_at": at,
        }
        if db.insert_or_nothing(session, IdempotencyKey, values):
            return Hold(key, holder)
        row = session.scalars(sa.select(IdempotencyKey).where(*_is(key)).with_for_update()).one()
        if row.status is not None:
            return Hold(key, holder, answered=row)
        if row.held_until > at:
            raise ConflictError("A request with this Idempotency-Key is in flight: wait for its answer.")
        row.holder, row.held_until = holder, until
        return Hold(key, holder)


def _keep(database: Database, hold: Hold, ended: threading.Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        # A database that is away for a moment may cost the hold; `answer` then notices.
        with contextlib.suppress(sa.exc.DBAPIError), database.writing() as session:
            session.execute(
                sa.update(IdempotencyKey)
                .where(*_is(hold.key or ("", "", "")), IdempotencyKey.holder == hold.holder)
                .values(held_until=db.now(session) + timedelta(seconds=HOLD_SECONDS))
            )


def _let_go(database: Database, hold: Hold) -> None:
    """Gives a key back under which nothing was answered."""
    # If the database is away the hold runs out by itself.
    with contextlib.suppress(sa.exc.DBAPIError), database.writing() as session:
        session.execute(
            sa.delete(IdempotencyKey).where(
                *_is(hold.key or ("", "", "")),
                IdempotencyKey.holder == hold.holder,
                IdempotencyKey.status.is_(None),
            )
        )
