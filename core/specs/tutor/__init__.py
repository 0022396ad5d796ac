"""The tutor: what a good teacher would say of a job that could be trained as it is."""

from core.errors import Fault
from core.specs.tutor import codes, data, layers, outputs, sizes, training
from core.specs.tutor.case import Case

__all__ = ["MOST_WARNINGS", "Case", "advise", "codes"]

MOST_WARNINGS = 50


def advise(case: Case) -> list[Fault]:
    """Every warning, the network's first."""
    found = [
        fault
        for output in case.resolved.outputs
        for lesson in outputs.LESSONS
        for fault in lesson(case, output)
    ]
    for group in (layers, sizes, training, data):
        found += [fault for lesson in group.LESSONS for fault in lesson(case)]
    # What is said of a shared layer is said once.
    once = {(fault.code, fault.pointer, fault.detail): fault for fault in found}
    return case.spec.model.trace([*once.values()][:MOST_WARNINGS])
