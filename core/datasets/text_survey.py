"""What is learned about a column of texts, from its training rows alone."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core import errors
from core.datasets import cells, text_inputs, wording
from core.datasets.options import Options
from core.datasets.text_inputs import TextInputs
from core.datasets.word_count import WordCount

# Different words that all columns together may have before the rarest are forgotten: some 100 MB.
MOST_WORDS = 2**19
LONGEST = 256
# In a vocabulary, by default.
WORDS = 10_000
SHARE = 0.95


@dataclass
class TextSurvey:
    """A column of texts as it is read; `lengths` counts the training rows by their number of words."""

    name: str
    most_words: int = MOST_WORDS
    missing: int = 0
    count: WordCount = field(init=False)
    lengths: NDArray[np.int64] = field(default_factory=lambda: np.zeros(LONGEST + 1, np.int64))

    def __post_init__(self) -> None:
        """Counts nothing yet."""
        self.count = WordCount(self.most_words)

    def add(self, chunk: pa.StringArray, train: NDArray[np.bool_]) -> None:
        """The column's next rows, and which of them are trained on."""
        for cell, learned in zip(chunk.to_pylist(), train.tolist(), strict=True):
            text = cells.text(cell)
            self.missing += text is None
            if learned:
                words = text_inputs.words_of(text or "")
                self.count.add(words)
                self.lengths[min(len(words), LONGEST)] += 1

    def inputs(self, options: Options) -> tuple[TextInputs, list[str]]:
        """The column as an input, and what there is to tell about it.

        Raises:
            errors.InvalidDataError: There is no word in it.
        """
        if not self.count.counts:
            raise errors.InvalidDataError(
                f"Column {wording.quote(self.name)} has no words in the rows to train on"
            )
        length = options.sequence_length or self._length()
        return TextInputs(words=self.count.top(options.vocabulary_size or WORDS), length=length), self._told()

    def _length(self) -> int:
        """The words that 95 % of the texts have at most."""
        reached = np.cumsum(self.lengths) >= SHARE * self.lengths.sum()
        return max(1, int(np.argmax(reached)))

    def _told(self) -> list[str]:
        told = []
        if self.missing:
            missing = wording.counted(self.missing, "missing value")
            told.append(f"{self.name}: {missing} became texts without words")
        if self.count.forgotten:
            told.append(
                f"{self.name}: more than {self.most_words:,} different words, so the rare ones in the "
                "vocabulary are chosen by an estimate of their number"
            )
        return told
