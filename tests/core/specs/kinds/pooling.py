"""Random poolings."""

from hypothesis import strategies as st

from tests.core.specs.stacks import DATA_FORMAT, FLAG, PADDING, Layers, layer, window

RANKS = (1, 2, 3)


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `pooling` and `pooling_whole`."""
    each = [(kind, rank) for kind in ("Max", "Average") for rank in RANKS]
    wholes = [f"Global{kind}Pooling{rank}D" for kind, rank in each]
    return {
        **{f"{kind}Pooling{rank}D": _pooling(kind, rank) for kind, rank in each},
        **{whole: layer(whole, {}, keepdims=FLAG, data_format=DATA_FORMAT) for whole in wholes},
        **{f"Adaptive{kind}Pooling{rank}D": _adaptive(kind, rank, shape) for kind, rank in each},
    }


def _pooling(kind: str, rank: int) -> Layers:
    name = f"{kind}Pooling{rank}D"
    size = {"pool_size": window(rank)}
    options = {"strides": st.one_of(st.none(), window(rank, 3)), "padding": PADDING}
    return layer(name, size, **options) if kind == "Average" else layer(name, {}, **size, **options)


def _adaptive(kind: str, rank: int, shape: tuple[int, ...]) -> Layers:
    # Where there are no two parts, TensorFlow's process dies: Keras is asked for something that it refuses.
    divisible = len(shape) > 1 and min(shape[:-1]) > 1
    parts = st.integers(2, 9)
    fitting = st.one_of(parts, st.lists(parts, min_size=rank, max_size=rank))
    too_many = st.just([2] * (rank + 1))
    return layer(f"Adaptive{kind}Pooling{rank}D", {"output_size": fitting if divisible else too_many})
