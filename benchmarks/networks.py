"""The networks that are trained in the benchmarks, as documents; and the jobs that these make."""

from typing import Any, Literal, get_args

from core import specs

Kind = Literal["mlp", "cnn", "lstm", "gru"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CLASSES = 10


def shape(kind: Kind) -> tuple[int, ...]:
    """Of a row: a picture, which is a sequence of lines to all but convolutions."""
    return (28, 28, 1) if kind == "cnn" else (28, 28)


def layers(kind: Kind, width: int = 1) -> list[dict[str, Any]]:
    """What lies between a picture and its class, each layer `width` times as wide as usual."""
    ends = {"type": "Dense", "units": CLASSES, "activation": "softmax"}
    match kind:
        case "mlp":
            return [{"type": "Flatten"}, {"type": "Dense", "units": 128 * width, "activation": "relu"}, ends]
        case "cnn":
            return [
                *_convolution(16 * width),
                *_convolution(32 * width),
                {"type": "Flatten"},
                ends,
            ]
        case "lstm":
            return [{"type": "LSTM", "units": 64 * width}, ends]
        case "gru":
            return [{"type": "GRU", "units": 64 * width}, ends]


def _convolution(filters: int) -> list[dict[str, Any]]:
    return [
        {"type": "Conv2D", "filters": filters, "kernel_size": 3, "activation": "relu"},
        {"type": "MaxPooling2D"},
    ]


def job(
    layers: list[dict[str, Any]], shape: tuple[int, ...], rows: int, **training: object
) -> specs.Resolved:
    """A job of these layers on so many rows of ten classes, as the service would resolve it."""
    facts = specs.Facts(
        (specs.InputFacts("input", shape, "float32"),),
        (specs.TargetFacts("target", "class", tuple("0123456789"), (), (rows // CLASSES,) * CLASSES),),
        train_rows=rows,
        test_rows=0,
    )
    settings = {"metrics": ["accuracy"], "validation_split": 0, "seed": 0, **training}
    document = {"dataset": "pictures", "model": {"layers": layers}, "training": settings}
    return specs.resolve(specs.parse(document), facts)
