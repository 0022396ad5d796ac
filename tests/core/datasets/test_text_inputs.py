"""Texts as sequences of words: what is learned, how a text is encoded, and that Keras does the same."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import errors
from core.datasets import encoding, options, reading, text_inputs
from core.datasets.text_inputs import TextInputs
from tests.core.datasets.conftest import Data, Room

TEXTS = ["The cat sat.", "the DOG, the dog!", "a cat", "", "Cat dog bird? (fish)"]
INPUTS = TextInputs(words=["the", "cat"], length=3)


def reviews(room: Room, texts: list[str], **asked: object) -> Data:
    content = "".join(json.dumps({"t": text, "y": "pq"[n % 2]}) + "\n" for n, text in enumerate(texts))
    return room.read(content, "a.jsonl", **{"text": "t", "test_split": 0} | asked)


def test_a_text_is_the_places_of_its_words_filled_up_and_cut_at_the_end(room: Room) -> None:
    data = reviews(room, TEXTS)
    assert data.encoding.input_parts[0].inputs.words == ["cat", "dog", "the", "a", "bird", "fish", "sat"]
    assert data.x_train.tolist() == [[4, 2, 8, 0], [4, 3, 4, 3], [5, 2, 0, 0], [0, 0, 0, 0], [2, 3, 6, 7]]
    assert data.x_train.dtype == np.int32
    assert data.reading.inputs == {
        "column": "t",
        "shape": [4],
        "dtype": "int32",
        "vocabulary_size": 7,
        "integers": [0, 8],
    }


def test_the_rarest_words_are_unknown_beyond_the_size_of_the_vocabulary(room: Room) -> None:
    data = reviews(room, TEXTS, vocabulary_size=2, sequence_length=3)
    assert data.reading.inputs["integers"] == [0, 3]
    assert data.x_train.tolist() == [[1, 2, 1], [1, 3, 1], [1, 2, 0], [0, 0, 0], [2, 3, 1]]


def test_the_vocabulary_is_of_the_training_rows_alone(room: Room) -> None:
    rows = [{"t": f"all {part}", "split": part, "y": y} for part in ("train", "test") for y in "pqpq"]
    data = room.read("".join(json.dumps(row) + "\n" for row in rows), "a.jsonl", text="t")
    assert data.encoding.input_parts[0].inputs.words == ["all", "train"]
    assert data.x_test.tolist() == [[2, 1]] * 4


@pytest.mark.parametrize(("longest", "length"), [(5, 5), (99, 95), (300, 256)])
def test_a_sequence_is_as_long_as_most_texts_and_at_most_256_words(
    room: Room, longest: int, length: int
) -> None:
    texts = ["a " * -(-n * longest // 100) for n in range(1, 101)]
    assert reviews(room, texts).reading.inputs["shape"] == [length]


def test_a_column_without_a_word_to_train_on_is_refused(room: Room) -> None:
    with pytest.raises(errors.InvalidDataError, match="Column 't' has no words in the rows to train on"):
        reviews(room, ["!", "?", "", "NA"])


def test_missing_texts_have_no_words_and_a_warning(room: Room) -> None:
    data = reviews(room, ["a b", "", "NA", "b"])
    assert data.reading.warnings == ["t: 2 missing values became texts without words"]


def test_a_column_of_a_million_different_words_is_read_in_bounded_memory(room: Room) -> None:
    lines = ["t,y\n"]
    lines += [
        " ".join(f"w{n}" for n in range(at, at + 50)) + f",{at // 50 % 2}\n" for at in range(0, 10**6, 50)
    ]
    answer = reading.ask(
        [room.upload("words.csv", "".join(lines))],
        options.parse_options({"text": "t"}),
        room.into,
        room.limits,
    )
    assert answer.reading is not None
    assert answer.reading.inputs["vocabulary_size"] == 10_000
    assert "more than 524,288 different words" in answer.reading.warnings[0]
    assert answer.peak_bytes < 300 * 10**6


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"text": "u"}, "#/options/text"),
        ({"text": ["t", "u"]}, "#/options/text/1"),
        ({"text": "t", "target": "t"}, "#/options/text/0"),
        ({"text": "t", "drop": ["t"]}, "#/options/drop/0"),
        ({"text": "t", "task": "reconstruction"}, "#/options/task"),
        ({"text": "t", "input_shape": [2]}, "#/options/input_shape"),
        ({"text": None, "sequence_length": 3}, "#/options/sequence_length"),
        ({"text": None, "vocabulary_size": 3}, "#/options/vocabulary_size"),
    ],
)
def test_options_that_do_not_fit_are_pointed_at(room: Room, asked: dict, pointer: str) -> None:
    with pytest.raises(errors.InvalidDataError) as caught:
        reviews(room, TEXTS, **asked)
    assert pointer in [fault.pointer for fault in caught.value.faults]


def test_the_only_text_of_a_row_may_be_given_in_any_of_three_ways(room: Room) -> None:
    data = reviews(room, TEXTS)
    for rows in ([{"t": text} for text in TEXTS], [[text] for text in TEXTS], TEXTS):
        assert np.array_equal(encoding.encode(data.encoding, rows)[0], data.x_train)
    assert (encoding.encode(data.encoding, [{}, {"t": None}, {"t": "NA"}])[0] == 0).all()


def test_a_number_is_the_text_that_it_would_be_in_a_file() -> None:
    learned = TextInputs(words=["7", "true"], length=1)
    assert text_inputs.encode_rows(learned, [7, True, "7", 8]).tolist() == [[2], [3], [2], [1]]


def test_a_list_is_no_text_and_is_refused_with_its_place(room: Room) -> None:
    learned = reviews(room, TEXTS).encoding
    with pytest.raises(errors.InvalidDataError) as caught:
        encoding.encode(learned, ["a", {"t": {"b": 1}}])
    assert caught.value.detail == "row 1: 't': {\"b\": 1} where a text is expected"
    assert [fault.pointer for fault in caught.value.faults] == ["#/instances/1/t"]


@given(st.lists(st.text(st.characters(max_codepoint=127, exclude_characters="\0"), max_size=30), max_size=8))
@settings(max_examples=30, derandomize=True, deadline=None)
def test_keras_makes_the_same_sequences_of_texts_in_ascii(texts: list[str]) -> None:
    import keras  # takes seconds: only this test needs it

    layer = keras.layers.TextVectorization(output_sequence_length=3, vocabulary=["the", "cat", "x1"])
    learned = TextInputs(words=["the", "cat", "x1"], length=3)
    # Keras splits at the blanks that C knows; Python knows four control characters more.
    texts = ["The CAT, x-1!", *("".join(c for c in text if c not in "\x1c\x1d\x1e\x1f") for text in texts)]
    expected = np.asarray(layer(np.array(texts)[:, None]))
    assert np.array_equal(text_inputs.numbers_of(learned, texts), expected)
