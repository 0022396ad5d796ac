"""Jobs: what was asked for, how far it is, and what happened.

Functions take the session first, and neither commit nor enqueue: their caller does.
"""

from core.jobs.checking import Checked, check, of_spec
from core.jobs.claiming import claim, count_active, position, positions, queue
from core.jobs.finding import delete, estimate_start, estimate_starts, find, page
from core.jobs.lifecycle import (
    Failure,
    Lease,
    LostLeaseError,
    cancelled,
    fail,
    give_back,
    held,
    renew,
    request_cancel,
    retry,
    succeed,
    supersede,
)
from core.jobs.story import (
    Cursor,
    Event,
    add_epoch,
    add_lines,
    describe_epoch,
    describe_line,
    describe_transition,
    epochs,
    events,
    lines,
    recorded,
)
from core.jobs.submission import Bound, score_again, submit, submit_with_advice
from core.jobs.sweeping import forget, return_lost, take_turn, used_artifacts, waiting

__all__ = [
    "Bound",
    "Checked",
    "Cursor",
    "Event",
    "Failure",
    "Lease",
    "LostLeaseError",
    "add_epoch",
    "add_lines",
    "cancelled",
    "check",
    "claim",
    "count_active",
    "delete",
    "describe_epoch",
    "describe_line",
    "describe_transition",
    "epochs",
    "estimate_start",
    "estimate_starts",
    "events",
    "fail",
    "find",
    "forget",
    "give_back",
    "held",
    "lines",
    "of_spec",
    "page",
    "position",
    "positions",
    "queue",
    "recorded",
    "renew",
    "request_cancel",
    "retry",
    "return_lost",
    "score_again",
    "submit",
    "submit_with_advice",
    "succeed",
    "supersede",
    "take_turn",
    "used_artifacts",
    "waiting",
]
