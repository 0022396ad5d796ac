"""Each warning has a network that earns it and one that does not, and its suggestion is of use."""

from typing import Any

import pytest

from core import jobs, specs
from core.errors import Fault, InvalidSpecError
from core.jobs import checking
from core.specs.tutor import codes
from tests.core.specs.documents import document, pets
from tests.core.specs.tutor.lessons import ERRORS, WARNINGS, Lesson
from tests.core.specs.tutor.patches import patched

HOPELESS = {"class_without_rows", "few_rows", "test_small"}
"""What no change of the job helps against."""


def checked(document: dict[str, Any], known: specs.Facts) -> jobs.Checked:
    return checking.of_spec(specs.parse(document), known, specs.Limits())


def found(document: dict[str, Any], known: specs.Facts) -> list[Fault]:
    """The warnings, or the errors, that have a code."""
    try:
        return checked(document, known).warnings
    except InvalidSpecError as error:
        return [fault for fault in error.faults if fault.code]


def value_at(document: dict[str, Any], pointer: str) -> bool:
    """Whether the pointer leads to something that was said, or to what could be said there."""
    *way, last = pointer.removeprefix("#").split("/")[1:]
    inside: Any = document
    for part in way:
        if isinstance(inside, dict) and part not in inside:
            return part == "training"
        inside = inside[int(part)] if isinstance(inside, list) else inside[part]
    return isinstance(inside, dict) or int(last) < len(inside)


@pytest.mark.parametrize("lesson", [*WARNINGS, *ERRORS], ids=lambda lesson: lesson.code)
def test_a_job_earns_it_one_like_it_does_not_and_the_suggestion_helps(lesson: Lesson) -> None:
    earned = [fault for fault in found(lesson.earns, lesson.on) if fault.code == lesson.code]
    assert earned
    for fault in earned:
        assert value_at(lesson.earns, fault.pointer)
        assert fault.detail
        assert fault.suggestion
        assert bool(fault.suggestion.patch) == (lesson.code not in HOPELESS)
    spared = found(lesson.does_not, lesson.else_on or lesson.on)
    assert lesson.code not in {fault.code for fault in spared}
    for fault in earned:
        if fault.suggestion and fault.suggestion.patch:
            better = patched(lesson.earns, fault.suggestion.patch)
            assert len([one for one in found(better, lesson.on) if one.code == lesson.code]) < len(earned)


def test_no_activation_is_put_after_a_layer_to_straighten_one_inside_it() -> None:
    rnn = {"type": "RNN", "cell": {"type": "SimpleRNNCell", "units": 3}}
    [bent] = [one for one in found(document(rnn), pets(input_shape=(4, 6))) if one.code == "scores_bent"]
    assert bent.suggestion
    assert not bent.suggestion.patch


@pytest.mark.parametrize("lesson", ERRORS, ids=lambda lesson: lesson.code)
def test_an_error_is_taken_once_its_suggestion_is_followed(lesson: Lesson) -> None:
    with pytest.raises(InvalidSpecError) as caught:
        checked(lesson.earns, lesson.on)
    (fault,) = caught.value.faults
    assert fault.suggestion
    assert checked(patched(lesson.earns, fault.suggestion.patch), lesson.on)


@pytest.mark.parametrize("lesson", WARNINGS, ids=lambda lesson: lesson.code)
def test_a_job_that_is_warned_of_would_be_trained_and_stays_so(lesson: Lesson) -> None:
    for fault in checked(lesson.earns, lesson.on).warnings:
        if fault.suggestion:
            assert checked(patched(lesson.earns, fault.suggestion.patch), lesson.on)


def test_every_code_has_a_lesson_and_a_sentence() -> None:
    assert {lesson.code for lesson in WARNINGS} == codes.WARNINGS.keys()
    assert {lesson.code for lesson in ERRORS} == codes.ERRORS.keys()
    for sentence in [*codes.WARNINGS.values(), *codes.ERRORS.values()]:
        assert sentence.endswith(".")


def test_a_good_job_earns_nothing() -> None:
    (lesson,) = [lesson for lesson in WARNINGS if lesson.code == "one_epoch"]
    assert found(lesson.does_not, lesson.on) == []
