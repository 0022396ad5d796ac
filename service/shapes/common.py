"""What all shapes are, lists, and errors."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item", bound=BaseModel)


class Shape(BaseModel):
    """An object with these members and no others."""

    model_config = ConfigDict(extra="forbid")


class Listed(Shape, Generic[Item]):
    """A page of a list. More is had with `?after=` the id of its last item."""

    object: Literal["list"]
    data: list[Item]
    has_more: bool


class Suggestion(Shape):
    """What may be done: in words, and as a JSON Patch (RFC 6902) of what was sent.

    The patch is empty where only a person can know what to change.
    """

    detail: str
    patch: list[dict[str, Any]]


class Fault(Shape):
    """One thing that is wrong, and where: a JSON pointer into what was sent."""

    pointer: str
    detail: str
    code: str | None = Field(None, description="A word for it, if it has one")
    suggestion: Suggestion | None = None


class Problem(Shape):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
    request_id: str
    limit: str | None = Field(None, description="The limit that was passed, where one was")
    value: int | None = Field(None, description="The limit's value")
    asked: int | None = Field(None, description="What was asked for, where that is known")


class PredictionError(Shape):
    """An error of the prediction protocol."""

    error: str
