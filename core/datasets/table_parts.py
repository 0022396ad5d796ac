"""The inputs of a table: one for numbers and categories, and one for each column of texts or pictures."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from core.datasets import (
    array_inputs,
    cells,
    finding,
    naming,
    picture_reading,
    roles,
    storing,
    table_inputs,
    table_survey,
    tabular,
    text_inputs,
    text_survey,
)
from core.datasets.limits import Limits
from core.datasets.options import Options
from core.datasets.picture_inputs import PictureInputs
from core.datasets.several_inputs import NamedInputs, OneInputs, SeveralInputs
from core.datasets.table_inputs import NumberColumn, TableInputs
from core.datasets.table_pictures import Gallery
from core.datasets.table_rows import Rows
from core.datasets.text_inputs import TextInputs

Survey = table_survey.NumberSurvey | table_survey.CategorySurvey | text_survey.TextSurvey


@dataclass(frozen=True)
class Source:
    """What the inputs are read from: rows, and the pictures that they name."""

    rows: Rows
    gallery: Gallery | None = None

    def pictures(self, name: str) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
        """The archive, and the file in it of each row."""
        if self.gallery is None:
            raise TypeError(f"{name} names pictures, and there are none")
        return self.gallery.archive, self.gallery.pictures(self.rows, name)


def learn(
    source: Source, cast: roles.Roles, numeric: Sequence[bool], options: Options, limits: Limits
) -> tuple[TableInputs | SeveralInputs, list[str]]:
    """What the training rows teach about the inputs, and warnings. `numeric` tells features of numbers.

    Raises:
        errors.InvalidDataError: No column is left, or they would make too wide a row.
    """
    rows = source.rows
    surveys = _survey(rows, cast, numeric, limits)
    plain = [survey for survey in surveys if not isinstance(survey, text_survey.TextSurvey)]
    texts = [survey for survey in surveys if isinstance(survey, text_survey.TextSurvey)]
    standardize = options.standardize is not False
    columns, dropped, warnings = table_survey.plan(
        plain, limits, standardize=standardize, alone=not (texts or cast.pictures)
    )
    ignored = [*cast.ignored, *dropped]
    table = TableInputs(
        columns=columns,
        ignored=[] if texts or cast.pictures else ignored,
        standardize=standardize,
        shape=_shape(columns, options, len(rows.test), limits),
    )
    if not texts and not cast.pictures:
        return table, warnings
    parts = [NamedInputs(name=naming.COLUMNS, inputs=table)] if columns else []
    pictured = [rows.table.names[at] for at in cast.pictures]
    learned = [_text(survey, len(rows.test), options, limits) for survey in texts]
    learned += [_pictures(source, name, options, limits) for name in pictured]
    columns_of = [*(survey.name for survey in texts), *pictured]
    names = naming.identifiers(columns_of, {naming.COLUMNS})
    for name, column, (inputs, told) in zip(names, columns_of, learned, strict=True):
        parts.append(NamedInputs(name=name, column=column, inputs=inputs))
        warnings += told
    return SeveralInputs(parts=parts, ignored=ignored), warnings


def _text(
    survey: text_survey.TextSurvey, rows: int, options: Options, limits: Limits
) -> tuple[OneInputs, list[str]]:
    inputs, told = survey.inputs(options)
    finding.check_size(rows, inputs.shape, limits)
    return inputs, told


def _pictures(source: Source, name: str, options: Options, limits: Limits) -> tuple[OneInputs, list[str]]:
    """What the pictures of a column are; the option `input_shape` is about the columns of numbers."""
    archive, entries = source.pictures(name)
    inputs, told = picture_reading.survey(
        archive, entries, options.model_copy(update={"input_shape": None}), limits
    )
    return inputs, [f"{name}: {warning}" for warning in told]


def _shape(columns: Sequence[table_inputs.Column], options: Options, rows: int, limits: Limits) -> list[int]:
    width = sum(column.width for column in columns)
    finding.check_size(rows, [width], limits)
    return finding.shape(options.input_shape, [width]) if columns else [0]


def _survey(rows: Rows, cast: roles.Roles, numeric: Sequence[bool], limits: Limits) -> list[Survey]:
    """What the training rows say about each feature, then about each text."""
    names = rows.table.names
    most = text_survey.MOST_WORDS // max(1, len(cast.texts))
    surveys: list[Survey] = [
        table_survey.NumberSurvey(names[place])
        if number
        else table_survey.CategorySurvey(names[place], limits)
        for place, number in zip(cast.features, numeric, strict=True)
    ]
    surveys += [text_survey.TextSurvey(names[place], most) for place in cast.texts]
    at = 0
    for batch in rows.batches([*cast.features, *cast.texts]) if surveys else ():
        learned = ~rows.test[at : at + len(batch[0])]
        at += len(learned)
        for survey, chunk in zip(surveys, batch, strict=True):
            survey.add(chunk, learned)
    return surveys


def write(source: Source, inputs: TableInputs | SeveralInputs, into: Path) -> None:
    """Writes the arrays of all inputs into the folder `into`."""
    parts = inputs.parts if isinstance(inputs, SeveralInputs) else [NamedInputs(name="", inputs=inputs)]
    rows = source.rows
    for index, part in enumerate(parts):
        shape, dtype = part.inputs.shape, part.inputs.dtype
        with storing.SplitWriter(into, "x", shape, dtype, rows.test, index=index) as writer:
            if isinstance(part.inputs, TableInputs):
                _write_columns(rows, part.inputs, writer)
            elif isinstance(part.inputs, TextInputs):
                _write_texts(rows, part.keys, part.inputs, writer)
            elif isinstance(part.inputs, PictureInputs):
                for chunk in picture_reading.decoded(*source.pictures(part.keys[0]), part.inputs):
                    writer.write(array_inputs.scale(part.inputs.array, chunk))


def _write_columns(rows: Rows, inputs: TableInputs, writer: storing.SplitWriter) -> None:
    at, step = 0, max(1, storing.PIECE // (4 * inputs.width))
    for batch in rows.batches(rows.places(inputs.names)):
        # A batch of wide one-hot rows is larger than the texts it came from: a part of it at a time.
        for begin in range(0, len(batch[0]), step):
            part = [_values(inputs, index, chunk[begin : begin + step]) for index, chunk in enumerate(batch)]
            encoded = table_inputs.assemble(inputs, part, first=at)
            at += len(encoded)
            writer.write(encoded)


def _values(inputs: TableInputs, index: int, chunk: pa.StringArray) -> NDArray[Any]:
    column = inputs.columns[index]
    if not isinstance(column, NumberColumn):
        return tabular.codes(column, chunk)
    values = tabular.numbers(chunk)
    if values is None:
        raise TypeError(f"{column.name} was a column of numbers when it was last read")
    return values


def _write_texts(rows: Rows, names: Sequence[str], inputs: TextInputs, writer: storing.SplitWriter) -> None:
    step = max(1, storing.PIECE // (4 * inputs.length))
    for (chunk,) in rows.batches(rows.places(names)):
        for begin in range(0, len(chunk), step):
            texts = [cells.text(cell) for cell in chunk[begin : begin + step].to_pylist()]
            writer.write(text_inputs.numbers_of(inputs, texts))
