"""What the service does not do by itself yet: each of these goes when it does."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from core.config import Settings
from core.db import Database
from core.lti import grades, roster
from core.lti.platforms import Platforms
from core.tables import CourseGrade, LtiContext, LtiLink, LtiPerson
from tests.stacks import Up


class Glue:
    """Writes into the stack's database."""

    def __init__(self, stack: Up) -> None:
        self.stack = stack
        settings = Settings(home=stack.home, lti_private_hosts="localhost")
        self.database = Database(settings.database)
        self.platforms = Platforms(self.database, settings)

    def bind(self, course: str, assignment: str) -> None:
        """What a choice by Deep Linking comes back with: the course, and the assignment of the link."""
        with self.database.writing() as session:
            session.execute(sa.update(LtiContext).values(course_id=course))
            session.execute(sa.update(LtiLink).values(assignment_id=assignment))

    def name_of(self, sub: str) -> str:
        """The user's name; instead of a session that begins with the launch."""
        with self.database.reading() as session:
            return session.scalars(sa.select(LtiPerson).where(LtiPerson.sub == sub)).one().user.name

    def tell(self) -> None:
        """Every grade that there is, to the outbox; instead of each when it comes to be."""
        with self.database.writing() as session:
            for grade in session.scalars(sa.select(CourseGrade)):
                link = session.scalars(sa.select(LtiLink)).one()
                grades.put(session, link, grade.user_id, score=grade.score)

    def roster(self) -> dict[str, str]:
        """Who the platform says is in the course, and as what."""
        with self.database.reading() as session:
            context = session.scalars(
                sa.select(LtiContext).options(joinedload(LtiContext.registration))
            ).one()
        return {one.person.sub: one.role for one in roster.read(self.platforms.tokens, context)}

    def close(self) -> None:
        self.platforms.close()
        self.database.close()
