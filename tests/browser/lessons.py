"""A course in the service: an assignment, what was handed in, and a platform that leads there."""

from dataclasses import dataclass
from typing import Any

import httpx

from core import db
from core.db import Database
from core.tables import LtiContext, LtiLink, LtiRegistration
from tests.browser.browsers import signing_in
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

NETWORK = {"layers": [{"type": "Flatten"}, {"type": "Dense", "units": 10, "activation": "softmax"}]}
RUN = {"model": NETWORK, "training": {"epochs": 2}}
SOON = 120


@dataclass
class Lesson:
    """The ids that addresses have."""

    course: str
    assignment: str
    submission: str
    group: str
    link: str
    student: str = "sam"

    def parameters(self) -> dict[frozenset[str], list[dict[str, Any]]]:
        """For the parameters of an address, the values that they may have."""
        return {
            frozenset({"course"}): [{"course": self.course}],
            frozenset({"course_id"}): [{"course_id": self.course}],
            frozenset({"course_id", "group_id"}): [{"course_id": self.course, "group_id": self.group}],
            frozenset({"assignment"}): [{"assignment": self.assignment}],
            frozenset({"assignment_id"}): [{"assignment_id": self.assignment}],
            frozenset({"submission"}): [{"submission": self.submission}],
            frozenset({"link"}): [{"link": self.link}],
        }


def teach(up: Up, title: str, *, text: str = "") -> Lesson:
    """An assignment on the digits, which are there, called by `title` as all else that has a name."""
    # Some names may hold what can be printed alone.
    name = "".join(letter for letter in title if letter.isprintable())[:100]
    course = ask(up, "POST", "/v1/courses", {"name": title})["id"]
    ask(up, "POST", "/v1/tokens", {"user": "sam"})
    token = ask(up, "POST", "/v1/tokens", {"user": "sam"})["token"]
    ask(up, "POST", f"/v1/courses/{course}/members", {"user": "sam", "role": "student"})
    group = ask(up, "POST", f"/v1/courses/{course}/groups", {"name": name, "members": ["sam"]})["id"]
    document = {
        "course": course,
        "title": title,
        "text": text,
        "dataset": "digits",
        "metric": {"name": "accuracy"},
        "scoring": {"baseline": 0.3, "target": 0.95},
        "rules": {"layers": ["Flatten", "Dense", "Dropout"], "max_parameters": 20000, "max_epochs": 40},
        "baselines": [{"title": name, **RUN}],
        "attempts": {"per_day": 5, "total": 50},
        "due_at": "2031-03-01T22:00:00Z",
        "leaderboard": {"show": "names"},
    }
    assignment = ask(up, "POST", "/v1/assignments", document)["id"]
    submission = ask(up, "POST", f"/v1/assignments/{assignment}/submissions", RUN, token=token)["id"]
    path = f"/v1/submissions/{submission}"
    wait_until(lambda: ask(up, "GET", path)["score"] is not None, SOON)
    ask(up, "PATCH", path, {"comment": title})
    return Lesson(course, assignment, submission, group, _linked(up, title, course))


def ask(up: Up, method: str, path: str, body: object = None, *, token: str | None = None) -> dict[str, Any]:
    """What the service answers the administrator, or whose token it is."""
    headers = {"Authorization": f"Bearer {token}"} if token else signing_in(up)
    answer = httpx.request(method, up.url + path, json=body, headers=headers, trust_env=False, timeout=60)
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _linked(up: Up, title: str, course: str) -> str:
    """A link on a platform that leads into the course, and to no assignment yet: as a launch leaves it."""
    database = Database(f"sqlite:///{up.home / 'fittingroom.db'}")
    with database.writing() as session:
        addresses = dict.fromkeys(
            ("auth_login_url", "auth_token_url", "jwks_url"), "https://school.example/x"
        )
        at = db.now(session)
        known = LtiRegistration(
            name=title[:100],
            issuer="https://school.example",
            client_id="1",
            origins=[],
            created_at=at,
            **addresses,
        )
        session.add(known)
        session.flush()
        of = {"registration_id": known.id, "deployment_id": "1"}
        context = LtiContext(**of, context_id="1", title=title[:255], course_id=course, seen_at=at)
        session.add(context)
        session.flush()
        link = LtiLink(
            **of, resource_link_id="1", context_row=context.id, title=title[:255], scopes=[], seen_at=at
        )
        session.add(link)
        session.flush()
        made = link.id
    database.close()
    return made
