"""Uploads: `multipart/form-data`, written to the disk as it comes, so that memory does not grow with a file.

Werkzeug's decoder finds the parts; what is done with them is here, so that whatever cuts an upload off
leaves nothing behind.
"""

import errno
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.sansio import multipart

from core.datasets.reading import Upload
from core.errors import Fault, InvalidRequestError, MalformedError, TooLargeError, UnavailableError

CHUNK_BYTES = 256 * 2**10
# Of a part's header, and of all fields together: a name and options.
MOST_FIELD_BYTES = 2 * 2**20
MOST_PARTS = 100


@dataclass
class Form:
    """What was uploaded: the fields as text, the files on the disk, and how many bytes they have."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def sha256(self) -> str:
        """The hash of the file; of several, that of their hashes and names, which say what each is for."""
        if len(self.hashes) == 1:
            return self.hashes[0]
        listed = [f"{sha256}  {file.name}" for sha256, file in zip(self.hashes, self.files, strict=True)]
        return hashlib.sha256("\n".join(listed).encode(errors="replace")).hexdigest()


def receive(
    request: Request,
    into: Path,
    *,
    most_bytes: int,
    fields: frozenset[str],
    check: Callable[[Mapping[str, str]], None] | None = None,
) -> Form:
    """Reads the body of `request` into `into`: parts called `file`, and the text `fields`.

    `check` is shown the fields before the first file is taken, and may refuse the form for them.

    Raises:
        UnsupportedMediaType: it is no form.
        MalformedError: it is none that can be read, or was cut off.
        InvalidRequestError: it has other parts.
        TooLargeError: it is larger than `most_bytes`.
    """
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise UnsupportedMediaType("multipart/form-data with a boundary is expected")
    asked = request.content_length
    if asked is not None and asked > most_bytes:
        raise _too_large(most_bytes, asked)
    # One more: what is longer must be seen to be, and not be cut off at the limit.
    request.max_content_length = most_bytes + 1
    receiver, taken = _Receiver(boundary, into, fields, check), 0
    try:
        for chunk in iter(lambda: request.stream.read(CHUNK_BYTES), b""):
            taken += len(chunk)
            if taken > most_bytes:
                raise _too_large(most_bytes, asked)
            receiver.take(chunk)
        receiver.take(None)
        receiver.check()
    except RequestEntityTooLarge:
        raise MalformedError("The form has too many parts, or too long headers.") from None
    except (ValueError, AssertionError, AttributeError, OSError) as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise UnavailableError("There is no space left on the disk for this upload.") from None
        # The decoder raises whatever comes of bytes that are no form.
        raise MalformedError(f"The form cannot be read; it may have been cut off ({error}).") from None
    finally:
        receiver.close()
    return receiver.form


class _Receiver:
    """Takes the body's bytes, and puts each part where it belongs."""

    def __init__(
        self,
        boundary: str,
        into: Path,
        fields: frozenset[str],
        check: Callable[[Mapping[str, str]], None] | None,
    ) -> None:
        self.form, self._check = Form(), check
        self._decoder = multipart.MultipartDecoder(
            boundary.encode("latin-1"),
            max_form_memory_size=MOST_FIELD_BYTES + CHUNK_BYTES,
            max_parts=MOST_PARTS,
        )
        self._into, self._names = into, fields
        self._file: IO[bytes] | None = None
        self._digest = hashlib.sha256()
        self._field = ""
        self._text = bytearray()

    def take(self, chunk: bytes | None) -> None:
        """The next bytes, or the end."""
        self._decoder.receive_data(chunk)
        while not isinstance(event := self._decoder.next_event(), multipart.NeedData | multipart.Epilogue):
            if isinstance(event, multipart.File):
                self._open(event)
            elif isinstance(event, multipart.Field):
                self._begin(event)
            elif isinstance(event, multipart.Data):
                self._write(event)

    def check(self) -> None:
        """Has the fields looked at, once: what comes after a file comes too late."""
        if self._check is not None:
            self._check(self.form.fields)
            self._check = None

    def close(self) -> None:
        """Closes what a form that was cut off left open."""
        if self._file is not None:
            self._file.close()

    def _open(self, part: multipart.File) -> None:
        if part.name != "file":
            raise _unknown(part.name, "a file's part is called 'file'")
        self.check()
        path = self._into / f"file-{len(self.form.files)}"
        self._file, self._digest = path.open("wb"), hashlib.sha256()
        self.form.files.append(Upload(part.filename, path))

    def _begin(self, part: multipart.Field) -> None:
        if part.name not in self._names:
            others = " and ".join(sorted(self._names))
            raise _unknown(part.name, f"the fields are {others}, and a file's part has a filename")
        if part.name in self.form.fields:
            raise _unknown(part.name, "it is there twice")
        self._field = part.name
        self._text.clear()

    def _write(self, data: multipart.Data) -> None:
        if self._file is None:
            self._text += data.data
            if len(self._text) > MOST_FIELD_BYTES:
                raise TooLargeError(self._field, limit=MOST_FIELD_BYTES, asked=len(self._text), unit="bytes")
            if not data.more_data:
                self.form.fields[self._field] = _decoded(self._field, self._text)
            return
        self._file.write(data.data)
        self._digest.update(data.data)
        self.form.size += len(data.data)
        if not data.more_data:
            self._file.close()
            self._file = None
            self.form.hashes.append(self._digest.hexdigest())


def _decoded(name: str, text: bytearray) -> str:
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise _unknown(name, "it is not text in UTF-8") from None
    if "\0" in decoded:
        raise _unknown(name, "it holds the character NUL")
    return decoded


def _unknown(name: str | None, why: str) -> InvalidRequestError:
    shown = (name or "")[:60]
    detail = f"The part {shown!r} is not taken: {why}."
    return InvalidRequestError(detail, [Fault(f"#/{shown}", detail)])


def _too_large(most: int, asked: int | None) -> TooLargeError:
    return TooLargeError("max_upload_bytes", limit=most, asked=asked, unit="bytes")
