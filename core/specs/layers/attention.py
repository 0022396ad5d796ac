"""Keras's attention: what a sequence takes from another. Inputs by place: query, value and, if given, key."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.constraints import AnyConstraint
from core.specs.initializers import AnyInitializer, GlorotUniform, Zeros
from core.specs.layers.base import Applied, Joining, Layer, Shape, Weight
from core.specs.regularizers import AnyRegularizer
from core.specs.scalars import Axes, Flag, Fraction, Seed, Size


class _Attention(Joining):
    most_inputs: ClassVar[int] = 3
    passes_mask: ClassVar[bool] = True
    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    @override
    def check_mask(self, shapes: Sequence[Shape]) -> None:
        for shape in shapes:
            self.dimensions(shape, 2, "steps, features: it is given a mask")

    def named(self, shapes: Sequence[Shape]) -> tuple[Shape, Shape, Shape]:
        """Query, value and key, which is the value if there is none of its own."""
        query, value = shapes[:2]
        key = shapes[2] if len(shapes) > 2 else value
        if value[:-1] != key[:-1]:
            raise wording.Misfit(
                f"{self.called()} takes a key for each value, and gets {wording.by(value)} values and "
                f"{wording.by(key)} keys",
                "inputs",
                len(shapes) - 1,
            )
        if len(query) < 2 or len(query) != len(value):
            raise wording.Misfit(
                f"{self.called()} takes a query and a value of two axes or more (steps, features), as many "
                f"in each, and gets {wording.by(query)} and {wording.by(value)}",
                "inputs",
            )
        return query, value, key


class _Heads(_Attention):
    one_by_one: ClassVar[bool] = True
    refused: ClassVar[Mapping[str, str]] = {
        "flash_attention": "it runs on some accelerators only, and a network must train on a CPU too"
    }

    dropout: Fraction = 0.0
    use_bias: Flag = True
    sliding_window: Size | None = None
    kernel_initializer: AnyInitializer = GlorotUniform()
    bias_initializer: AnyInitializer = Zeros()
    kernel_regularizer: AnyRegularizer | None = None
    bias_regularizer: AnyRegularizer | None = None
    kernel_constraint: AnyConstraint | None = None
    bias_constraint: AnyConstraint | None = None
    use_gate: Flag = False
    seed: Seed | None = None

    def projection(self, *shape: int, inputs: int = 1) -> list[Weight]:
        """What makes one of the parts; the first `inputs` axes of its kernel are what goes in."""
        bias = [Weight("bias", shape[inputs:])] if self.use_bias else []
        return [Weight("kernel", shape), *bias]


class MultiHeadAttention(_Heads):
    """Several ways at once in which a query takes from values, by how it suits their keys."""

    model_config = ConfigDict(serialize_by_alias=True)

    num_heads: Size
    key_dim: Size
    value_dim: Size | None = None
    outputs: (
        Annotated[
            tuple[Size, ...],
            BeforeValidator(lambda value: value if isinstance(value, list | tuple) else (value,)),
            Field(min_length=1, max_length=4),
        ]
        | None
    ) = Field(default=None, alias="output_shape")
    attention_axes: Axes | None = None

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        query, value, key = self.named(shapes)
        if self.sliding_window is not None and len(query) > 2:
            raise wording.Misfit(
                f"sliding_window is for rows of two axes (steps, features), not {wording.by(query)}",
                "sliding_window",
            )
        scores = self._scores(query, value)
        heads, wide = self.num_heads, self.value_dim or self.key_dim
        out = self.outputs or query[-1:]
        gate = self.projection(query[-1], heads, wide) if self.use_gate else []
        weights = [
            *self.projection(query[-1], heads, self.key_dim),
            *self.projection(key[-1], heads, self.key_dim),
            *gate,
            *self.projection(value[-1], heads, wide),
            *self.projection(heads, wide, *out, inputs=2),
        ]
        asked, known = math.prod(query[:-1]), math.prod(value[:-1])
        arithmetic = heads * (
            asked * query[-1] * (self.key_dim + wide * self.use_gate)
            + known * (key[-1] * self.key_dim + value[-1] * wide)
            + asked * wide * math.prod(out)
        )
        kept = heads * (asked * (self.key_dim + wide) + known * (self.key_dim + wide) + 2 * scores)
        output = (*query[:-1], *out)
        return Applied(output, weights, arithmetic, kept + math.prod(output))

    def _scores(self, query: Shape, value: Shape) -> int:
        """How many pairs of a query and a key there are; axes that are not attended to go along."""
        inner = tuple(range(1, len(value)))
        attended = self._attended(value, inner)
        for axis in set(inner) - set(attended):
            if query[axis - 1] != value[axis - 1]:
                raise wording.Misfit(
                    f"Axis {axis} is none that is attended to, so query and value must be alike in it, and "
                    f"they are {wording.by(query)} and {wording.by(value)}",
                    "attention_axes",
                )
        return math.prod(query[:-1]) * math.prod(value[axis - 1] for axis in attended)

    def _attended(self, value: Shape, inner: tuple[int, ...]) -> tuple[int, ...]:
        if self.attention_axes is None:
            return inner
        given = self.attention_axes
        given = (given,) if isinstance(given, int) else given
        axes = tuple(axis if axis >= 0 else len(value) + 1 + axis for axis in given)
        if len(set(axes)) < len(axes) or not set(axes) <= set(inner):
            raise wording.Misfit(
                f"attention_axes are of {list(inner)}: axes between the batch and the features",
                "attention_axes",
            )
        return axes


class GroupQueryAttention(_Heads):
    """Attention in which several heads for queries share one for keys and values."""

    head_dim: Size
    num_query_heads: Size
    num_key_value_heads: Size

    @model_validator(mode="after")
    def _heads_share(self) -> Self:
        if self.num_query_heads % self.num_key_value_heads:
            raise wording.misfit(
                f"{self.num_query_heads} query heads cannot share {self.num_key_value_heads} heads evenly",
                "num_key_value_heads",
            )
        return self

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        query, value, key = self.named(shapes)
        self.dimensions(query, 2, "steps, features")
        if query[-1] != value[-1]:
            raise wording.Misfit(
                f"GroupQueryAttention takes queries and values of as many features, and gets "
                f"{wording.by(query)} and {wording.by(value)}",
                "inputs",
            )
        asking, shared, wide = self.num_query_heads, self.num_key_value_heads, self.head_dim
        gate = self.projection(query[-1], asking, wide) if self.use_gate else []
        weights = [
            *self.projection(query[-1], asking, wide),
            *self.projection(key[-1], shared, wide),
            *gate,
            *self.projection(value[-1], shared, wide),
            *self.projection(asking, wide, query[-1], inputs=2),
        ]
        asked, known = query[0], value[0]
        arithmetic = wide * (
            asked * query[-1] * asking * (2 + self.use_gate) + known * (key[-1] + value[-1]) * shared
        )
        kept = wide * (2 * asked + 2 * known) * asking + 2 * asking * asked * known
        return Applied(query, weights, arithmetic, kept + math.prod(query))


class _Dots(_Attention):
    dropout: Fraction = 0.0

    @override
    def applied(self, shapes: Sequence[Shape]) -> Applied:
        query, value, key = self.named(shapes)
        if query[:-2] != value[:-2] or query[-1] != key[-1]:
            raise wording.Misfit(
                f"{self.called()} takes queries and keys of as many features, and gets {wording.by(query)} "
                f"and {wording.by(key)}",
                "inputs",
                len(shapes) - 1,
            )
        output = (*query[:-1], value[-1])
        scores = math.prod(query[:-1]) * value[-2]
        return Applied(output, self.scales(query[-1]), 0, 2 * scores + math.prod(output))

    def scales(self, features: int) -> list[Weight]:
        """What is learned."""
        raise NotImplementedError


class Attention(_Dots):
    """A query takes from values by the product of query and key."""

    use_scale: Flag = False
    score_mode: Literal["dot", "concat"] = "dot"
    seed: Seed | None = None

    @override
    def scales(self, features: int) -> list[Weight]:
        scale = [Weight("scale", ())] if self.use_scale else []
        return [*scale, Weight("concat_score_weight", ())] if self.score_mode == "concat" else scale


class AdditiveAttention(_Dots):
    """A query takes from values by the sum of query and key."""

    use_scale: Flag = True

    @override
    def scales(self, features: int) -> list[Weight]:
        return [Weight("scale", (features,))] if self.use_scale else []


MEMBERS: tuple[type[Layer], ...] = (MultiHeadAttention, GroupQueryAttention, Attention, AdditiveAttention)
