"""Networks that are too large: for a phone, for their data, for a worker."""

from collections.abc import Iterator

from core.errors import Fault
from core.specs.backwards import width_of
from core.specs.tutor.case import Case
from core.specs.wording import Change, Cure

PHONE = 50_000_000
"""Parameters of a network of 200 MB, which a phone has no room for beside all else."""
PER_ROW = 1000
FREE = 100_000
"""Parameters that nobody counts."""
MEMORY = 4 * 2**30


def too_many_parameters(case: Case) -> Iterator[Fault]:
    """More than a phone could hold."""
    total = case.summary.parameters
    if total > PHONE:
        yield case.advice(
            "too_many_parameters",
            f"The network has {total:,} parameters, {4 * total / 1e6:,.0f} MB: more than a phone could "
            f"hold, and most of them are in {_largest(case)}",
            ("model", "layers"),
            _narrower(case, PHONE / total),
        )


def parameters_for_rows(case: Case) -> Iterator[Fault]:
    """Many more parameters than rows to learn them from."""
    learned, rows = case.summary.trainable_parameters, case.facts.train_rows
    if case.rows_known and learned > max(PER_ROW * rows, FREE) and learned <= PHONE:
        yield case.advice(
            "parameters_for_rows",
            f"The network learns {learned:,} parameters from {rows:,} rows: it will know them by heart, and "
            f"little else. Most of the parameters are in {_largest(case)}",
            ("model", "layers"),
            _narrower(case, max(PER_ROW * rows, FREE) / learned),
        )


def memory_high(case: Case) -> Iterator[Fault]:
    """A step of training that takes more memory than a worker is likely to have."""
    needed, batch = case.summary.memory_bytes, case.resolved.training.batch_size
    if needed > MEMORY:
        smaller = max(1, int(batch * MEMORY / needed / 2))
        yield case.advice(
            "memory_high",
            f"A step of training takes about {needed / 2**30:,.1f} GB of memory with a batch of {batch}",
            ("training", "batch_size"),
            Cure(
                "Take a smaller batch, or a smaller network", (Change(("training", "batch_size"), smaller),)
            ),
        )


def _largest(case: Case) -> str:
    layer = max(case.summary.layers, key=lambda one: one.parameters)
    return f"{layer.name!r}, {layer.parameters:,}"


def _narrower(case: Case, factor: float) -> Cure:
    """Hidden layers with a share of their units, so that about `factor` of the parameters are left."""
    sizes = {layer.name: layer.parameters for layer in case.summary.layers}
    changes: list[Change] = []
    for step in case.hidden():
        argument = width_of(step.layer)
        if argument and sizes[step.node.name] > factor * case.summary.parameters / 4:
            units = getattr(step.layer, argument)
            changes += case.set_alone(step, argument, max(1, int(units * factor / 2)))
    return Cure(
        "Take fewer units or filters, or pool before the first Dense, so that less goes into it",
        tuple(changes),
    )


LESSONS = (too_many_parameters, parameters_for_rows, memory_high)
