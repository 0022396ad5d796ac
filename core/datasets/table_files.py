"""Files of tables: which there are, and two of them as one table with its own rows for the test."""

import importlib
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from core import errors
from core.datasets import spool, storing, wording
from core.datasets.limits import Limits
from core.datasets.options import Options
from core.datasets.reading import Upload

MODULES = {
    ".csv": "csv_file",
    ".tsv": "csv_file",
    ".parquet": "parquet_file",
    ".jsonl": "jsonl_file",
    ".ndjson": "jsonl_file",
}
Open = Callable[[Path, Path, Limits], spool.Table]


def split_of(name: str) -> str | None:
    """`train` or `test` when the name has one of them as a word, as in `penguins_test.csv`."""
    words = set(re.split(r"[^a-z]+", Path(name).stem.lower())) & {"train", "test"}
    return words.pop() if len(words) == 1 else None


def open_tables(files: Sequence[Upload], options: Options, into: Path, limits: Limits) -> spool.Table:
    """The table in one file, or in one to train on and one to test on, spooled into the folder `into`.

    Raises:
        errors.InvalidDataError: A file is not what its name says, or the two have other columns.
    """
    opened = [
        _opener(file.name, options)(file.path, into / spooled, limits)
        for file, spooled in zip(_in_order(files), (storing.TEMPORARY, storing.SECOND), strict=False)
    ]
    return opened[0] if len(opened) == 1 else _joined(opened[0], opened[1])


def _in_order(files: Sequence[Upload]) -> list[Upload]:
    if len(files) == 1:
        return list(files)
    by_split = {split_of(file.name): file for file in files}
    if by_split.keys() != {"train", "test"} or len(files) != 2:
        names = wording.listing([file.name for file in files])
        raise errors.InvalidDataError(
            "One file is expected, or two with train and test in their names, "
            f"and there are {len(files)}: {names}"
        )
    return [by_split["train"], by_split["test"]]


def _opener(name: str, options: Options) -> Open:
    """Imported when needed: a process reads one format."""
    ending = Path(name).suffix.lower()
    module = importlib.import_module(f"core.datasets.{MODULES[ending]}")
    if ending == ".csv":
        opener: Open = module.open_table
        return opener
    if ending == ".tsv":
        return partial(module.open_table, delimiters=module.TABS)
    return partial(module.open_table, drop=frozenset(options.drop))


def _joined(train: spool.Table, test: spool.Table) -> spool.Table:
    """Both as one; a column that only the rows for the test have is not used."""
    for name in train.names:
        if train.names.count(name) > 1 or name not in test.names:
            raise errors.InvalidDataError(
                f"The column {wording.quote(name)} of the rows to train on is not once in both files"
            )
    order = tuple(test.names.index(name) for name in train.names)
    more = [
        f"{name}: not read, because only the test file has it"
        for name in test.names
        if name not in train.names
    ]
    parts = (train.parts[0], spool.Part(test.parts[0].path, test.rows, order))
    return spool.Table(train.names, parts, (*train.warnings, *test.warnings, *more))
