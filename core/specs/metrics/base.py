"""What every metric is."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import StringConstraints
from typing_extensions import override

from core.specs import wording
from core.specs.base import Named

Name = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$")]

SHAPED = frozenset({"one_hot", "binary", "value", "input"})
INDEX = frozenset({"index"})
ONE_HOT = frozenset({"one_hot"})
CLASSES = INDEX | ONE_HOT

_WANTED = {
    SHAPED: "a target of the same shape",
    INDEX: "classes by number",
    ONE_HOT: "one-hot classes",
    CLASSES: "classes, each with an output of its own",
}
_GIVEN = {
    "index": "a class by number",
    "one_hot": "a one-hot class",
    "binary": "0 or 1",
    "value": "numbers",
    "input": "the input itself",
}


class Metric(Named):
    """One number that tells how good a network is."""

    family: ClassVar[str] = "metric"
    refused: ClassVar[Mapping[str, str]] = {"dtype": "metrics are computed in float32"}
    encodings: ClassVar[frozenset[str]] = SHAPED
    """Forms of the target that it can be compared with; see `ResolvedOutput.encoding`."""
    one_score_each: ClassVar[bool] = False
    """Whether it compares outputs with one another, and needs several."""
    better: ClassVar[Literal["min", "max"]] = "min"

    default_name: ClassVar[str | None] = None
    """What Keras calls it, where that is not the class's name in snake case."""

    name: Name | None = None

    @classmethod
    @override
    def by_name(cls, name: str) -> Self:
        # Keras calls a metric as it was asked for: "mse", not "mean_squared_error".
        return cls.model_validate({"name": name})

    def plain_name(self) -> str:
        """What it is called if nobody says."""
        return self.name or self.default_name or wording.snake_case(type(self).__name__)

    def with_logits(self, logits: bool) -> Self:
        """The same metric with `from_logits` decided, unless it is said already or unknown."""
        if "from_logits" in type(self).model_fields and "from_logits" not in self.model_fields_set:
            return self.model_copy(update={"from_logits": logits})
        return self

    def check(self, encoding: str, width: int) -> None:
        """Raises a Misfit if it cannot compare targets in this encoding with `width` outputs."""
        if encoding not in self.encodings:
            raise wording.Misfit(
                f"{type(self).__name__} compares outputs with {_WANTED[self.encodings]}, and with this loss "
                f"the target is {_GIVEN[encoding]}"
                + ("; with the loss categorical_crossentropy it is one-hot" if encoding == "index" else "")
            )
        if self.one_score_each and width < 2:
            raise wording.Misfit(f"{type(self).__name__} compares several outputs, and there is 1")
        for field in ("class_id", "top_k"):
            value = getattr(self, field, None)
            if value is not None and value > width - (field == "class_id"):
                raise wording.Misfit(f"{field} is {value}, and there are {width} outputs", field)


class Rising(Metric):
    """One that is better the larger it is."""

    better: ClassVar[Literal["min", "max"]] = "max"
