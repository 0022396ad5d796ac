import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fittingroom.events import Story, lines


def read(*chunks: bytes) -> list[tuple[str, str]]:
    return list(Story().read(chunks))


def test_an_event_has_a_name_and_data() -> None:
    assert read(b'event: epoch\ndata: {"epoch": 1}\n\n') == [("epoch", '{"epoch": 1}')]


def test_several_data_lines_are_one_text() -> None:
    assert read(b"data: a\ndata: b\n\n") == [("message", "a\nb")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_any_of_the_three_line_ends_will_do(end: bytes) -> None:
    stream = end.join([b"event: log", b"data: x", b"", b"event: end", b"data: y", b"", b"", b""])
    assert read(stream) == [("log", "x"), ("end", "y")]
    assert read(*(stream[at : at + 1] for at in range(len(stream)))) == [("log", "x"), ("end", "y")]


def test_comments_and_unknown_fields_are_passed_over() -> None:
    assert read(b": still there\nsomething: else\nnothing\ndata:x\n\n") == [("message", "x")]


def test_an_event_that_was_cut_short_is_none_and_does_not_count_as_seen() -> None:
    story = Story()
    assert list(story.read([b"id: 1\ndata: a\n\nid: 2\ndata: b\n"])) == [("message", "a")]
    assert story.last_id == "1"


def test_what_only_python_takes_for_a_line_end_stays_in_the_data() -> None:
    odd = "a\u2028b\x85c\x0bd"
    assert read(f"data: {odd}\n\n".encode()) == [("message", odd)]


def test_a_server_may_say_how_long_to_wait_before_coming_again() -> None:
    story = Story()
    assert list(story.read([b"retry: 2500\n\n"])) == []
    assert story.retry_seconds == 2.5


@given(st.lists(st.text()), st.data())
def test_however_the_stream_is_cut_into_chunks_the_events_are_the_same(
    texts: list[str], data: st.DataObject
) -> None:
    stream = b"".join(f"data: {json.dumps(text, ensure_ascii=False)}\n\n".encode() for text in texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [json.loads(text) for _, text in read(*chunks)] == texts
    assert list(lines(chunks)) == list(lines([stream]))
