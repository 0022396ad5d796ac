"""Random layers that prepare: pictures, columns and sounds."""

from hypothesis import strategies as st

from tests.core.specs.stacks import FLAG, FRACTION, SMALL, Arguments, Layers, layer

FACTOR = st.one_of(st.sampled_from([0, 0.3, 1]), st.just([0.2, 0.4]))
INTERPOLATION = st.sampled_from(["nearest", "bilinear"])


def kinds(shape: tuple[int, ...]) -> dict[str, Layers]:
    """Layers of the modules that begin with `preprocessing`, and of `augmentation`."""
    # Keras takes rows of two axes for one picture, its rows for pixels.
    pictures = _pictures() if len(shape) == 3 else {}
    return pictures | _features(shape) | _sounds()


def _pictures() -> dict[str, Layers]:
    sizes = {"height": st.integers(1, 9), "width": st.integers(1, 9)}
    fills = {"fill_mode": st.sampled_from(["reflect", "wrap", "constant", "nearest"])}
    moves = {**fills, "interpolation": INTERPOLATION, "fill_value": FRACTION}
    factor = {"factor": FACTOR}
    resizing = st.sampled_from(["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area"])
    arguments: dict[str, tuple[Arguments, Arguments]] = {
        "RandomFlip": ({}, {"mode": st.sampled_from(["horizontal", "vertical"])}),
        "RandomRotation": (factor, moves),
        "RandomTranslation": ({"height_factor": FACTOR, "width_factor": FACTOR}, moves),
        "RandomZoom": ({"height_factor": FACTOR}, {"width_factor": FACTOR, **moves}),
        "RandomShear": ({}, {"x_factor": FACTOR, "y_factor": FACTOR, **moves}),
        "RandomPerspective": ({}, {**factor, "scale": FRACTION, "interpolation": INTERPOLATION}),
        "RandomElasticTransform": ({}, {**factor, "scale": FACTOR, **moves}),
        "RandomContrast": (factor, {}),
        "RandomBrightness": (factor, {}),
        "RandomHue": (factor, {}),
        "RandomSaturation": (factor, {}),
        "RandomColorDegeneration": (factor, {}),
        "RandomColorJitter": (
            {},
            {f"{name}_factor": FACTOR for name in ("brightness", "contrast", "saturation", "hue")},
        ),
        "RandomGrayscale": ({}, {"factor": FRACTION}),
        "RandomInvert": ({}, factor),
        "RandomSharpness": (factor, {}),
        "RandomGaussianBlur": (
            {},
            {**factor, "kernel_size": st.sampled_from([1, 3, [3, 5]]), "sigma": FACTOR},
        ),
        "RandomPosterization": ({"factor": st.sampled_from([1, 3, 8, [2, 5]])}, {}),
        "RandomErasing": ({}, {**factor, "scale": FACTOR, "fill_value": FRACTION}),
        "Solarization": ({}, {"addition_factor": FACTOR, "threshold_factor": FACTOR}),
        "AugMix": ({}, {"num_chains": st.integers(1, 2), "chain_depth": st.just(1), "all_ops": FLAG}),
        "RandAugment": ({}, {"num_ops": st.just(1), **factor}),
        "CenterCrop": (sizes, {}),
        "Resizing": (
            sizes,
            {
                "interpolation": resizing,
                "crop_to_aspect_ratio": FLAG,
                "pad_to_aspect_ratio": FLAG,
                "antialias": FLAG,
            },
        ),
        "AutoContrast": ({}, {}),
        "ContrastLimitedAdaptiveHistogramEqualization": (
            {},
            {"tile_grid_size": st.sampled_from([[1, 1], [2, 3], [8, 8]]), "clip_limit": st.just(2)},
        ),
    }
    return {kind: layer(kind, needed, **more) for kind, (needed, more) in arguments.items()}


def _features(shape: tuple[int, ...]) -> dict[str, Layers]:
    axis = st.integers(-len(shape) - 2, len(shape) + 1)
    several = st.lists(st.integers(0, len(shape) + 1), min_size=1, max_size=2, unique=True)
    numbers = st.one_of(st.just(1), *(st.lists(SMALL, min_size=n, max_size=n) for n in {1, *shape[-1:]}))
    modes = {"output_mode": st.sampled_from(["int", "one_hot", "multi_hot", "count"])}
    given = numbers.map(lambda one: {"mean": one, "variance": one})
    normalization = layer(
        "Normalization",
        {},
        axis=st.one_of(st.none(), axis, several),
        invert=FLAG,
    )
    return {
        "Normalization": st.one_of(
            normalization, st.builds(lambda one, two: one | two, normalization, given)
        ),
        "CategoryEncoding": layer(
            "CategoryEncoding",
            {"num_tokens": SMALL},
            output_mode=st.sampled_from(["one_hot", "multi_hot", "count"]),
        ),
        "Discretization": layer(
            "Discretization", {"bin_boundaries": st.sampled_from([[0.5], [0, 1, 2.5], [2, 1]])}, **modes
        ),
        "IntegerLookup": layer(
            "IntegerLookup",
            {"vocabulary": st.sampled_from([[1], [3, 1, 7]])},
            num_oov_indices=st.integers(1, 2),
            mask_token=st.sampled_from([None, 0]),
            **modes,
        ),
    }


def _sounds() -> dict[str, Layers]:
    window = st.sampled_from(["hann", "hamming", None])
    return {
        "MelSpectrogram": layer(
            "MelSpectrogram",
            {"fft_length": st.sampled_from([2, 4, 5]), "sequence_stride": st.integers(1, 4)},
            sequence_length=st.sampled_from([2, 4]),
            num_mel_bins=SMALL,
            power_to_db=FLAG,
            window=window,
        ),
        "STFTSpectrogram": layer(
            "STFTSpectrogram",
            {"frame_length": st.integers(2, 5)},
            frame_step=st.integers(1, 5),
            fft_length=st.sampled_from([2, 4, 8]),
            mode=st.sampled_from(["log", "magnitude", "psd", "real", "imag", "angle", "stft"]),
            window=window,
            scaling=st.sampled_from(["density", "spectrum", None]),
            periodic=FLAG,
            padding=st.sampled_from(["valid", "same"]),
            expand_dims=FLAG,
        ),
    }
