"""What a teacher says of an assignment: the document of `POST /v1/assignments`, and what is kept of it."""

from functools import cache
from typing import Annotated, Any, Literal, Self, TypeVar

import orjson
from pydantic import AwareDatetime, Field, StringConstraints, ValidationError, model_validator

from core.courses import metrics
from core.errors import Fault, InvalidRequestError
from core.specs import catalogue, spec, wording
from core.specs.base import Data

Title = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(strict=True, max_length=100_000)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Points = Annotated[float, Field(ge=0, le=100)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Metric = Literal[
    "accuracy",
    "hamming_loss",
    "macro_f1",
    "macro_precision",
    "macro_recall",
    "mae",
    "micro_f1",
    "r2",
    "rmse",
    "subset_accuracy",
    "weighted_f1",
]

D = TypeVar("D", bound=Data)


@cache
def layer_names() -> frozenset[str]:
    """What layers are called that a network may have."""
    return frozenset(one["type"] for one in catalogue.layers() if one["network"])


class Rules(Data):
    """What is fixed, and what a student chooses.

    `layers` are the types that a network may have, `training` the options that are fixed, `choices` those of
    the rest that may be given; null is no limit. `model` fixes the network too.
    """

    layers: tuple[str, ...] | None = None
    max_parameters: Count | None = None
    max_epochs: Count | None = None
    max_seconds: Count | None = None
    model: dict[str, Any] | None = None
    training: dict[str, Any] = Field(default_factory=dict)
    choices: tuple[str, ...] | None = None
    initial_model: bool = False
    """Whether a network may begin with the weights of another, which may know more than it should."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        for place, name in enumerate(self.layers or ()):
            if name not in layer_names():
                guessed = wording.guess(name, layer_names())
                raise wording.misfit(f"There is no layer {wording.short(name)!r}{guessed}", "layers", place)
        for place, name in enumerate(self.choices or ()):
            if name not in spec.Training.model_fields:
                guessed = wording.guess(name, spec.Training.model_fields)
                raise wording.misfit(f"A training has no {wording.short(name)!r}{guessed}", "choices", place)
        try:
            spec.Training.model_validate(self.training)
        except ValidationError as error:
            raise ValidationError.from_exception_data("rules", wording.moved(error, "training")) from None
        return self


class Measured(Data):
    """What counts: a metric of the evaluation, and which way it is better."""

    name: Metric
    direction: Literal["max", "min"] | None = None


class Scoring(Data):
    """From metric to score: by two values, `baseline` (60) and `target` (100), or by a table of `points`."""

    baseline: Number | None = None
    target: Number | None = None
    points: Annotated[tuple[tuple[Number, Points], ...], Field(min_length=2, max_length=100)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.points is None) == (self.baseline is None or self.target is None):
            raise wording.misfit("Either baseline and target are needed, or points")
        if self.points is None and self.baseline == self.target:
            raise wording.misfit("baseline and target are the same", "target")
        values = [value for value, _ in self.points or ()]
        if values != sorted(set(values)):
            raise wording.misfit("The metric must rise from point to point", "points")
        return self


class Limits(Data):
    """How often may be tried; null is without end."""

    per_day: Count | None = None
    total: Count | None = None


class Penalty(Data):
    """Points off the score for every day, begun ones too, that it was late."""

    per_day: Points = 0
    most: Points = 100


class Board(Data):
    """Who sees how others stand: `frozen_hours` before it is due it stands still until then."""

    show: Literal["off", "pseudonyms", "names"] = "off"
    top: Count | None = None
    frozen_hours: Annotated[float, Field(ge=0, le=10_000)] = 0


class Words(Data):
    """Title and text in another language."""

    title: Title
    text: Text


class Terms(Data):
    """What is kept of an assignment beside its title, its text and its dates."""

    rules: Rules = Rules()
    metric: Measured
    scoring: Scoring
    hidden: Annotated[float, Field(ge=0, le=1)] = 0.5
    """The share of the rows to test on that only the score tells of."""
    split_seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    attempts: Limits = Limits()
    penalty: Penalty = Penalty()
    counts: Literal["best", "last", "chosen"] = "best"
    leaderboard: Board = Board()
    groups: bool = False
    translations: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Words], Field(max_length=20)
    ] = Field(default_factory=dict)

    @property
    def direction(self) -> str:
        """Which way the metric is better."""
        known = (kind[self.metric.name] for kind in metrics.OF_KIND.values() if self.metric.name in kind)
        return self.metric.direction or next(known)


class Baseline(Data):
    """A network of the teacher's that is shown as an entry."""

    title: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100)]
    model: dict[str, Any]
    training: dict[str, Any] = Field(default_factory=dict)


class Assignment(Terms):
    """All of what a teacher says."""

    title: Title
    text: Text = ""
    due_at: AwareDatetime | None = None
    lock_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.due_at and self.lock_at and self.lock_at < self.due_at:
            raise wording.misfit("It cannot be locked before it is due", "lock_at")
        return self

    @property
    def terms(self) -> dict[str, Any]:
        """What `Terms` keeps, for JSON."""
        return self.model_dump(mode="json", include=set(Terms.model_fields))


class Ordered(Data):
    """What only a new assignment says."""

    course: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=40)]
    dataset: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)] | None = None
    exercise: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=63)] | None = None
    baselines: Annotated[tuple[Baseline, ...], Field(max_length=10)] | None = None


class Course(Data):
    """A course, as it is asked for."""

    name: Title
    timezone: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=64)] = "UTC"


class Extension(Data):
    """An extension, as it is asked for: of one user or of one group."""

    user: Annotated[str, StringConstraints(strict=True, max_length=100)] | None = None
    group: Annotated[str, StringConstraints(strict=True, max_length=40)] | None = None
    due_at: AwareDatetime | None = None
    lock_at: AwareDatetime | None = None
    attempts: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 0

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if (self.user is None) == (self.group is None):
            raise wording.misfit("An extension is of one user or of one group")
        return self


def read(kind: type[D], document: dict[str, Any]) -> D:
    """The document as such an object.

    Raises:
        InvalidRequestError: with a pointer to everything that is wrong.
    """
    try:
        with wording.few_guesses():
            # From JSON once more: only so is a time, which is a text there, one of the types that are taken.
            return kind.model_validate_json(orjson.dumps(document))
    except ValidationError as error:
        faults = wording.faults_of(error)
    raise invalid(*faults)


def invalid(*faults: Fault) -> InvalidRequestError:
    """The error for these faults."""
    return InvalidRequestError("; ".join(fault.detail for fault in faults[:5]), faults)


def dump(document: dict[str, Any]) -> bytes:
    """As it is read again."""
    return orjson.dumps(document)
