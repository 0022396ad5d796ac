"""Specs: what a client may ask for, checked and resolved without TensorFlow.

`parse` reads a document, `resolve` makes it a job for a data set, `summarize` tells what the network is and
costs.
Layers, optimizers and all the rest are rows of a table: one small class for each of Keras's.
"""

from core.specs.callbacks import directions
from core.specs.catalogue import layer_types
from core.specs.facts import Facts, InputFacts, TargetFacts, split_rows
from core.specs.limits import Limits
from core.specs.parsing import parse
from core.specs.resolved import Resolved, ResolvedTraining
from core.specs.resolving import resolve, work_out
from core.specs.sketch import Sketch, sketched
from core.specs.spec import JobSpec, Training
from core.specs.summary import LayerSummary, Summary, summarize, summarize_steps

__all__ = [
    "Facts",
    "InputFacts",
    "JobSpec",
    "LayerSummary",
    "Limits",
    "Resolved",
    "ResolvedTraining",
    "Sketch",
    "Summary",
    "TargetFacts",
    "Training",
    "directions",
    "layer_types",
    "parse",
    "resolve",
    "sketched",
    "split_rows",
    "summarize",
    "summarize_steps",
    "work_out",
]
