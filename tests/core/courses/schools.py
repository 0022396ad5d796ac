"""A learning platform's people, who come by its links to a teacher's assignments; no wire is needed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core import db
from core.artifacts import Artifacts
from core.courses import arrivals, course
from core.courses.arrivals import Arrival
from core.db import Database
from core.lti import outbox, people, places
from core.lti.launch import RESOURCE_LINK, Context, Grades, Launch, Person, ResourceLink, Role
from core.lti.outbox import Claimed
from core.lti.scores import SCORE, Score
from core.tables import (
    Assignment,
    Course,
    Dataset,
    LtiLink,
    LtiPerson,
    LtiRegistration,
    LtiScore,
    Submission,
    User,
)
from tests.core.courses import classes

ISSUER = "https://school.example"
NETWORKS = Context("course-1", "Networks")
GRADES = Grades(f"{ISSUER}/items/1", None, (SCORE,))


class School:
    """One registration of one platform; `client` tells two of them apart."""

    def __init__(self, database: Database, store: Artifacts, folder: Path, client: str = "one") -> None:
        self.database, self.store, self.folder = database, store, folder
        addresses = dict.fromkeys(("auth_login_url", "auth_token_url", "jwks_url"), ISSUER)
        with database.writing() as session:
            made = LtiRegistration(
                name="School",
                issuer=ISSUER,
                client_id=client,
                origins=[],
                created_at=db.now(session),
                **addresses,
            )
            session.add(made)
            session.flush()
            self.registration = made.id

    def comes(
        self,
        sub: str,
        role: Role = "student",
        *,
        link: str | None = "link-1",
        context: Context | None = NETWORKS,
        **more: Any,  # noqa: ANN401 - members of a launch
    ) -> Arrival:
        """A launch, from its people to where they have come."""
        launch = Launch(
            registration_id=self.registration,
            deployment_id="1",
            message_type=RESOURCE_LINK,
            person=Person(ISSUER, sub, sub.capitalize()),
            role=role,
            roles=(),
            target_link_uri="x",
            context=context,
            link=ResourceLink(link) if link else None,
            grades=GRADES,
        )
        launch = replace(launch, **more)
        with self.database.writing() as session:
            user = people.sign_in(session, launch.person)
            return arrivals.arrive(session, launch, user, *places.remember(session, launch))

    def links(self, user: User, assignment_id: str) -> None:
        """Somebody who was here before is one of the platform's, where a link leads to that assignment."""
        with self.database.writing() as session:
            at = db.now(session)
            session.add(LtiPerson(issuer=ISSUER, sub=user.name, user_id=user.id, seen_at=at))
            link = {"registration_id": self.registration, "deployment_id": "1", "resource_link_id": "link-1"}
            told = {
                "lineitem_url": GRADES.lineitem,
                "lineitem_found": False,
                "scopes": [SCORE],
                "seen_at": at,
            }
            session.add(LtiLink(assignment_id=assignment_id, **link, **told))

    def assigned(self, of: Course, teacher: User, **more: Any) -> Assignment:  # noqa: ANN401 - its members
        """A new assignment of a course that the teacher is in."""
        with self.database.writing() as session:
            if session.scalar(sa.select(Dataset.id).where(Dataset.owner_id == teacher.id)) is None:
                classes.stored(session, teacher, self.store, self.folder)
            return classes.assigned(session, teacher, of, self.store, self.folder, **more)

    def scored(self, student: User, assignment: Assignment, accuracy: float) -> Submission:
        """A student hands something in, which is scored at once."""
        with self.database.writing() as session:
            who, what = session.get_one(User, student.id), session.get_one(Assignment, assignment.id)
            made = classes.submit(session, who, what)
            classes.score(session, accuracy)
            return made

    def roles(self, of: Course) -> dict[str, str | None]:
        """What everybody is in a course, by what they are called."""
        with self.database.reading() as session:
            found = {
                user.called: course.role(session, user, of.id) for user in session.scalars(sa.select(User))
            }
        return {name: role for name, role in found.items() if role}

    def sent(self) -> list[Score]:
        """What is due, all of which the platform takes."""
        found: list[Score] = []
        with self.database.writing() as session:
            while (claimed := outbox.claim(session)) is not None:
                found.append(claimed.score)
                outbox.delivered(session, claimed)
        return found

    def refuses(self) -> Claimed:
        """The platform takes the next score for nobody's."""
        with self.database.writing() as session:
            claimed = outbox.claim(session)
            assert claimed is not None
            outbox.failed(session, claimed, "User is not gradable", most=1)
            return claimed

    def statuses(self) -> dict[str, str]:
        """How far the scores of everybody have got."""
        with self.database.reading() as session:
            return {row.sub: row.status for row in session.scalars(sa.select(LtiScore))}
