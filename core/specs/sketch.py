"""A data set that is not there yet, in a few words: enough to check a network against."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from core.errors import Fault, InvalidSpecError
from core.specs import wording
from core.specs.base import Data
from core.specs.by_output import ByOutput
from core.specs.facts import Facts, InputFacts, TargetFacts, TargetKind
from core.specs.graph import INPUT
from core.specs.limits import Limits
from core.specs.parsing import check_size, invalid, parse_small
from core.specs.scalars import Positive, Size
from core.specs.spec import JobSpec

Shape = Annotated[tuple[Size, ...], Field(max_length=8)]
Dtype = Literal["float32", "int32"]
Count = Annotated[int, Field(strict=True, ge=1, le=100_000)]
_COUNTED = {"classes": ("class", "multilabel"), "width": ("vector",)}
"""What says how many numbers or classes there are, and the kinds of target that have so many."""
PLENTY = 1_000_000
"""Rows, where nobody says how many there are."""


class SketchedTarget(Data):
    """What is to be predicted: `classes` is their number, and `width` that of the numbers in a vector."""

    kind: TargetKind
    classes: Count | None = None
    width: Size | None = None


class Sketch(Data):
    """What a check needs to know of a data set: several inputs have their shapes and dtypes by name."""

    input_shape: Annotated[tuple[int, ...] | dict[str, tuple[int, ...]], ByOutput(Shape)]
    input_dtype: Annotated[str | dict[str, str], ByOutput(Dtype)] = "float32"
    classes: Count | None = None
    target: SketchedTarget | None = None
    rows: Positive | None = None

    @property
    def facts(self) -> Facts:
        """What would be known of such a data set."""
        return Facts(self._inputs(), (self._target(),), self.rows or PLENTY, 0)

    def _inputs(self) -> tuple[InputFacts, ...]:
        return tuple(InputFacts(name, shape, self._dtype(name)) for name, shape in self.shapes.items())

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each input by its name."""
        return self.input_shape if isinstance(self.input_shape, dict) else {INPUT: self.input_shape}

    def _dtype(self, name: str) -> Dtype:
        said = self.input_dtype
        found = said.get(name, "float32") if isinstance(said, dict) else said
        return "int32" if found == "int32" else "float32"

    def _target(self) -> TargetFacts:
        asked = self.target or SketchedTarget(kind="class", classes=self.classes)
        names = tuple(str(number) for number in range(asked.classes or 0))
        shapes: dict[str, tuple[int, ...]] = {
            "vector": (asked.width or 1,),
            "multilabel": (len(names),),
            "reconstruction": self._inputs()[0].shape,
        }
        return TargetFacts("target", asked.kind, names, shapes.get(asked.kind, ()))


def sketched(document: dict[str, Any], limits: Limits) -> tuple[JobSpec, Sketch]:
    """A document like a job's, with a sketch in place of the name of a data set.

    Raises:
        InvalidSpecError: with a fault for everything that is wrong by itself.
        SpecTooLargeError: if it passes a limit.
    """
    check_size(document, limits)
    said = {key: value for key, value in document.items() if key in Sketch.model_fields}
    rest = {key: value for key, value in document.items() if key not in Sketch.model_fields}
    faults: list[Fault] = []
    spec = sketch = None
    try:
        sketch = _read(said)
    except ValidationError as error:
        faults += wording.faults_of(error)
    except wording.Misfit as error:
        faults.append(error.fault())
    try:
        spec = parse_small(rest | {"dataset": "sketch"}, limits)
    except InvalidSpecError as error:
        faults += error.faults
    if spec is None or sketch is None:
        raise invalid(faults)
    return spec, sketch


def _read(said: dict[str, Any]) -> Sketch:
    if "input_shape" not in said:
        raise wording.Misfit("Name a data set, or say input_shape and classes (or target)", "dataset")
    sketch = Sketch.model_validate(said)
    _check_dtypes(sketch)
    if sketch.target is None and sketch.classes is None:
        raise wording.Misfit("Say what is to be predicted: the number of classes, or a target", "classes")
    if sketch.target is not None and sketch.classes is not None:
        raise wording.Misfit("Say either classes or a target, which has its own", "classes")
    if sketch.target is not None:
        _check(sketch.target)
    else:
        _check_classes(sketch.classes, "classes")
    return sketch


def _check_dtypes(sketch: Sketch) -> None:
    for name in sketch.input_dtype if isinstance(sketch.input_dtype, dict) else ():
        if name not in sketch.shapes:
            raise wording.Misfit(
                f"input_shape has no input {name!r}{wording.guess(name, sketch.shapes)}", "input_dtype", name
            )


def _check(target: SketchedTarget) -> None:
    for field, kinds in _COUNTED.items():
        if getattr(target, field) is not None and target.kind not in kinds:
            raise wording.Misfit(
                f"A target of the kind {target.kind!r} has no {field}: {' and '.join(kinds)} have",
                "target",
                field,
            )
    if target.kind in {"class", "multilabel"}:
        _check_classes(target.classes, "target", "classes", least=1 + (target.kind == "class"))
    if target.kind == "vector" and target.width is None:
        raise wording.Misfit("A vector needs a width: how many numbers it has", "target", "width")


def _check_classes(number: int | None, *path: str, least: int = 2) -> None:
    if (number or 0) < least:
        raise wording.Misfit(f"There must be at least {least} of them", *path)
