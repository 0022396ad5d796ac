"""An assignment as a student sees it: what is asked, what is left, one's runs, and how others stand."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from core.courses import assignments, leaderboard, submissions
from core.courses.leaderboard import Board
from core.datasets import catalogue
from core.errors import NotFoundError
from core.tables import Assignment, User
from service import auth, describing, parts
from service import describing_courses as courses
from service.pages import building, figures, measures, prose, site, standing, telling
from service.pages.site import pages

RUNS = 20


@pages.get("/assignments/<assignment>")
def assignment(assignment: str) -> Response:
    """The assignment."""
    user, at = auth.caller(), datetime.now(UTC)
    after = request.args.get("after", "")[:100]
    with parts.of_app().database.reading() as session:
        found = assignments.find(session, user, assignment)
        told = courses.assignment(session, user, found, at)
        # A teacher's are trials of their own; those of the class have a page of theirs.
        runs = submissions.page(session, user, found, after=after or None, limit=RUNS + 1, of=user)
        about: dict[str, Any] = {
            "course": courses.course_of(session, user, found.course),
            "dataset": describing.dataset(catalogue.find(session, user, found.dataset_id)),
            "runs": [courses.submission_briefly(session, one) for one in runs[:RUNS]],
            "board": _board(session, user, found, at),
        }
    words = standing.words(told)
    return site.show(
        "assignments/show.html",
        assignment=told,
        title=words["title"],
        text=prose.marked(words["text"]),
        more=len(runs) > RUNS,
        after=after,
        written=building.written,
        figures=figures,
        measures=measures,
        standing=standing,
        telling=telling,
        **about,
    )


def _board(session: Session, user: User, found: Assignment, at: datetime) -> Board | None:
    """How others stand, if one may know."""
    try:
        return leaderboard.board(session, user, found, at)
    except NotFoundError:
        return None
