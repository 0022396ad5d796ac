"""What one sees of a data set before anything is trained."""

from typing import Any, Literal

from pydantic import Field

from service.shapes.common import Shape


class Histogram(Shape):
    """How many values lie between each edge and the next."""

    edges: list[float | None]
    counts: list[int]


class Common(Shape):
    """One of the commonest values of a column."""

    value: str
    count: int


class Column(Shape):
    """A column of the training rows, or of a sample of them; `values` are the commonest of a category.

    A number has mean, standard deviation, quantiles and a histogram. Null is what cannot be computed.
    """

    name: str
    kind: Literal["number", "category"]
    count: int | None = None
    missing: int | None = None
    mean: float | None = None
    std: float | None = None
    min: float | None = None
    max: float | None = None
    quantiles: dict[str, float | None] | None = None
    histogram: Histogram | None = None
    distinct: int | None = None
    values: list[Common] | None = None


class ClassCount(Shape):
    """How many rows have a class or a label; of one of several targets, its `target`."""

    target: str | None = None
    class_: str = Field(alias="class")
    train: int | None
    test: int | None


class Thumbnail(Shape):
    """A picture of at most 64 x 64 pixels, as PNG."""

    row: int
    class_: str | None = Field(alias="class")
    png_base64: str


class Preview(Shape):
    """First rows as uploaded, statistics, class counts, and pictures where rows are pictures."""

    object: Literal["preview"]
    rows: list[dict[str, Any]]
    columns: list[Column]
    sampled_rows: int = Field(description="Training rows that the statistics are made of")
    class_counts: list[ClassCount]
    thumbnails: list[Thumbnail]
