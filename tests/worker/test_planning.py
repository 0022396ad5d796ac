"""Graph or XLA: the faster way, as it turns out in training."""

from typing import Any

import pytest

from worker import planning
from worker.planning import Planner

PLAN = {"mode": "graph", "device": "cpu", "threads": 1, "deterministic": False, "settled": False, "why": ""}


class Paced:
    """What a planner sees of a loop, whose steps take so long each way."""

    def __init__(self, graph: float, xla: float, *, convolves: bool = False) -> None:
        self.paces = {False: graph, True: xla}
        self.xla, self.refusal, self.convolves = False, None, convolves
        self.pace: float | None = None
        self.seconds = 0.0
        self.compiling: float | None = None
        self.steps = {"train": 100, "test": 100}
        self.compiled = False
        self.slow_calls = 0

    def call(self) -> None:
        if self.xla and not self.compiled:
            self.compiled, self.compiling = True, 2.0
            return
        self.pace = self.paces[self.xla]
        self.slow_calls += self.xla
        self.seconds = self.pace * self.steps["train"]
        self.steps["train"] = max(1, min(int(0.25 / self.pace), self.steps["train"] * 4))


def train(
    loop: Paced, calls: int, left: int, learned: dict[str, Any] | None = None
) -> tuple[Planner, list[bool]]:
    planner = Planner(loop, PLAN, learned, left)  # type: ignore[arg-type] # it looks at no more than this
    changed = []
    for _ in range(calls):
        loop.call()
        changed.append(planner.look(left))
    return planner, changed


def test_xla_goes_on_where_it_is_faster() -> None:
    loop = Paced(0.01, 0.004)
    planner, changed = train(loop, 12, left=10_000)
    assert changed.count(True) == 1
    assert loop.xla
    assert (planner.plan["mode"], planner.plan["settled"]) == ("xla", True)
    assert planner.plan["measured"] == {"graph": 0.01, "xla": 0.004, "compile": 2.0}
    assert "2.5 times as fast" in planner.plan["why"]


def test_the_graph_goes_on_where_xla_is_slower() -> None:
    loop = Paced(0.01, 0.2)
    planner, changed = train(loop, 12, left=10_000)
    assert changed.count(True) == 1
    assert not loop.xla
    assert planner.plan["mode"] == "graph"


def test_xla_is_given_up_at_once_where_it_is_many_times_slower() -> None:
    loop = Paced(0.05, 5.0)
    train(loop, 30, left=10_000)
    assert loop.compiled
    assert loop.slow_calls == 1


@pytest.mark.parametrize(
    "loop", [Paced(0.3, 0.1), Paced(0.03, 0.01, convolves=True)], ids=["any", "convolution"]
)
def test_long_steps_are_not_tried_with_xla(loop: Paced) -> None:
    planner, changed = train(loop, 12, left=10_000)
    assert changed.count(True) == 1
    assert not loop.compiled
    assert planner.plan["mode"] == "graph"


def test_a_job_that_is_over_soon_is_not_measured() -> None:
    loop = Paced(0.01, 0.001)
    planner, changed = train(loop, 50, left=int(planning.WORTH_SECONDS / 0.01) - 1)
    assert not any(changed)
    assert not loop.compiled
    assert not planner.plan["settled"]


def test_what_xla_does_not_compile_goes_on_as_a_graph() -> None:
    loop = Paced(0.01, 0.001)
    planner, _ = train(loop, 5, left=10_000)
    loop.refusal, loop.xla = "no kernel for it", False
    assert planner.look(10_000)
    assert planner.plan["mode"] == "graph"
    assert planner.plan["measured"]["xla"] is None
    assert "no kernel for it" in planner.plan["why"]


def test_what_xla_does_not_compile_after_all_goes_on_as_a_graph_that_was_not_measured() -> None:
    loop = Paced(0.01, 0.001)
    measured = {"graph": 0.01, "xla": 0.004, "compile": 2.0}
    settled = PLAN | {"mode": "xla", "settled": True, "measured": measured}
    planner = Planner(loop, settled, None, 10_000)  # type: ignore[arg-type] # it looks at no more than this
    loop.refusal, loop.xla = "no kernel for it", False
    loop.call()
    assert [planner.look(10_000), planner.look(9_999)] == [True, False]
    assert (planner.plan["mode"], planner.plan["settled"]) == ("graph", True)
    assert "no kernel for it" in planner.plan["why"]
    assert "measured" not in planner.plan


@pytest.mark.parametrize(
    ("learned", "steps", "mode", "settled"),
    [
        ({"graph": 0.01, "xla": 0.004, "compile": 2.0}, 10_000, "xla", True),
        ({"graph": 0.01, "xla": 0.004, "compile": 2.0}, 100, "graph", False),
        ({"graph": 0.01, "xla": 0.2, "compile": 2.0}, 10_000, "graph", True),
        ({"graph": 0.01, "xla": None, "compile": 0.0}, 10_000, "graph", True),
    ],
)
def test_what_was_measured_before_is_not_measured_again(
    learned: dict[str, Any], steps: int, mode: str, settled: bool
) -> None:
    loop = Paced(0.01, 0.004)
    planner, _ = train(loop, 0, steps, learned)
    assert (planner.plan["mode"], planner.plan["settled"]) == (mode, settled)
    assert loop.xla == (mode == "xla")


def test_an_attempt_that_goes_on_keeps_its_plan() -> None:
    loop = Paced(0.01, 0.2)
    settled = PLAN | {"mode": "xla", "settled": True}
    planner = Planner(loop, settled, None, 10_000)  # type: ignore[arg-type] # it looks at no more than this
    assert loop.xla
    loop.call()
    assert not planner.look(10_000)
    assert planner.plan == settled
