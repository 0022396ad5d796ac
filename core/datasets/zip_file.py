"""Zip archives from strangers: opened, listed and read safely, and never unpacked under names of theirs."""

import contextlib
import errno
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from core import errors
from core.datasets import wording
from core.datasets.limits import Limits

# Entries of one archive: what is known of one takes half a kilobyte while it is read.
MOST_ENTRIES = 200_000
# Bytes of its directory: a record takes 46, and a name some dozens.
MOST_DIRECTORY = 64 * 2**20
RECORD = b"PK\x01\x02"
# What zipfile looks through for the end of the archive; more than that in one piece is the directory.
TAIL = 2**16 + 22
ENCRYPTED = 0x1 | 0x40
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
ARCHIVES = frozenset({".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst", ".npz", ".jar"})
# What systems put beside the files that somebody meant to pack. Names that begin with a dot are hidden too.
HIDDEN = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
# What zipfile raises for damaged archives, sooner or later.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@contextlib.contextmanager
def opened(path: Path, called: str = "a zip archive") -> Iterator[zipfile.ZipFile]:
    """The archive in the file at `path`, whose directory has been read but not yet checked.

    Raises:
        errors.InvalidDataError: It is none (that it is `called` is then denied), or has too many entries.
    """
    # Opened here and not by the archive, which would keep it open for as long as someone reads from it.
    with path.open("rb", buffering=0) as raw, _Guard(raw) as file:
        try:
            archive = zipfile.ZipFile(file)
        except (OSError, *DAMAGED) as error:
            raise errors.InvalidDataError(
                f"It is not {called}: it cannot be opened as a zip archive ({error})"
            ) from None
        file.watching = False
        yield archive


class _Guard(io.BufferedReader):
    """Looks at the directory before zipfile does, which would make an object of every entry first."""

    watching = True

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads as ever, but no directory of more entries than are taken."""
        if not self.watching or size is None or size <= TAIL:
            return super().read(size)
        if size > MOST_DIRECTORY:
            raise errors.InvalidDataError(
                f"The directory of the archive has {size:,} bytes, and at most {MOST_DIRECTORY:,} are taken"
            )
        directory = super().read(size)
        if (entries := directory.count(RECORD)) > MOST_ENTRIES:
            raise errors.InvalidDataError(
                f"The archive has {entries:,} entries, and at most {MOST_ENTRIES:,} are taken (max_entries)"
            )
        return directory


def files(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files in the archive, without folders and hidden ones, after every entry was found harmless.

    Raises:
        errors.InvalidDataError: One has a name that leads out of the archive, or is a link, encrypted, an
            archive itself or there twice; or all unpack to more than the limit. The sentence names it.
    """
    entries = archive.infolist()
    for entry in entries:
        if why := _harm(entry):
            raise errors.InvalidDataError(f"{wording.quote(entry.orig_filename)} in the archive {why}")
    found = [entry for entry in entries if not entry.is_dir() and not _is_hidden(entry.filename)]
    check_size(entries, limits)
    seen: set[str] = set()
    for entry in found:
        if entry.filename in seen:
            raise errors.InvalidDataError(f"{wording.quote(entry.filename)} is in the archive twice")
        seen.add(entry.filename)
    return found


def _harm(entry: zipfile.ZipInfo) -> str:
    """What is wrong with an entry, as the end of a sentence; nothing when nothing is."""
    if why := _misnamed(entry.orig_filename):
        return f"is not taken: {why}"
    mode = entry.external_attr >> 16
    harms = {
        "is a link, and links are not followed": stat.S_ISLNK(mode),
        "is no ordinary file": stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR},
        "is encrypted": entry.flag_bits & ENCRYPTED,
        "is packed in a way that is not taken: only stored and deflated files are": (
            entry.compress_type not in PACKINGS
        ),
        "is an archive itself, and those are not opened": (
            PurePosixPath(entry.filename).suffix.lower() in ARCHIVES and not _is_hidden(entry.filename)
        ),
    }
    return next((harm for harm, there in harms.items() if there), "")


def _misnamed(name: str) -> str:
    if any(ord(letter) < 32 for letter in name):
        return "its name has characters that do not print"
    if "\\" in name:
        return "its name has a backslash, where folders are told by '/'"
    if name.startswith("/") or name[1:2] == ":":
        return "its name is a place outside of the archive"
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        return "its name leads out of the archive"
    return "its name has a part that is empty or '.'" if {"", "."} & set(parts) else ""


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part.lower() in HIDDEN for part in name.split("/"))


def check_size(entries: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuses what would unpack to more than the limit; reading stops at the sizes that are told here.

    Raises:
        errors.InvalidDataError: The sentence names the limit.
    """
    size = sum(entry.file_size for entry in entries)
    if size > limits.max_unpacked_bytes:
        raise errors.InvalidDataError(
            f"It unpacks to {size:,} bytes, and at most {limits.max_unpacked_bytes:,} are taken "
            "(max_unpacked_bytes)"
        )


def read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The whole of a file of at most `most` bytes.

    Raises:
        errors.InvalidDataError: It is larger, or damaged.
    """
    if entry.file_size > most:
        raise errors.InvalidDataError(
            f"{wording.quote(entry.filename)} has {entry.file_size:,} bytes, and at most {most:,} are taken"
        )
    with damage(wording.quote(entry.filename)):
        content = archive.read(entry)
    if len(content) != entry.file_size:
        raise errors.InvalidDataError(f"{wording.quote(entry.filename)} is damaged: it ends too early")
    return content


@contextlib.contextmanager
def damage(name: str) -> Iterator[None]:
    """What zip archives complain of, as a sentence about `name`."""
    try:
        yield
    except DAMAGED as error:
        raise errors.InvalidDataError(f"{name} is damaged: {wording.quote(str(error))}") from error
    except OSError as error:
        # A place before the file's beginning; anything else is this machine's fault.
        if error.errno != errno.EINVAL:
            raise
        raise errors.InvalidDataError(f"{name} is damaged: it lies nowhere in the archive") from error
