"""Tables in Parquet files, read by PyArrow a batch of rows at a time."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from core import errors
from core.datasets import finding, spool, wording
from core.datasets.limits import Limits

# Cells that are decoded at a time.
CELLS = 2**18
# What a file's description of itself may take; a real one of 2,000 columns takes less than a tenth of it.
DESCRIPTION = 64 * 2**20
# PyArrow's errors of files that are not what they say; memory that is not there is not one of them.
BROKEN = (pa.ArrowException, OSError, OverflowError, ValueError)


def open_table(path: Path, spooled: Path, limits: Limits, *, drop: frozenset[str]) -> spool.Table:
    """The table in the file at `path`, for as long as the reading lasts spooled to the file `spooled`.

    Columns that are to be dropped may hold what no cell can.

    Raises:
        errors.InvalidDataError: It is not a Parquet file, a column holds lists, objects or bytes, or it has
            more columns or rows than the limits.
    """
    with path.open("rb") as source:
        file = _open(source)
        names = list(file.schema_arrow.names)
        finding.check_columns(len(names), limits)
        finding.check_size(max(file.metadata.num_rows, 0), [1], limits)
        taken = [at for at, field in enumerate(file.schema_arrow) if _check(field, drop)]
        with spool.Writer(spooled, len(names)) as writer:
            for batch in _batches(file, names, taken):
                writer.write_columns(batch)
    if writer.rows != file.metadata.num_rows:
        raise errors.InvalidDataError(
            f"It is damaged: it says that it has {file.metadata.num_rows:,} rows, and has {writer.rows:,}"
        )
    return spool.whole(names, spooled, writer.rows)


def _open(source: object) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(
            source,
            # A piece of each column at a time, where a whole group of rows would be read otherwise.
            buffer_size=2**16,
            pre_buffer=False,
            thrift_string_size_limit=DESCRIPTION,
            thrift_container_size_limit=DESCRIPTION // 16,
        )
    except MemoryError:
        raise
    except BROKEN as error:
        raise _broken(error) from None


def _broken(error: Exception) -> errors.InvalidDataError:
    reason = wording.quote(str(error).partition("\n")[0])
    return errors.InvalidDataError(f"It is not a Parquet file, or is damaged: {reason}")


def _check(field: pa.Field, drop: frozenset[str]) -> bool:
    """Whether the column is to be read; refuses one that holds what no cell can."""
    if field.name.strip() in drop:
        return False
    if pa.types.is_nested(_plain(field.type)):
        held = "lists or objects"
    elif _is_binary(_plain(field.type)):
        held = "bytes"
    else:
        return True
    raise errors.InvalidDataError(
        f"Column {wording.quote(field.name)} holds {held} ({field.type!s:.60}), where texts, numbers, "
        "booleans or dates are expected; options.drop leaves the column out"
    )


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type of the values themselves."""
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(kind.storage_type)
    return _plain(kind.value_type) if pa.types.is_dictionary(kind) else kind


def _is_binary(kind: pa.DataType) -> bool:
    checks = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, _is_binary_view)
    return any(check(kind) for check in checks)


def _is_binary_view(kind: pa.DataType) -> bool:
    return bool(kind == pa.binary_view())


def _batches(file: parquet.ParquetFile, names: list[str], taken: list[int]) -> Iterator[list[pa.StringArray]]:
    """The rows as texts, a column for each of `names`; empty ones for columns that are not taken."""
    wanted = [names[at] for at in taken]
    size = max(1, CELLS // max(1, len(names)))
    try:
        for batch in file.iter_batches(size, columns=wanted, use_threads=False):
            if batch.schema.names != wanted:
                raise errors.InvalidDataError("Two columns have the same name")
            found = dict(zip(taken, batch.columns, strict=True))
            empty = pa.array([""] * batch.num_rows, pa.string())
            yield [_texts(found[at]) if at in found else empty for at in range(len(names))]
    except MemoryError:
        raise
    except BROKEN as error:
        raise _broken(error) from None


def _texts(column: pa.Array) -> pa.StringArray:
    """Every value as the text that a CSV file would have for it; a number to its last digit."""
    kind = _plain(column.type)
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_floating(kind):
        # The shortest text for a number of less than 64 bits would be that of another number of 64.
        column = pc.cast(column, pa.float64())
    elif pa.types.is_duration(kind):
        column = pc.cast(column, pa.int64())
    elif pa.types.is_timestamp(kind) and kind.tz:
        column = pc.cast(column, pa.timestamp(kind.unit, "UTC"))
    return pc.fill_null(pc.cast(column, pa.string()), "")
