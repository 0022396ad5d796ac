"""Random layers that only rearrange."""

import math

from hypothesis import strategies as st

from tests.core.specs.stacks import DATA_FORMAT, SMALL, Layers, layer, window

RANKS = (1, 2, 3)


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of `reshaping` and `resizing`."""
    return {
        "Flatten": layer("Flatten"),
        "Reshape": layer("Reshape", {"target_shape": _targets(math.prod(shape))}),
        "Permute": layer("Permute", {"dims": _dims(len(shape))}),
        "RepeatVector": layer("RepeatVector", {"n": SMALL}),
        **{f"Cropping{rank}D": layer(f"Cropping{rank}D", {}, cropping=_margins(rank)) for rank in RANKS},
        **{f"ZeroPadding{rank}D": layer(f"ZeroPadding{rank}D", {}, padding=_margins(rank)) for rank in RANKS},
        "UpSampling1D": layer("UpSampling1D", {}, size=st.integers(1, 3)),
        "UpSampling2D": layer("UpSampling2D", {}, size=window(2, 3), interpolation=INTERPOLATION),
        "UpSampling3D": layer("UpSampling3D", {}, size=window(3, 2), data_format=DATA_FORMAT),
    }


# Through "area" there is no way back, which is a matter of the whole network (`test_layer_misfits`).
INTERPOLATION = st.sampled_from(["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"])


def _targets(size: int) -> st.SearchStrategy[list[int]]:
    divisors = [one for one in range(1, size + 1) if size % one == 0]
    pairs = st.sampled_from(divisors).map(lambda one: [one, size // one])
    return st.one_of(
        pairs,
        pairs,
        pairs.map(lambda pair: [pair[0], -1]),
        st.lists(st.integers(1, 4), min_size=0, max_size=3),
        st.sampled_from([[-1], [-1, 1], [-1, 2, 2], [2, -1, 1]]),
    )


def _dims(rank: int) -> st.SearchStrategy[list[int]]:
    order = st.permutations(range(1, rank + 1)).map(list)
    return st.one_of(order, order, order, st.lists(st.integers(0, 3), max_size=3))


def _margins(rank: int) -> st.SearchStrategy[object]:
    one = st.integers(0, 2)
    pair = st.lists(one, min_size=2, max_size=2)
    if rank == 1:
        return st.one_of(one, pair)
    return st.one_of(one, st.lists(st.one_of(one, pair), min_size=rank, max_size=rank))
