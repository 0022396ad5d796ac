"""A course for tests of `core`, with an assignment on a data set whose rows are really there."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from core import jobs
from core.artifacts import Artifacts
from core.courses import assignments, course, marking, members, submitting
from core.tables import Assignment, Course, Dataset, Job, Submission, User
from tests.core import things

TESTED = 20
DOCUMENT: dict[str, Any] = {"model": things.MODEL, "training": {"epochs": 1}}


def stored(session: Session, owner: User, store: Artifacts, folder: Path) -> Dataset:
    """Four numbers a row, three kinds of pet, and 20 rows to test on."""
    dataset = things.dataset(session, owner)
    kept = {}
    for name, rows in (("train", 100), ("test", TESTED)):
        x = np.arange(rows * 4, dtype=np.float32).reshape(rows, 4)
        for which, array in (("x", x), ("y", np.arange(rows) % 3)):
            path = folder / f"{which}_{name}.npy"
            np.save(path, array)
            kept[path.stem] = store.keep(path)
    path = folder / "encoding.json"
    path.write_text("{}")
    dataset.artifacts = kept | {"encoding": store.keep(path)}
    session.flush()
    return dataset


def taught(session: Session, teacher: User, *students: User, name: str = "Learning") -> Course:
    made = course.create(session, teacher, {"name": name})
    for student in students:
        members.put(session, made, student, "student")
    return made


def assigned(
    session: Session,
    teacher: User,
    of: Course,
    store: Artifacts,
    folder: Path,
    **more: Any,  # noqa: ANN401 - members of an assignment
) -> Assignment:
    document = {
        "course": of.id,
        "title": "Pets",
        "dataset": "pets",
        "metric": {"name": "accuracy"},
        "scoring": {"points": [[0, 0], [1, 100]]},
    }
    plan = assignments.plan(session, teacher, document | more)
    return assignments.create(
        session, teacher, plan, assignments.divide(store, plan.source, plan.asked, folder)
    )


def submit(
    session: Session, student: User, assignment: Assignment, at: datetime | None = None, **more: object
) -> Submission:
    submission, _ = submitting.submit(
        session,
        student,
        assignment,
        DOCUMENT | more,
        arrived_at=at or datetime.now(UTC),
        limits=things.LIMITS,
        most_active=1000,
    )
    return submission


def evaluation(accuracy: float) -> dict[str, Any]:
    means = {"precision": accuracy, "recall": accuracy, "f1": accuracy}
    told = {"kind": "class", "accuracy": accuracy, "macro": means, "weighted": means}
    return {"rows": 10, "outputs": {"dense": told}}


def score(session: Session, accuracy: float) -> Job:
    """Does the next job as a worker would."""
    claimed = things.claim(session)
    assert claimed is not None
    job, lease = claimed
    order = marking.order(session, job)
    assert order is not None
    jobs.succeed(session, lease)
    marking.record(session, order, public=evaluation(0.5), hidden=evaluation(accuracy), evaluation="f" * 64)
    return job
