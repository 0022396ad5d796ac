"""The order of a picture's axes."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from core.specs import wording


def _read(value: object) -> object:
    if value is None:
        return "channels_last"
    if value != "channels_last":
        raise wording.misfit(
            "Only 'channels_last' is taken: data sets keep pictures as height x width x channels"
        )
    return value


ChannelsLast = Annotated[Literal["channels_last"], BeforeValidator(_read)]
"""A field's type: null stands for Keras's own default, which is the same."""
