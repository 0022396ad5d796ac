"""Grades as they go over the wire: Assignment and Grade Services 2.0."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

from core.lti import links
from core.lti.errors import PlatformError
from core.lti.launch import members
from core.lti.launch import url as address
from core.lti.tokens import Tokens, retry_after
from core.tables import LtiLink

if TYPE_CHECKING:
    # It brings the HTTP client along, which no start of a process is to wait for.
    from core.lti.web import Reply

LINEITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINEITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
# Canvas counts every score as another attempt, unless it is told that nothing was handed in.
CANVAS = "https://canvas.instructure.com/lti/submission"

_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE = "application/vnd.ims.lis.v1.score+json"
TAG = "fittingroom"
MOST_PAGES = 20


@dataclass(frozen=True)
class Score:
    """What a platform is told of somebody.

    `timestamp` is in whole seconds since 1970, as Moodle and Open edX compare no finer. Without a result
    (`final`) there is no number: a score that is not final erases one that is.
    """

    sub: str
    final: bool
    score: float | None
    maximum: float
    comment: str | None
    submitted_at: datetime | None
    new_submission: bool
    timestamp: int

    def document(self) -> dict[str, Any]:
        """As section 3.4 writes it."""
        told: dict[str, Any] = {
            "userId": self.sub,
            "timestamp": _moment(datetime.fromtimestamp(self.timestamp, UTC)),
            "activityProgress": "Completed" if self.final else "Submitted",
            "gradingProgress": "FullyGraded" if self.final else "Pending",
        }
        if self.final and self.score is not None:
            told |= {"scoreGiven": _number(self.score), "scoreMaximum": _number(self.maximum)}
        if self.comment:
            # Every time: a score without a comment takes the earlier one away.
            told["comment"] = self.comment
        if not self.new_submission:
            told[CANVAS] = {"new_submission": False}
        elif self.submitted_at is not None:
            told[CANVAS] = {"new_submission": True, "submitted_at": _moment(self.submitted_at)}
        return told


def post(tokens: Tokens, link: LtiLink, lineitem: str, score: Score) -> None:
    """Puts a score into a column of the gradebook.

    Raises:
        PlatformError: the platform did not take it.
    """
    reply = tokens.ask(
        link.registration,
        [SCORE],
        "POST",
        scores_url(lineitem),
        headers={"Content-Type": _SCORE},
        content=orjson.dumps(score.document()),
    )
    if not 200 <= reply.status < 300:
        raise _refusal("does not take the score", reply)


def find(tokens: Tokens, link: LtiLink) -> str | None:
    """The column that belongs to a link: the platform's own, or one that we made before.

    Raises:
        PlatformError: the platform does not say.
    """
    scope = next((one for one in (LINEITEM, LINEITEM_READ) if one in link.scopes), None)
    if scope is None or link.lineitems_url is None:
        return None
    fallback: str | None = None
    asked: str | None = (
        f"{link.lineitems_url}{'&' if '?' in link.lineitems_url else '?'}"
        f"{urlencode({'resource_link_id': link.resource_link_id})}"
    )
    for _ in range(MOST_PAGES):
        if asked is None:
            break
        reply = tokens.ask(link.registration, [scope], "GET", asked, headers={"Accept": _ITEMS})
        if reply.status != 200:
            raise _refusal("does not list the gradebook's columns", reply)
        listed = reply.json()
        for item in map(members, listed if isinstance(listed, list) else []):
            if item.get("resourceLinkId") == link.resource_link_id:
                return address(item.get("id"))
            if item.get("resourceId") == link.id and item.get("tag") == TAG:
                fallback = fallback or address(item.get("id"))
        asked = links.following(reply, asked)
    return fallback


def create(tokens: Tokens, link: LtiLink, maximum: float) -> str:
    """A new column for a link.

    Raises:
        PlatformError: the platform makes none.
    """
    if LINEITEM not in link.scopes or link.lineitems_url is None:
        raise PlatformError("The platform has no column for this link, and lets us make none.", status=403)
    wanted = {
        "scoreMaximum": _number(maximum),
        "label": link.title or "Fitting Room",
        "resourceLinkId": link.resource_link_id,
        "resourceId": link.id,
        "tag": TAG,
    }
    reply = tokens.ask(
        link.registration,
        [LINEITEM],
        "POST",
        link.lineitems_url,
        headers={"Content-Type": _ITEM, "Accept": _ITEM},
        content=orjson.dumps(wanted),
    )
    made = address(members(reply.json()).get("id")) if 200 <= reply.status < 300 else None
    if made is None:
        raise _refusal("makes no column in the gradebook", reply)
    return made


def scores_url(lineitem: str) -> str:
    """Where the scores of a column go: `/scores` is added to its path, as Moodle's has a query."""
    path, mark, query = lineitem.partition("?")
    return f"{path.rstrip('/')}/scores{mark}{query}"


def _refusal(what: str, reply: "Reply") -> PlatformError:
    said = ""
    if "html" not in reply.headers.get("Content-Type", ""):
        said = " ".join(reply.body[:2000].decode("utf-8", "replace").replace("\0", "").split())[:200]
    told = f"The platform {what}: {reply.status} {said}".strip()
    return PlatformError(told, status=reply.status, retry_after_seconds=retry_after(reply))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _number(value: float) -> float:
    """Whole numbers without a point: Open edX takes no other maximum."""
    return int(value) if value == int(value) else value
