"""The most frequent words of texts of any size, in bounded memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from core.datasets.text_inputs import LONGEST_WORD


@dataclass
class WordCount:
    """Counts words, up to `most` different ones exactly.

    When there are more, the rarer half is forgotten, as Manku and Motwani's lossy counting (2002) does: a
    word that comes again begins with what was forgotten, so its count is at most `forgotten` too high.
    """

    most: int
    counts: dict[str, int] = field(default_factory=dict)
    forgotten: int = 0

    def add(self, words: Iterable[str]) -> None:
        """The next words; those of more than 100 characters are none."""
        counts = self.counts
        for word in words:
            if word in counts:
                counts[word] += 1
            elif len(word) <= LONGEST_WORD:
                counts[word] = self.forgotten + 1
                if len(counts) > self.most:
                    self._forget()

    def _forget(self) -> None:
        values = np.fromiter(self.counts.values(), np.int64, len(self.counts))
        self.forgotten = int(np.partition(values, len(values) // 2)[len(values) // 2])
        kept = {word: count for word, count in self.counts.items() if count > self.forgotten}
        # In place: whoever is adding goes on with the same dictionary.
        self.counts.clear()
        self.counts.update(kept)

    def top(self, number: int) -> list[str]:
        """The most frequent words, those of the same count in the order of their characters."""
        ordered = sorted(self.counts.items(), key=lambda counted: (-counted[1], counted[0]))
        return [word for word, _ in ordered[:number]]
