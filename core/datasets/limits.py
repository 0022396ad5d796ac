"""What reading one upload may take."""

from dataclasses import dataclass

from core import config


@dataclass(frozen=True)
class Limits:
    """Bounds on one reading. The first four are an operator's; the others keep answers and memory small.

    `seconds` is wall-clock time. `memory_bytes` bounds the reading process; 0 is no bound.
    `max_unpacked_bytes` bounds what a packed file may unpack to, and likewise the arrays that are written.
    """

    max_columns: int
    max_unpacked_bytes: int
    seconds: float
    memory_bytes: int
    max_classes: int = 10_000
    max_categories: int = 1_000
    # Of one column, so that a thousand columns of long texts cannot fill the memory either.
    max_category_bytes: int = 64 * 2**10
    # Numbers in one encoded row of a table.
    max_width: int = 50_000
    max_row_bytes: int = 256 * 2**20


def of(settings: config.Settings) -> Limits:
    """The limits that an operator has set."""
    return Limits(
        max_columns=settings.max_columns,
        max_unpacked_bytes=settings.max_unpacked_bytes,
        seconds=settings.reader_seconds,
        memory_bytes=settings.reader_memory_bytes,
    )
