"""How an upload is to be read: the `options` of `POST /v1/datasets`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from core import errors
from core.datasets import wording

# What names columns, or says how their texts are read: nothing that has no columns takes it.
COLUMN_OPTIONS = ("target", "features", "drop", "text", "sequence_length", "vocabulary_size", "split")
Names = Annotated[list[str], Field(min_length=1, max_length=10_000)]


class Options(BaseModel):
    """What a client says about its file; everything has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    target: str | Names | None = Field(None, description="The column to predict, or several")
    features: Names | None = Field(None, description="The columns to predict from; by default all others")
    drop: list[str] = Field([], max_length=10_000, description="Columns that are not used")
    text: str | Names | None = Field(
        None, description="The column, or several, whose texts become sequences of words"
    )
    sequence_length: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Words that a text is cut or filled up to; by default what 95 % of the texts need, "
        "at most 256",
    )
    vocabulary_size: int | None = Field(
        None,
        ge=1,
        le=200_000,
        description="Words that are known, the most frequent ones; by default 10,000",
    )
    split: str | None = Field(
        None,
        description="The column that says train or test of every row; by default one called split that does",
    )
    task: Literal["classification", "regression", "multilabel", "reconstruction"] | None = Field(
        None,
        description="Whether the target is a class, a number, several labels or the input itself; "
        "by default, what it looks like",
    )
    input_shape: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=8)] | None = (
        Field(None, description="The shape that a row is given, such as [28, 28, 1] for 784 columns")
    )
    image_size: (
        Annotated[list[Annotated[int, Field(ge=1, le=4096)]], Field(min_length=2, max_length=2)] | None
    ) = Field(
        None, description="Height and width that pictures are resized to; by default the commonest size"
    )
    channels: Literal[1, 3] | None = Field(
        None,
        description="1 makes pictures grey, 3 gives them colours; by default 1 when all of them are grey",
    )
    standardize: bool | None = Field(
        None,
        description="Give every number mean 0 and deviation 1; by default true for tables, false for arrays",
    )
    test_split: float = Field(0.2, ge=0, lt=1, description="The share of the rows that is kept for the test")
    seed: int = Field(0, ge=0, le=2**63 - 1, description="Chooses the rows that are kept for the test")

    @property
    def targets(self) -> list[str]:
        """The names of the target's columns as given; empty without any."""
        return _listed(self.target)

    @property
    def texts(self) -> list[str]:
        """The names of the columns of text as given; empty without any."""
        return _listed(self.text)


def _listed(names: str | list[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or [])


def wrong(details: Mapping[str, str]) -> errors.InvalidDataError:
    """What refuses options that do not fit the data: for each of their names, what is wrong with it."""
    faults = [errors.Fault(errors.pointer("options", name), detail) for name, detail in details.items()]
    return errors.InvalidDataError("; ".join(details.values()), faults)


def parse_options(document: object) -> Options:
    """`document`, parsed from JSON, as options; `None` is all defaults.

    Raises:
        errors.InvalidRequestError: With a fault for every option that is wrong, such as `#/options/target`.
    """
    try:
        return Options.model_validate({} if document is None else document)
    except ValidationError as error:
        faults = [_fault(problem) for problem in error.errors(include_url=False)]
    # A union complains once for each of its sides: the first that got furthest is enough.
    by_pointer = {fault.pointer: fault for fault in reversed(faults)}
    places = [
        place
        for place in dict.fromkeys(fault.pointer for fault in faults)
        if not any(other.startswith(f"{place}/") for other in by_pointer)
    ]
    faults = [by_pointer[place] for place in places]
    raise errors.InvalidRequestError("options: " + "; ".join(fault.detail for fault in faults[:5]), faults)


def _fault(problem: ErrorDetails) -> errors.Fault:
    """One of Pydantic's complaints in our words."""
    name = str(problem["loc"][0]) if problem["loc"] else ""
    # Between a field and an index Pydantic names the side of a union; that is no part of the document.
    indices = [part for part in problem["loc"][1:] if isinstance(part, int)]
    place = errors.pointer("options", *([name] if name else []), *indices)
    return errors.Fault(place, _detail(problem, name))


def _detail(problem: ErrorDetails, name: str) -> str:
    if not name:
        return "an object is expected"
    if problem["type"] == "extra_forbidden":
        return f"there is no option {wording.quote(name)}{wording.did_you_mean(name, Options.model_fields)}"
    if name in {"target", "text"} and problem["type"] in {"string_type", "list_type"}:
        return f"{name}: a column's name or a list of names is expected"
    return f"{name}: {problem['msg'][0].lower()}{problem['msg'][1:]}"
