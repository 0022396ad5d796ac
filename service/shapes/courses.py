"""Courses, assignments and what is handed in."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from service.shapes.common import Shape
from service.shapes.jobs import JobError, Made, Place, Status
from service.shapes.specs import Warned

Numbers = dict[str, float | None]


class Course(Shape):
    """A course, and what who asks is in it."""

    id: str
    object: Literal["course"]
    name: str
    timezone: str
    role: Literal["teacher", "student"]
    created_at: datetime


class Member(Shape):
    """Somebody in a course; a leaderboard without names has the pseudonym."""

    object: Literal["member"]
    user: str
    full_name: str | None = Field(description="What a learning platform calls them")
    role: Literal["teacher", "student"]
    group: str | None
    pseudonym: str
    added_at: datetime


class Group(Shape):
    """Students who hand in together, by name."""

    id: str
    object: Literal["group"]
    name: str
    pseudonym: str
    members: list[str]


class CourseGrades(Shape):
    """A student's scores by the assignments' ids."""

    object: Literal["course_grades"]
    user: str
    scores: Numbers


class AssignmentBrief(Shape):
    """An assignment in a list."""

    id: str
    object: Literal["assignment"]
    course: str
    title: str
    text: str = Field(description="Markdown")
    translations: dict[str, dict[str, str]] = Field(description="Title and text in other languages")
    exercise: str | None
    dataset: str = Field(description="What the course sees: the hidden rows are not in it")
    due_at: datetime | None
    lock_at: datetime | None
    rules: dict[str, Any]
    metric: dict[str, str]
    scoring: dict[str, Any]
    hidden: float = Field(description="The share of the rows to test on that only the score tells of")
    attempts: dict[str, int | None]
    penalty: dict[str, float]
    counts: Literal["best", "last", "chosen"]
    leaderboard: dict[str, Any]
    groups: bool
    created_at: datetime
    updated_at: datetime


class Attempts(Shape):
    """What was used and what is left; null is without end. A new day begins at `resets_at`."""

    used: int
    total: int | None
    left: int | None
    used_today: int
    per_day: int | None
    left_today: int | None
    resets_at: datetime


class Delivery(Shape):
    """How far a grade has got on its way to a learning platform."""

    status: Literal["waiting", "delivered", "refused"]
    changed_at: datetime
    delivered_at: datetime | None
    error: str | None


class Passback(Delivery):
    """A student's grade on its way to a learning platform."""

    object: Literal["passback"]
    user: str
    full_name: str | None
    score: float | None


class PassbackList(Shape):
    """The grades of an assignment on their way, and how many links on platforms lead to it."""

    object: Literal["list"]
    data: list[Passback]
    has_more: Literal[False]
    links: int


class Roster(Shape):
    """How many people a learning platform listed."""

    object: Literal["roster"]
    members: int


class Standing(Shape):
    """How an assignment stands for a student, extensions reckoned in."""

    due_at: datetime | None
    lock_at: datetime | None
    locked: bool
    group: str | None
    attempts: Attempts
    score: float | None
    penalty: float
    submission: str | None = Field(description="The one that counts")
    passback: Delivery | None


class ShownBaseline(Shape):
    """A network of the teacher's."""

    title: str
    submission: str
    status: Status
    score: float | None
    model: dict[str, Any]
    training: dict[str, Any]


class Assignment(AssignmentBrief):
    """An assignment. `mine` is for students, `source`, the data set it was made of, for teachers."""

    baselines: list[ShownBaseline]
    mine: Standing | None
    source: str | None


class SubmissionBrief(Shape):
    """What was handed in, in a list."""

    id: str
    object: Literal["submission"]
    assignment: str
    user: str
    full_name: str | None = Field(description="What a learning platform calls them")
    group: str | None
    baseline: str | None
    arrived_at: datetime
    job: str
    status: Status
    error: JobError | None
    superseded: bool
    counted: bool = Field(description="Whether it is an attempt")
    score: float | None = Field(description="0 to 100, the penalty taken off")
    penalty: float
    days_late: int
    chosen: bool
    public: Numbers | None = Field(description="Metrics on the public rows to test on")
    model: Made | None
    comment: str | None


class ForTeachers(Shape):
    """What only teachers see of a submission."""

    hidden: Numbers | None
    outdated: bool = Field(description="Whether it was scored on other rows than there are now")
    spec_sha256: str
    same_spec: list[str] = Field(description="Others' submissions of the same meaning: a hint, no proof")
    runs: list[dict[str, Any]]


class Submission(SubmissionBrief):
    """What was handed in."""

    spec: dict[str, Any]
    queue: Place | None
    teacher: ForTeachers | None


class HandedIn(Submission):
    """A submission that was just taken."""

    mine: Standing
    warnings: list[Warned]


class Entry(Shape):
    """A place on the leaderboard."""

    object: Literal["entry"]
    place: int
    name: str
    score: float
    baseline: bool
    own: bool
    arrived_at: datetime


class Leaderboard(Shape):
    """The leaderboard, and since when it stands still, if it does."""

    object: Literal["list"]
    data: list[Entry]
    has_more: bool
    frozen_at: datetime | None


class Grade(Shape):
    """What a student has for an assignment."""

    object: Literal["grade"]
    user: str
    full_name: str | None
    group: str | None
    score: float | None
    penalty: float
    submission: str | None
    arrived_at: datetime | None
    submissions: int = Field(description="How many were handed in by them, or their group")
    changed_at: datetime | None


class Extension(Shape):
    """What one student, or one group, is allowed beyond all others."""

    id: str
    object: Literal["extension"]
    user: str | None
    group: str | None
    due_at: datetime | None
    lock_at: datetime | None
    attempts: int


class Regrade(Shape):
    """How many jobs a regrade has made, and what is not graded once more, with the reason."""

    object: Literal["regrade"]
    jobs: int
    skipped: list[dict[str, str]]


class RegradeProgress(Shape):
    """How many jobs of the latest regrade there are by their status; all 0 where there was none."""

    object: Literal["regrade_progress"]
    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class Exercise(Shape):
    """An exercise: the data set that it needs, and what an assignment made from it says."""

    name: str
    object: Literal["exercise"]
    dataset: str
    assignment: dict[str, Any]
    baseline: dict[str, Any]


class Evaluation(Shape):
    """An evaluation on hidden rows, as a version's."""

    object: Literal["evaluation"]
    rows: int
    outputs: dict[str, Any]
