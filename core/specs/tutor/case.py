"""What the tutor looks at: a job that would run, and who comes after whom in its network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from core.errors import Fault
from core.specs import backwards, wording
from core.specs.backwards import width_of
from core.specs.facts import Facts, TargetFacts
from core.specs.layers import Layer, activations, regularization, reshaping
from core.specs.layers.core import Dense, Identity
from core.specs.layers.normalization import BatchNormalization
from core.specs.resolved import Resolved, ResolvedOutput
from core.specs.spec import JobSpec
from core.specs.summary import Summary
from core.specs.walking import Step
from core.specs.wording import Change, Cure

Path = tuple[str | int, ...]

DROPPING = tuple(layer for layer in regularization.MEMBERS if "Dropout" in layer.__name__)
"""Layers that set some of their inputs to 0 in training."""
_BENDING = activations.MEMBERS
_STRAIGHT: tuple[type[Layer], ...] = (
    *regularization.MEMBERS,
    *reshaping.MEMBERS,
    Identity,
    BatchNormalization,
)
"""Layers between two others that leave a sum of sums a sum of sums."""


@dataclass(frozen=True)
class Case:
    """A job.

    Attributes:
        spec: what was asked for.
        resolved: all of it.
        facts: of the data set.
        steps: the layers, in the places that they have in `spec`.
        summary: the network in numbers.
        about: where the document speaks of the data: `("dataset",)`, or `("rows",)` without a data set.
        rows_known: whether the numbers of rows in `facts` are true.
    """

    spec: JobSpec
    resolved: Resolved
    facts: Facts
    steps: Sequence[Step]
    summary: Summary
    about: Path = ("dataset",)
    rows_known: bool = True

    # The network

    @cached_property
    def by_name(self) -> dict[str, Step]:
        """Every step by its name."""
        return {step.node.name: step for step in self.steps}

    @cached_property
    def _followers(self) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = {}
        for step in self.steps:
            for name in step.node.inputs:
                found.setdefault(name, []).append(step)
        return found

    @cached_property
    def chained(self) -> bool:
        """Whether it is a plain list, in which a layer can be put in or left out."""
        return self.spec.model.outputs is None and all(one.inputs is None for one in self.spec.model.layers)

    def at(self, step: Step, *more: str) -> Path:
        """The path to a layer, where it was made, or to one of its arguments."""
        return ("model", "layers", step.node.made, *more)

    def before(self, step: Step) -> Step | None:
        """The only layer that this one takes; None if there are several, or it takes an input."""
        return backwards.before(self.by_name, step)

    def next_bends(self, step: Step) -> Iterator[Step]:
        """The layers that come next, but for those that bend nothing."""
        # Without recursion: two thousand of them may come one after another.
        coming = self.readers(step.node.name)[::-1]
        while coming:
            follower = coming.pop()
            if isinstance(follower.layer, _STRAIGHT):
                coming += self.readers(follower.node.name)[::-1]
            else:
                yield follower

    def readers(self, name: str) -> list[Step]:
        """The layers that take this input or layer."""
        return self._followers.get(name, [])

    def hidden(self) -> Iterator[Step]:
        """The layers with units or filters that make no output."""
        makers = {self.maker(output).node.made for output in self.resolved.outputs}
        for step in self.steps:
            if width_of(step.layer) and step.node.made not in makers and step.node.first:
                yield step

    # Outputs

    def tail(self, output: ResolvedOutput) -> list[Step]:
        """The layers of an output, from its last back to the one that makes its numbers, or to a branch."""
        return self._tails[output.name]

    @cached_property
    def _tails(self) -> dict[str, list[Step]]:
        return {output.name: self._tail(output.name) for output in self.resolved.outputs}

    def _tail(self, name: str) -> list[Step]:
        steps = []
        step: Step | None = self.by_name[name]
        while step is not None:
            steps.append(step)
            step = None if width_of(step.layer) else self.before(step)
        return steps

    def maker(self, output: ResolvedOutput) -> Step:
        """The layer that makes an output's numbers."""
        return self.tail(output)[-1]

    def after_maker(self, output: ResolvedOutput) -> list[Step]:
        """The layers that come after the one that makes an output's numbers; none if there is no such one."""
        *after, maker = self.tail(output)
        return after if width_of(maker.layer) else []

    def ender(self, output: ResolvedOutput) -> Step:
        """The layer that shapes an output by its activation."""
        return backwards.ender(self.by_name, self.by_name[output.name])

    def target(self, output: ResolvedOutput) -> TargetFacts:
        """What an output is compared with."""
        return self.facts.targets[output.target]

    def said_of(self, field: str, output: ResolvedOutput) -> Path:
        """The path to what `training` says of an output."""
        by_name = isinstance(getattr(self.spec.training, field), dict)
        return ("training", field, output.name) if by_name else ("training", field)

    # What to change

    def set_alone(self, step: Step, argument: str, value: object) -> tuple[Change, ...]:
        """Sets an argument of a layer; not where it is applied elsewhere too, which may need it as it is."""
        return () if step.node.shared else (Change(self.at(step, argument), value),)

    def activated(self, step: Step, activation: str) -> tuple[Change, ...]:
        """Gives a layer another activation, if it is applied here alone."""
        if step.node.shared:
            return ()
        if "activation" in type(step.layer).model_fields:
            return self.set_alone(step, "activation", activation)
        layer = {"type": "Activation", "activation": activation}
        if isinstance(step.layer, _BENDING):
            asked = self.spec.model.layers[step.node.place].model_dump(exclude_none=True)
            kept = {key: asked[key] for key in ("name", "inputs") if key in asked}
            return (Change(self.at(step), layer | kept, "replace"),)
        # An Activation after a layer that bends its numbers inside does not straighten them.
        appended = self.chained and activation != "linear"
        return (Change(("model", "layers", "-"), layer),) if appended else ()

    def straightened(self, output: ResolvedOutput, but: Step | None = None) -> tuple[Change, ...]:
        """Takes the activations away through which an output goes, but for that of one layer."""
        bending = [step for step in self.tail(output) if step.layer.ending() not in {None, "linear"}]
        found = [self.activated(step, "linear") for step in bending if step is not but]
        # Some of them alone would be no help.
        return tuple(change for changes in found for change in changes) if all(found) else ()

    def without(self, step: Step) -> tuple[Change, ...]:
        """Leaves a layer out."""
        return (Change(self.at(step), op="remove"),) if self.chained else ()

    def put_before(self, step: Step, layer: dict[str, object]) -> tuple[Change, ...]:
        """Puts a layer in."""
        return (Change(self.at(step), layer),) if self.chained else ()

    def advice(self, code: str, detail: str, path: Path, cure: Cure) -> Fault:
        """A warning. Where its cure is about a training of which nothing was said, it brings one along."""
        changes = cure.changes
        if "training" not in self.spec.model_fields_set and any(one.path[0] == "training" for one in changes):
            cure = cure._replace(changes=(Change(("training",), {}), *changes))
        return replace(wording.fault(detail, *path), code=code, suggestion=cure.suggested())


def dense(step: Step) -> Dense | None:
    """The layer, if it is a Dense."""
    return step.layer if isinstance(step.layer, Dense) else None
