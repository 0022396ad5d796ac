"""How fast a network is checked: 200 layers, in this process and over HTTP."""

import gc
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import measuring, stack
from core import specs
from core.jobs import checking

LAYERS = 200
RUNS = 50
MOST_MILLISECONDS = 50


def measure() -> measuring.Result:
    """Milliseconds for a list of plain layers, and for a residual network."""
    rows, data = [], {}
    with tempfile.TemporaryDirectory() as folder, stack.up(Path(folder) / "home") as client:
        for name, document in (("a list", plain(LAYERS)), ("residual", residual(LAYERS))):
            core = _times(partial(check, document))
            http = _times(partial(client.check, document))
            medians = [1000 * measuring.median(core), 1000 * measuring.median(http)]
            rows.append(
                [f"{name}, {len(document['model']['layers'])} layers", *[f"{one:.1f}" for one in medians]]
            )
            data[name] = {"core_seconds": core, "http_seconds": http}
    return measuring.Result(
        name="specs-check",
        title=f"specs:check, medians of {RUNS} in milliseconds (aim: below {MOST_MILLISECONDS})",
        columns=["network", "checking", "over HTTP"],
        rows=rows,
        data=data,
    )


def check(document: dict[str, Any]) -> checking.Checked:
    """What the service does between reading and writing JSON."""
    limits = specs.Limits()
    spec, sketch = specs.sketched(document, limits)
    return checking.of_spec(spec, sketch.facts, limits, sketch=sketch)


def plain(count: int) -> dict[str, Any]:
    """Convolutions with normalization, activation and dropout, one after another."""
    block: list[dict[str, Any]] = [
        {"type": "Conv2D", "filters": 16, "kernel_size": 3, "padding": "same", "use_bias": False},
        {"type": "BatchNormalization"},
        {"type": "ReLU"},
        {"type": "Dropout", "rate": 0.1},
    ]
    return _document([*(block * (count // 4))[: count - 2], *_head()])


def residual(count: int) -> dict[str, Any]:
    """The same with a sum over every block."""
    layers: list[dict[str, Any]] = [
        {"type": "Conv2D", "filters": 16, "kernel_size": 1, "name": "sum0"},
    ]
    for number in range(1, (count - 3) // 4 + 1):
        conv = {"type": "Conv2D", "filters": 16, "kernel_size": 3, "padding": "same"}
        layers += [
            conv | {"inputs": [f"sum{number - 1}"]},
            {"type": "BatchNormalization"},
            {"type": "Activation", "activation": "relu", "name": f"relu{number}"},
            {"type": "Add", "inputs": [f"relu{number}", f"sum{number - 1}"], "name": f"sum{number}"},
        ]
    return _document([*layers, *_head()])


def _head() -> list[dict[str, Any]]:
    return [{"type": "GlobalAveragePooling2D"}, {"type": "Dense", "units": 10, "activation": "softmax"}]


def _document(layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"input_shape": [32, 32, 3], "classes": 10, "rows": 50_000, "model": {"layers": layers}}


def _times(work: Callable[[], object]) -> list[float]:
    work()
    gc.collect()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return times
