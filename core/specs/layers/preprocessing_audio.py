"""Keras's layers that make pictures of sounds."""

import math
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from core.specs import wording
from core.specs.layers.base import Layer, Shape, Weight
from core.specs.layers.data_format import ChannelsLast
from core.specs.layers.windows import slide
from core.specs.scalars import Above0, Flag, NonNegative, Size

_Window = Literal["hann", "hamming"]
_Length = Annotated[int, Field(strict=True, ge=2, le=65_536)]


class STFTSpectrogram(Layer):
    """The frequencies of sounds, frame by frame, by a Fourier transform that can be trained further."""

    integers: ClassVar[Literal["floats", "keeps", "refuses"]] = "refuses"

    mode: Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"] = "log"
    frame_length: _Length = 256
    frame_step: Size | None = None
    fft_length: _Length | None = None
    window: _Window | None = "hann"
    periodic: Flag = False
    scaling: Literal["density", "spectrum"] | None = "density"
    padding: Literal["valid", "same"] = "valid"
    expand_dims: Flag = False
    data_format: ChannelsLast = "channels_last"

    @model_validator(mode="after")
    def _lengths_agree(self) -> Self:
        if self.frame_step is not None and self.frame_step > self.frame_length:
            raise wording.misfit(
                f"frame_step must be at most the frame_length, which is {self.frame_length}", "frame_step"
            )
        if self.fft_length is not None and self.fft_length < self.frame_length:
            raise wording.misfit(
                f"fft_length must be at least the frame_length, which is {self.frame_length}", "fft_length"
            )
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, 2, "samples, channels")
        step = self.frame_step or self.frame_length // 2
        frames = slide(shape[:1], (self.frame_length,), (step,), self.padding)
        if frames is None:
            raise wording.Misfit(
                f"A frame of {self.frame_length} samples does not fit sounds of {shape[0]}", "frame_length"
            )
        values = self._frequencies() * (2 if self.mode == "stft" else 1)
        return (*frames, values, shape[-1]) if self.expand_dims else (*frames, values * shape[-1])

    @override
    def weights(self, shape: Shape) -> list[Weight]:
        kernel = (self.frame_length, 1, self._frequencies())
        real = [] if self.mode == "imag" else [Weight("real_kernel", kernel)]
        return real if self.mode == "real" else [*real, Weight("imag_kernel", kernel)]

    @override
    def multiply_adds(self, shape: Shape) -> int:
        frames = self.output_shape(shape)[0]
        return frames * shape[-1] * sum(weight.size for weight in self.weights(shape))

    def _frequencies(self) -> int:
        return (self.fft_length or 1 << math.ceil(math.log2(self.frame_length))) // 2 + 1


class MelSpectrogram(Layer):
    """The frequencies of sounds as an ear tells them apart, frame by frame."""

    fft_length: _Length = 2048
    sequence_stride: Size = 512
    sequence_length: _Length | None = None
    window: _Window | None = "hann"
    sampling_rate: Size = 16_000
    num_mel_bins: Annotated[int, Field(strict=True, ge=1, le=4096)] = 128
    min_freq: NonNegative = 20.0
    max_freq: Above0 | None = None
    power_to_db: Flag = True
    top_db: NonNegative = 80.0
    mag_exp: Above0 = 2.0
    min_power: Above0 = 1e-10
    ref_power: Above0 = 1.0

    @model_validator(mode="after")
    def _lengths_agree(self) -> Self:
        if (self.sequence_length or 0) > self.fft_length:
            raise wording.misfit(
                f"sequence_length must be at most the fft_length, which is {self.fft_length}",
                "sequence_length",
            )
        if (self.max_freq or self.sampling_rate // 2) <= self.min_freq:
            raise wording.misfit("max_freq must be more than min_freq", "max_freq")
        return self

    @override
    def output_shape(self, shape: Shape) -> Shape:
        self.dimensions(shape, 1, "samples")
        if shape[0] <= self.fft_length // 2:
            raise wording.Misfit(
                f"Sounds of {shape[0]} samples are too short to be mirrored for an fft_length of "
                f"{self.fft_length}",
                "fft_length",
            )
        said = (shape[0] + self.sequence_stride + 1) // self.sequence_stride
        frames = 1 + (shape[0] + 2 * (self.fft_length // 2) - self.fft_length) // self.sequence_stride
        # Keras 3.15 says how many frames there are by a rule that is not always what it does.
        if said != frames:
            raise wording.Misfit(
                f"Keras takes {frames} frames from sounds of {shape[0]} samples, and says {said}: with "
                "another sequence_stride it says what it does",
                "sequence_stride",
            )
        return (self.num_mel_bins, frames)


MEMBERS: tuple[type[Layer], ...] = (STFTSpectrogram, MelSpectrogram)
