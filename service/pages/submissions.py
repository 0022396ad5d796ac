"""A submission: how its training goes, and what it is worth. Of hidden rows it tells the score alone."""

from datetime import UTC, datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from core import jobs, specs
from core.courses import submissions
from core.courses.marks import Mark
from service import auth, describing, parts
from service import describing_courses as courses
from service.pages import building, figures, site, standing, telling
from service.pages.site import pages

# What a page shows of the training's story at once; the job's page has all of it.
EPOCHS, LINES = 50, 200


@pages.get("/submissions/<submission>")
def submission(submission: str) -> Response:
    """A submission."""
    user, at = auth.caller(), datetime.now(UTC)
    with parts.of_app().database.reading() as session:
        mark = submissions.find(session, user, submission)
        told = courses.submission(session, user, mark)
        assignment = courses.assignment(session, user, mark.submission.assignment, at)
        course = courses.course_of(session, user, mark.submission.assignment.course)
        run = _run(session, mark)
    return site.show(
        "assignments/submission.html",
        submission=told,
        assignment=assignment,
        course=course,
        title=standing.words(assignment)["title"],
        own=told["user"] == user.name or (told["group"] is not None and told["teacher"] is None),
        written=building.written,
        figures=figures,
        standing=standing,
        telling=telling,
        **run,
    )


@pages.post("/submissions/<submission>/choose")
def choose_submission(submission: str) -> Response:
    """Makes it the one that counts."""
    user, at = auth.caller(), datetime.now(UTC)
    with parts.of_app().database.writing() as session:
        found = submissions.find(session, user, submission)
        submissions.choose(session, user, found, at)
        assignment = found.submission.assignment_id
    return site.go("pages.assignment", assignment=assignment)


def _run(session: Session, mark: Mark) -> dict[str, Any]:
    """Its job: how far it is, the last epochs and lines of its log, and the network."""
    row = jobs.find(session, auth.caller(), mark.submission.job_id)
    told = describing.job(session, row)
    epochs_after = max(0, told["story"]["epochs"] - EPOCHS)
    lines_after = max(0, told["story"]["lines"] - LINES)
    epochs = jobs.epochs(session, row, after=epochs_after, limit=EPOCHS)
    lines = jobs.lines(session, row, after=lines_after, limit=LINES)
    resolved = specs.Resolved.model_validate(row.resolved)
    return {
        "job": told,
        "epochs": [jobs.describe_epoch(one) for one in reversed(epochs)],
        "lines": [jobs.describe_line(one) for one in lines],
        "lines_after": lines_after,
        "network": specs.summarize(resolved).model_dump(mode="json"),
    }
