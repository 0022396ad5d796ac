"""How a job is run, chosen by measurement: as TensorFlow's graph, or as XLA compiles it.

XLA makes dense and recurrent networks two to four times as fast on a CPU, convolutions many times slower, and
to compile takes seconds. So both ways take real steps of the training, each is timed, and the faster one goes
on. A job that is over sooner than that would repay gets neither. What was measured is remembered, so that
the next job of such a network need not measure again.
"""

import statistics
from typing import Any

from worker.loop import Loop

# The least that must be left to do, in seconds, before it is worth to compile.
WORTH_SECONDS = 10.0
# How long a way must have been measured, and over how many calls.
MEASURED_SECONDS, MEASURED_CALLS = 0.3, 3
# Steps of the first calls with XLA, which may be many times slower.
TRIAL_STEPS = 1
# XLA is given up without more ado when it is so many times slower than the graph.
HOPELESS = 3.0
# Seconds of a step of which so little lies between the steps that XLA is not tried: it would be seen to hang.
LONG_STEP = 0.1
# Of a network that convolves, for which XLA may take a hundred times as long.
LONG_CONVOLUTION = 0.01
# XLA computes another sum to the last bit: for less it is not worth that.
LEAST_GAIN = 1.05


class Planner:
    """Looks at a loop between its calls, and decides how it goes on.

    Args:
        loop: what trains.
        plan: how it is run so far; a settled one stays as it is.
        learned: what was measured of such a network on such a worker: seconds of a `graph` step, of an `xla`
            step (None: refused), and to `compile`.
        steps: of the whole training.
    """

    def __init__(self, loop: Loop, plan: dict[str, Any], learned: dict[str, Any] | None, steps: int) -> None:
        self._loop = loop
        self.plan = plan
        self._paces: dict[str, list[tuple[float, float]]] = {"graph": [], "xla": []}
        if plan.get("settled", True):  # an earlier version's was
            self.plan = {**plan, "settled": True}
            loop.xla = plan["mode"] == "xla"
        elif learned:
            self._follow(learned, steps)

    def look(self, left: int) -> bool:
        """Takes notice of the loop's last call; `left` steps are to be done. Answers whether the plan has
        changed.
        """
        settled, refusal = self.plan["settled"], self._loop.refusal
        if refusal is not None and (not settled or self.plan["mode"] == "xla"):
            return self._settle("graph", f"XLA does not compile it: {refusal}", refused=True)
        if settled:
            return False
        mode = "xla" if self._loop.xla else "graph"
        if self._loop.pace is not None:
            self._paces[mode].append((self._loop.pace, self._loop.seconds))
        self._loop.pace = None
        if mode == "xla" and self._is_hopeless():
            return self._choose()
        if not self._is_measured(mode):
            return False
        return self._begin_trial(left) if mode == "graph" else self._choose()

    def _follow(self, learned: dict[str, Any], steps: int) -> None:
        """Does as such a job did before, if that repays compiling."""
        graph, xla, compiling = learned["graph"], learned["xla"], learned["compile"]
        if xla is None or graph < xla * LEAST_GAIN:
            self._settle("graph", "faster than XLA for such a network, as measured before")
        elif (graph - xla) * steps > compiling:
            self._settle("xla", f"{graph / xla:.1f} times as fast as the graph, as measured before")
            self._loop.xla = True

    def _is_measured(self, mode: str) -> bool:
        paces = self._paces[mode]
        return len(paces) >= MEASURED_CALLS and sum(seconds for _, seconds in paces) >= MEASURED_SECONDS

    def _is_hopeless(self) -> bool:
        return bool(self._paces["xla"]) and self._pace("xla") > HOPELESS * self._pace("graph")

    def _begin_trial(self, left: int) -> bool:
        if self._pace("graph") > (LONG_CONVOLUTION if self._loop.convolves else LONG_STEP):
            return self._settle("graph", "its steps are long, and little lies between them")
        if left * self._pace("graph") > WORTH_SECONDS:
            self._loop.xla = True
            self._loop.steps["train"] = TRIAL_STEPS
        return False

    def _choose(self) -> bool:
        graph, xla = self._pace("graph"), self._pace("xla")
        if graph > xla * LEAST_GAIN:
            return self._settle("xla", f"{graph / xla:.1f} times as fast as the graph, measured in training")
        self._loop.xla = False
        self._loop.steps["train"] = 1
        return self._settle("graph", f"{xla / graph:.1f} times as fast as XLA, measured in training")

    def _pace(self, mode: str) -> float:
        # The first calls still find their caches.
        return statistics.median(pace for pace, _ in self._paces[mode][-5:])

    def _settle(self, mode: str, why: str, *, refused: bool = False) -> bool:
        self.plan = {**self.plan, "mode": mode, "settled": True, "why": why}
        # What an earlier attempt measured is not so any more.
        self.plan.pop("measured", None)
        if self._paces["graph"] and (self._paces["xla"] or refused):
            self.plan["measured"] = {
                "graph": self._pace("graph"),
                "xla": None if refused else self._pace("xla"),
                "compile": self._loop.compiling or 0.0,
            }
        return True
