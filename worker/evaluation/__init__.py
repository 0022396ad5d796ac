"""What is told of a trained network beyond Keras's loss and metrics, output by output, on the test split."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core import specs
from core.datasets.encoding import ClassTarget, Encoding, MultilabelTarget, NumberTarget, VectorTarget
from core.specs import probabilities
from core.specs.resolved import ResolvedOutput
from worker import data
from worker.evaluation import given, thumbnails
from worker.evaluation.classes import Classes
from worker.evaluation.labels import Labels
from worker.evaluation.numbers import Numbers
from worker.evaluation.reconstruction import Reconstruction
from worker.loop import Loop

# Rows that are looked at together, and the most numbers of them: the memory that it takes.
BLOCK_ROWS = 4096
BLOCK_NUMBERS = 2**22


class Measure(Protocol):
    """Takes rows as they come, and tells in the end what it saw."""

    def add(self, y: NDArray[Any], outputs: NDArray[Any]) -> None:
        """The next rows: what they are, as the data set stores it, and what the network puts out."""

    def result(self) -> dict[str, Any]:
        """What there is to tell, in JSON's types and numpy's."""


def evaluate(
    loop: Loop, rows: data.Rows, resolved: specs.Resolved, encoding: Encoding | None, folder: Path
) -> dict[str, Any]:
    """The evaluation of every output, by its name. It looks at the rows once, and keeps few of them.

    Args:
        loop: of the trained network.
        rows: of the test split; there is at least one.
        resolved: the job's.
        encoding: the data set's, which knows names and units; without it classes are numbers.
        folder: where what does not fit the memory goes.
    """
    measures = [
        _measure(output, encoding, folder / f"residuals-{place}", len(rows))
        for place, output in enumerate(resolved.outputs)
    ]
    first = 0
    for blocks in _blocks(loop.outputs(rows, np.arange(len(rows)))):
        last = first + len(blocks[0])
        for y, outputs, measure in zip(rows.y, blocks, measures, strict=True):
            measure.add(y[first:last], outputs)
        first = last
    told = {
        output.name: _named(output, encoding) | measure.result()
        for output, measure in zip(resolved.outputs, measures, strict=True)
    }
    if encoding is not None:
        thumbnails.add(told, loop, rows, encoding)
        given.add(told, rows.x, encoding)
    return {"rows": len(rows), "outputs": told}


def _measure(output: ResolvedOutput, encoding: Encoding | None, spill: Path, rows: int) -> Measure:
    target = encoding.target_parts[output.target].target if encoding else None
    if output.encoding == "input":
        return Reconstruction(encoding, output.target, spill, rows)
    if isinstance(target, MultilabelTarget):
        return Labels(target.classes, probabilities.link(output))
    if output.encoding == "value":
        known = target if isinstance(target, NumberTarget | VectorTarget) else None
        return Numbers(known, output.shape[-1], spill, rows)
    names = target.classes if isinstance(target, ClassTarget) else []
    return Classes(names, probabilities.link(output), binary=output.encoding == "binary")


def _named(output: ResolvedOutput, encoding: Encoding | None) -> dict[str, Any]:
    """What an output is compared with."""
    if encoding is None:
        return {}
    part = encoding.target_parts[output.target]
    return {"target": getattr(part.target, "name", part.name)}


def _blocks(pieces: Iterator[list[NDArray[Any]]]) -> Iterator[list[NDArray[Any]]]:
    """The pieces, as many together as are looked at at a time."""
    waiting: list[list[NDArray[Any]]] = []
    rows = numbers = 0
    for piece in pieces:
        waiting.append(piece)
        rows += len(piece[0])
        numbers += sum(outputs.size for outputs in piece)
        if rows >= BLOCK_ROWS or numbers >= BLOCK_NUMBERS:
            yield [np.concatenate(parts) for parts in zip(*waiting, strict=True)]
            waiting, rows, numbers = [], 0, 0
    if waiting:
        yield [np.concatenate(parts) for parts in zip(*waiting, strict=True)]
