"""Scores on their way to learning platforms. All of it takes an administrator."""

from typing import Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from core.errors import NotFoundError
from core.lti import grades
from core.tables import LtiScore
from service import answers, auth, parts, routes
from service.queries import PageQuery

api = routes.blueprint("scores", "/v1/lti")


class ScorePath(BaseModel):
    """A score."""

    score: str = Field(description="Its id")


class ScoresQuery(PageQuery):
    """Which scores are wanted."""

    status: Literal["waiting", "delivered", "refused"] | None = Field(
        None, description="How far they have got"
    )


@api.get("/scores")
def listed(query: ScoresQuery) -> Response:
    """List scores and how far they have got, newest first."""
    auth.administrator()
    with parts.of_app().database.reading() as session:
        page = grades.page(session, status=query.status, after=query.after, limit=query.limit + 1)
    return answers.page(page, query.limit, describe)


@api.post("/scores/<score>/resend")
def resend(path: ScorePath) -> Response:
    """Send a score once more, whatever became of it."""
    auth.administrator()
    with parts.of_app().database.writing() as session:
        found = session.get(LtiScore, path.score)
        if found is None:
            raise NotFoundError(f"There is no score {path.score!r}.")
        grades.resend(session, found)
        return answers.json(describe(found), 202)


@api.post("/scores:resend")
def resend_all() -> Response:
    """Send everything once more that was refused."""
    auth.administrator()
    with parts.of_app().database.writing() as session:
        count = grades.resend_refused(session)
    return answers.json({"object": "lti_resent", "count": count}, 202)


def describe(row: LtiScore) -> dict[str, Any]:
    """A score as the API tells it."""
    return {
        "id": row.id,
        "object": "lti_score",
        "link": row.link_id,
        "registration": row.link.registration_id,
        "user": row.user_id,
        "status": row.status,
        "final": row.final,
        "score": row.score,
        "maximum": row.maximum,
        "comment": row.comment,
        "failures": row.failures,
        "error": row.error,
        "next_at": row.next_at if row.status == "waiting" else None,
        "changed_at": row.changed_at,
        "delivered_at": row.delivered_at,
    }
