"""Scores, lateness and days."""

from datetime import UTC, datetime, timedelta

import pytest

from core.courses import attempts, documents, scores

DUE = datetime(2026, 3, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "score"), [(0.8, 60), (0.95, 100), (1, 100), (0.875, 80), (0.65, 20), (0.5, 0), (None, 0)]
)
def test_a_baseline_is_60_a_target_100_and_between_it_is_a_line(value: float | None, score: float) -> None:
    assert scores.score(documents.Scoring(baseline=0.8, target=0.95), value) == score


@pytest.mark.parametrize(("value", "score"), [(75, 60), (58, 100), (10, 100), (66.5, 80), (200, 0)])
def test_an_error_is_better_the_smaller_it_is(value: float, score: float) -> None:
    assert scores.score(documents.Scoring(baseline=75, target=58), value) == score


@pytest.mark.parametrize(("value", "score"), [(0, 10), (0.5, 10), (0.6, 30), (0.7, 50), (0.9, 90), (1, 90)])
def test_a_table_of_points_ends_with_its_ends(value: float, score: float) -> None:
    table = documents.Scoring(points=((0.5, 10), (0.7, 50), (0.9, 90)))
    assert scores.score(table, value) == pytest.approx(score)


def test_a_day_late_begins_with_its_first_moment() -> None:
    late = [scores.days_late(DUE + timedelta(seconds=seconds), DUE) for seconds in (-1, 0, 1, 86400, 86401)]
    assert late == [0, 0, 1, 1, 2]
    assert scores.days_late(DUE, None) == 0
    assert scores.penalty(documents.Penalty(per_day=10, most=25), 3) == 25


def test_days_are_those_of_the_courses_place_also_when_clocks_change() -> None:
    at = datetime(2026, 3, 29, 12, tzinfo=UTC)
    begin, end = attempts.day("Europe/Paris", at)
    assert (begin, end) == (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert attempts.day("UTC", at)[0] == datetime(2026, 3, 29, tzinfo=UTC)
