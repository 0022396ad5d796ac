"""Courses: who is in them, what is to be done, and what was handed in."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.tables.base import Base, Json, identifier, one_of
from core.tables.people import User
from core.tables.work import Dataset, Job

COURSE_ROLES = ("teacher", "student")
RUN_KINDS = ("submitted", "retrained", "rescored")


class Course(Base):
    """People who share assignments, and the data sets of these."""

    __tablename__ = "courses"

    id: Mapped[str] = identifier("crs")
    name: Mapped[str] = mapped_column(sa.String(200))
    timezone: Mapped[str] = mapped_column(sa.String(64))
    """When its days begin, for attempts a day: a name such as `Europe/Paris`."""
    created_at: Mapped[datetime]


class CourseGroup(Base):
    """Students who hand in together."""

    __tablename__ = "course_groups"
    __table_args__ = (sa.UniqueConstraint("course_id", "name"),)

    id: Mapped[str] = identifier("grp")
    course_id: Mapped[str] = mapped_column(sa.ForeignKey("courses.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(100))
    pseudonym: Mapped[str] = mapped_column(sa.String(60))
    """What a leaderboard calls it."""

    members: Mapped[list["Member"]] = relationship(back_populates="group", passive_deletes=True)


class Member(Base):
    """Somebody in a course."""

    __tablename__ = "course_members"
    __table_args__ = (one_of("role", COURSE_ROLES),)

    course_id: Mapped[str] = mapped_column(sa.ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(sa.String(10))
    group_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("course_groups.id", ondelete="SET NULL"), index=True
    )
    pseudonym: Mapped[str] = mapped_column(sa.String(60))
    added_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    group: Mapped[CourseGroup | None] = relationship(back_populates="members")


class Assignment(Base):
    """What is to be done, on which data, by which rules, and how it is graded."""

    __tablename__ = "assignments"

    id: Mapped[str] = identifier("asg")
    course_id: Mapped[str] = mapped_column(sa.ForeignKey("courses.id"), index=True)
    author_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"))
    dataset_id: Mapped[str] = mapped_column(sa.ForeignKey("datasets.id"), index=True)
    """What the course sees: the rows to train on, and the public ones of those to test on."""
    source_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey("datasets.id", ondelete="SET NULL"), index=True
    )
    """The teacher's data set, which all rows come from."""
    exercise: Mapped[str | None] = mapped_column(sa.String(63))
    """The exercise that it was made from."""
    title: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    """Markdown."""
    due_at: Mapped[datetime | None]
    lock_at: Mapped[datetime | None]
    settings: Mapped[dict[str, Any]]
    """All else that was asked for: see `core.courses.documents`."""
    hidden: Mapped[dict[str, Any]]
    """Hashes of the arrays of the hidden rows, by the names of a test split; empty where none are hidden."""
    split_sha256: Mapped[str] = mapped_column(sa.String(64))
    """The hash of all rows that are tested on, public and hidden: a score is of these, or of earlier ones."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    course: Mapped[Course] = relationship()
    dataset: Mapped[Dataset] = relationship(foreign_keys=[dataset_id])


class Extension(Base):
    """What one student, or one group, is allowed beyond all others."""

    __tablename__ = "extensions"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "user_id"),
        sa.UniqueConstraint("assignment_id", "group_id"),
    )

    id: Mapped[str] = identifier("ext")
    assignment_id: Mapped[str] = mapped_column(sa.ForeignKey("assignments.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(sa.ForeignKey("users.id"))
    group_id: Mapped[str | None] = mapped_column(sa.ForeignKey("course_groups.id", ondelete="CASCADE"))
    due_at: Mapped[datetime | None]
    lock_at: Mapped[datetime | None]
    attempts: Mapped[int]
    """More in total, and on each day."""

    user: Mapped[User | None] = relationship()
    group: Mapped[CourseGroup | None] = relationship()


class Submission(Base):
    """What was handed in. Nothing of it is changed, but for what the teacher says of it and the choice."""

    __tablename__ = "submissions"
    __table_args__ = (
        sa.Index(None, "assignment_id", "user_id"),
        sa.Index(None, "assignment_id", "group_id"),
    )

    id: Mapped[str] = identifier("sub")
    assignment_id: Mapped[str] = mapped_column(sa.ForeignKey("assignments.id"))
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), index=True)
    """Who sent it."""
    group_id: Mapped[str | None] = mapped_column(sa.ForeignKey("course_groups.id"))
    """For whom, if for more than that one."""
    baseline: Mapped[str | None] = mapped_column(sa.String(100))
    """What an entry of the teacher's is called; null for a student's."""
    arrived_at: Mapped[datetime]
    """When the request came in, which decides whether it was late."""
    job_id: Mapped[str] = mapped_column(sa.ForeignKey("jobs.id"), unique=True)
    spec_sha256: Mapped[str] = mapped_column(sa.String(64))
    """The same for specs that mean the same."""
    superseded: Mapped[bool] = mapped_column(default=False)
    """Cancelled for a newer one while it waited."""
    chosen_at: Mapped[datetime | None]
    """When it was chosen to count, last."""
    comment: Mapped[str | None] = mapped_column(sa.Text)
    """What the teacher says of it."""

    assignment: Mapped[Assignment] = relationship()
    user: Mapped[User] = relationship()
    group: Mapped[CourseGroup | None] = relationship()
    job: Mapped[Job] = relationship()
    runs: Mapped[list["Run"]] = relationship(
        order_by="Run.id", back_populates="submission", passive_deletes=True
    )


class Run(Base):
    """A job that scores a submission: its own, or one of a regrade. The latest that scored counts."""

    __tablename__ = "submission_runs"
    __table_args__ = (one_of("kind", RUN_KINDS),)

    id: Mapped[str] = identifier("run")
    submission_id: Mapped[str] = mapped_column(
        sa.ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    job_id: Mapped[str] = mapped_column(sa.ForeignKey("jobs.id"), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    scored_at: Mapped[datetime | None]
    public: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Metrics on the public rows."""
    hidden: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Metrics on the hidden rows: for teachers alone."""
    evaluation: Mapped[str | None] = mapped_column(sa.String(64))
    """The hash of all that is told of the hidden rows: for teachers alone."""
    split_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    """Which rows these were: the assignment's `split_sha256` of then."""

    submission: Mapped[Submission] = relationship(back_populates="runs")
    job: Mapped[Job] = relationship()


class CourseGrade(Base):
    """What a student has for an assignment: written anew whenever that changes."""

    __tablename__ = "course_grades"

    assignment_id: Mapped[str] = mapped_column(
        sa.ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    submission_id: Mapped[str | None] = mapped_column(sa.ForeignKey("submissions.id", ondelete="SET NULL"))
    """The one that counts; null when there is none any more."""
    score: Mapped[float | None]
    """0 to 100, the penalty taken off."""
    penalty: Mapped[float]
    changed_at: Mapped[datetime]
