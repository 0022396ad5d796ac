"""What tests of grades need to be there: a link on a platform, people who came by it, and a sender."""

from datetime import timedelta

import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from sqlalchemy.orm import Session

from core import db
from core.config import Settings
from core.db import Database
from core.lti import grades, keys, people, places, registrations
from core.lti.launch import RESOURCE_LINK, Context, Grades, Launch, Person, ResourceLink
from core.lti.platforms import Platforms
from core.lti.sending import Sender
from core.tables import LtiKey, LtiLink, LtiScore
from tests.lti.platform import SCOPES, Platform, key

PRIVATE = Settings(lti_private_hosts="127.0.0.1")


def own_key(session: Session) -> LtiKey:
    """A key of ours that is there already: to make one takes a moment."""
    pem = key(5).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    at = db.now(session)
    return LtiKey(kid="key_of_tests", private_pem=pem.decode(), created_at=at, signs_from=at)


class Class:
    """A link on a platform, the students who came by it, and what is sent of them."""

    def __init__(self, database: Database, platform: Platform, *, client: str = "fitting-room") -> None:
        self.database, self.platform = database, platform
        self.platforms = Platforms(database, PRIVATE)
        self.sender = Sender(database, lambda: self.platforms, 3600, first_away_seconds=0)
        wanted = registrations.parse(platform.registration(client_id=client), self.platforms.web)
        with database.writing() as session:
            if keys.signing(session) is None:
                session.add(own_key(session))
            self.registration = registrations.add(session, wanted)
        self.users: dict[str, str] = {}
        self.link_id = ""

    def close(self) -> None:
        self.platforms.close()

    def come(self, *subs: str, link: str = "link-1", **ags: object) -> None:
        """Launches these people by a link; without more, the platform tells its column, with a query."""
        told = {
            "lineitem": self.platform.lineitem("1"),
            "lineitems": f"{self.platform.issuer}/items?type_id=3",
        }
        told |= {"scopes": tuple(SCOPES)} | ags  # type: ignore[assignment]
        if told["lineitem"] and not self.platform.lineitems:
            self.platform.add_lineitem()
        for sub in subs:
            launch = Launch(
                registration_id=self.registration.id,
                deployment_id="1",
                message_type=RESOURCE_LINK,
                person=Person(self.platform.issuer, sub),
                role="student",
                roles=(),
                target_link_uri="x",
                context=Context("course-1"),
                link=ResourceLink(link, "First network"),
                grades=Grades(**told),  # type: ignore[arg-type]
            )
            with self.database.writing() as session:
                self.users[sub] = people.sign_in(session, launch.person).id
                _, row = places.remember(session, launch)
                assert row is not None
                self.link_id = row.id

    def put(self, sub: str, score: float | None, **more: object) -> LtiScore:
        with self.database.writing() as session:
            link = session.get_one(LtiLink, self.link_id)
            row = grades.put(session, link, self.users[sub], score=score, **more)  # type: ignore[arg-type]
            assert row is not None
            return row

    def send(self) -> int:
        """Sends what is due, and what would be sooner or later."""
        with self.database.writing() as session:
            self.wait(session)
        return self.sender.send_due()

    @staticmethod
    def wait(session: Session) -> None:
        session.execute(sa.update(LtiScore).values(next_at=db.now(session) - timedelta(seconds=1)))

    def row(self, sub: str) -> LtiScore:
        with self.database.reading() as session:
            return session.scalars(sa.select(LtiScore).where(LtiScore.sub == sub)).one()

    def status(self, sub: str) -> str:
        return self.row(sub).status

    def gradebook(self, item: str = "1") -> dict[str, float | None]:
        return {
            sub: told.get("scoreGiven")
            for (column, sub), told in self.platform.grades.items()
            if column == item
        }
