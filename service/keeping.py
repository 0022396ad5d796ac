"""From files to a data set: one way, whoever sent them and however they came."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from flask import Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from core.datasets import catalogue, limits, options, reading
from core.errors import ConflictError, Fault, InvalidRequestError, UnavailableError
from core.specs.spec import Name
from core.tables import Dataset, User
from service import answers, bodies, describing, idempotency, parts, uploads

# How long an upload waits for its turn to be read.
TURN_SECONDS = 60.0

_NAME: TypeAdapter[str] = TypeAdapter(Name)


@dataclass(frozen=True)
class Order:
    """What is asked for: an upload, under which name, to be read how."""

    user: User
    name: str
    options: dict[str, Any]
    form: uploads.Form

    @classmethod
    def of(cls, user: User, form: uploads.Form) -> Self:
        """What a form asks for in its fields `name` and `options`.

        Raises:
            MalformedError: the options are no JSON.
            InvalidRequestError: the name is none, or there is no file.
        """
        return cls(user, _name(form), _options(form), form)

    @property
    def fingerprint(self) -> str:
        """The parts and not the bytes: a form's boundary is another each time."""
        files = [upload.name for upload in self.form.files]
        return idempotency.fingerprint(self.name, self.options, files, self.form.hashes)


def make(order: Order, hold: idempotency.Hold, into: Path) -> Response:
    """Makes the data set and answers it: 201, or 200 where it is there already. `into` is a fresh folder.

    Raises:
        ConflictError: the name is taken by something else.
        InvalidRequestError: the options are none.
        InvalidDataError: the files cannot be read so.
        UnavailableError: too many uploads are being read.
    """
    how = options.parse_options(order.options)
    # What is there already need not be read again.
    return _existing(order, hold) or _keep(order, hold, _read(order.form, how, into), into)


def _name(form: uploads.Form) -> str:
    given = form.fields.get("name")
    if given is None:
        detail = "A field `name` is needed."
        raise InvalidRequestError(detail, [Fault("#/name", detail)])
    try:
        return _NAME.validate_python(given)
    except ValidationError:
        detail = (
            "A name is 1 to 63 characters of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit."
        )
        raise InvalidRequestError(detail, [Fault("#/name", detail)]) from None


def _options(form: uploads.Form) -> dict[str, Any]:
    """The options as they were sent."""
    if not form.files:
        detail = "A part `file` with a filename is needed."
        raise InvalidRequestError(detail, [Fault("#/file", detail)])
    text = form.fields.get("options", "").strip()
    document = bodies.parse(text, what="The field options") if text else {}
    # What is no object is refused in words by `parse_options`.
    return document if isinstance(document, dict) else options.parse_options(document).model_dump()


def _read(form: uploads.Form, settings: options.Options, into: Path) -> reading.Reading:
    own = parts.of_app()
    if not own.readers.acquire(timeout=TURN_SECONDS):
        raise UnavailableError("Other uploads are being read.", retry_after_seconds=10)
    try:
        return reading.read_apart(form.files, settings, into, limits.of(own.settings))
    finally:
        own.readers.release()


def _keep(order: Order, hold: idempotency.Hold, read: reading.Reading, folder: Path) -> Response:
    own = parts.of_app()
    kept = catalogue.keep_arrays(own.artifacts, read, folder)
    try:
        with own.database.writing() as session:
            made = catalogue.add(
                session,
                order.user,
                name=order.name,
                size=order.form.size,
                sha256=order.form.sha256,
                options=order.options,
                reading=read,
                artifacts=kept,
            )
            return _answer(session, order, hold, made, 201)
    except ConflictError:
        # Somebody was faster; if it was with the same, theirs is as good.
        if found := _existing(order, hold):
            return found
        raise


def _existing(order: Order, hold: idempotency.Hold) -> Response | None:
    with parts.of_app().database.writing() as session:
        found = catalogue.same(session, order.user, order.name, order.form.sha256, order.options)
        return _answer(session, order, hold, found, 200) if found else None


def _answer(
    session: Session, order: Order, hold: idempotency.Hold, dataset: Dataset, status: int
) -> Response:
    body = describing.dataset(dataset)
    response = answers.json(body, status, location=f"/v1/datasets/{dataset.id}")
    hold.answer(session, order.fingerprint, response, body)
    return response
