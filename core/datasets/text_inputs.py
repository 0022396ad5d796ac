"""Texts as sequences of whole numbers, by a vocabulary that was learned."""

import string
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from core import errors
from core.datasets import cells, wording
from core.datasets.table_inputs import FROZEN

# As in Keras's TextVectorization: 0 fills up a sequence, and 1 is any word that is not in the vocabulary.
UNKNOWN = 1
FIRST = 2
# Characters. What is longer is no word, and ten thousand of them would make an encoding of any size.
LONGEST_WORD = 100
# Keras's `lower_and_strip_punctuation`; its regular expression lists the punctuation of ASCII.
PUNCTUATION = dict.fromkeys(map(ord, string.punctuation))


class TextInputs(BaseModel):
    """A text as `length` numbers: the places of its words in `words`, counted from 2; the rest is cut off.

    `words` are those of the training rows, the most frequent first.
    """

    model_config = FROZEN

    kind: Literal["text"] = "text"
    words: list[str]
    length: int

    @property
    def shape(self) -> list[int]:
        """The shape of an encoded text."""
        return [self.length]

    @property
    def dtype(self) -> Literal["int32", "float32"]:
        """The numpy type of encoded texts."""
        return "int32"

    @property
    def integers(self) -> tuple[int, int]:
        """The least and the most of all numbers that a text can become."""
        return 0, len(self.words) + FIRST - 1

    @cached_property
    def places(self) -> dict[str, int]:
        """The number of each word."""
        return {word: place for place, word in enumerate(self.words, FIRST)}


def words_of(text: str) -> list[str]:
    """The words of a text: in lower case, without punctuation, between blanks.

    Keras does so with ASCII's letters; here `Ä` becomes `ä` too.
    """
    return text.lower().translate(PUNCTUATION).split()


def numbers_of(inputs: TextInputs, texts: Sequence[str | None]) -> NDArray[np.int32]:
    """Encoded texts, `(n, length)`; None is a text without words."""
    out = np.zeros((len(texts), inputs.length), np.int32)
    places = inputs.places
    for row, text in zip(out, texts, strict=True):
        found = [places.get(word, UNKNOWN) for word in words_of(text or "")[: inputs.length]]
        row[: len(found)] = found
    return out


def encode_rows(inputs: TextInputs, rows: Sequence[object]) -> NDArray[np.int32]:
    """Encoded texts from the cells of a prediction; null is a text without words.

    Raises:
        errors.InvalidDataError: A cell is a list or an object; the fault points at the row.
    """
    texts: list[str | None] = []
    for index, cell in enumerate(rows):
        labels = cells.labels(cell)
        if labels is None:
            sentence = f"row {index}: {wording.quote(cell)} where a text is expected"
            raise errors.InvalidDataError(
                sentence, [errors.Fault(errors.pointer("instances", index), sentence)]
            )
        texts.append(labels[0] if labels else None)
    return numbers_of(inputs, texts)
