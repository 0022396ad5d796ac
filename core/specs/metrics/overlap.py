"""Keras's intersections over unions."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from core.specs import wording
from core.specs.losses import LastAxis
from core.specs.metrics.base import CLASSES, ONE_HOT, Rising
from core.specs.scalars import Flag, Fraction, Natural, Whole


class _MeanIoU(Rising):
    encodings: ClassVar[frozenset[str]] = CLASSES

    num_classes: Annotated[int, Field(strict=True, ge=2, le=10_000)]
    ignore_class: Whole | None = None
    sparse_y_pred: Flag
    axis: LastAxis = -1

    @override
    def check(self, encoding: str, width: int) -> None:
        super().check(encoding, width)
        if self.sparse_y_pred:
            raise wording.Misfit(
                "sparse_y_pred must be false: outputs are scores, not classes", "sparse_y_pred"
            )
        if getattr(self, "sparse_y_true", False) != (encoding == "index"):
            raise wording.Misfit(
                f"sparse_y_true must be {str(encoding == 'index').lower()} with this loss", "sparse_y_true"
            )
        if self.num_classes < width:
            raise wording.Misfit(
                f"num_classes must be at least {width}, as there are {width} outputs", "num_classes"
            )


class MeanIoU(_MeanIoU):
    """The mean overlap over classes."""

    sparse_y_true: Flag = True
    sparse_y_pred: Flag = True


class OneHotMeanIoU(_MeanIoU):
    """The mean overlap over one-hot classes."""

    encodings: ClassVar[frozenset[str]] = ONE_HOT

    sparse_y_pred: Flag = False


class _IoU(_MeanIoU):
    target_class_ids: Annotated[tuple[Natural, ...], Field(min_length=1, max_length=10_000)]

    @override
    def check(self, encoding: str, width: int) -> None:
        super().check(encoding, width)
        if max(self.target_class_ids) >= self.num_classes:
            raise wording.Misfit(f"target_class_ids must be below {self.num_classes}", "target_class_ids")


class IoU(_IoU):
    """The overlap of some classes."""

    sparse_y_true: Flag = True
    sparse_y_pred: Flag = True


class OneHotIoU(_IoU):
    """The overlap of some one-hot classes."""

    encodings: ClassVar[frozenset[str]] = ONE_HOT

    sparse_y_pred: Flag = False


class BinaryIoU(Rising):
    """The overlap of yes and no."""

    target_class_ids: Annotated[tuple[Literal[0, 1], ...], Field(min_length=1, max_length=2)] = (0, 1)
    threshold: Fraction = 0.5
