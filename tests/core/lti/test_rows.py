"""What is kept of logins, people and places, on both engines and with many at the same time."""

import pytest
import sqlalchemy as sa

from core import db
from core.db import Database
from core.lti import invitations, people, places, registrations, states
from core.lti.errors import LaunchError
from core.lti.launch import RESOURCE_LINK, Context, Grades, Launch, Person, ResourceLink
from core.lti.registrations import Wanted
from core.tables import LtiKey, LtiPerson, LtiRegistration, LtiState, User
from tests.core.things import at_once
from tests.lti.outboxes import own_key

WANTED = Wanted("A platform", "https://p.example", "c", *(f"https://p.example/{n}" for n in range(3)), ["1"])
THREADS = 8


@pytest.fixture
def registration(database: Database) -> LtiRegistration:
    with database.writing() as session:
        session.add(own_key(session))
        return registrations.add(session, WANTED)


def launch(registration: LtiRegistration, **changes: object) -> Launch:
    told = {
        "registration_id": registration.id,
        "deployment_id": "1",
        "message_type": RESOURCE_LINK,
        "person": Person(WANTED.issuer, "ada", "Ada", "ada@example.org"),
        "role": "student",
        "roles": (),
        "target_link_uri": "x",
        "context": Context("course", "Networks"),
        "link": ResourceLink("link", "First"),
        "grades": Grades("https://p/1", "https://p/items", ("scope",)),
        "memberships_url": "https://p/members",
    }
    return Launch(**told | changes)  # type: ignore[arg-type]


def test_of_many_who_use_a_state_one_does(database: Database, registration: LtiRegistration) -> None:
    with database.writing() as session:
        begun = states.begin(session, registration, {"iss": "x"}, "browser")

    def use(_: int) -> bool:
        try:
            with database.writing() as session:
                states.use(session, states.find(session, begun.state))
        except LaunchError as error:
            return error.reason == "state_used"
        used.append(True)
        return True

    used: list[bool] = []
    assert at_once(use, THREADS) == [True] * THREADS
    assert used == [True]


def test_of_many_who_follow_an_invitation_one_does(database: Database, registration: LtiRegistration) -> None:
    with database.writing() as session:
        secret = invitations.invite(session, "x")

    def use(_: int) -> bool:
        try:
            with database.writing() as session:
                invitations.use(session, secret)
        except LaunchError:
            return False
        return True

    assert sorted(at_once(use, THREADS)) == [False] * (THREADS - 1) + [True]


def test_somebody_who_comes_in_many_tabs_at_once_is_one_user_in_one_place(
    database: Database, registration: LtiRegistration
) -> None:
    def come(_: int) -> tuple[str, ...]:
        with database.writing() as session:
            user = people.sign_in(session, launch(registration).person)
            context, link = places.remember(session, launch(registration))
            assert context is not None
            assert link is not None
            return user.id, context.id, link.id

    assert len(set(at_once(come, THREADS))) == 1
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
        assert session.scalars(sa.select(LtiPerson.email)).one() == "ada@example.org"


def test_what_a_launch_does_not_tell_stays_as_it_was(
    database: Database, registration: LtiRegistration
) -> None:
    bare = launch(
        registration,
        person=Person(WANTED.issuer, "ada"),
        context=None,
        link=ResourceLink("link"),
        grades=None,
        memberships_url=None,
    )
    with database.writing() as session:
        for one in (launch(registration), bare):
            people.sign_in(session, one.person)
            context, link = places.remember(session, one)
        assert context is None
        assert link is not None
        assert (link.title, link.lineitem_url, link.scopes) == ("First", "https://p/1", ["scope"])
        assert link.context is not None
        assert link.context.memberships_url == "https://p/members"
        assert session.scalars(sa.select(LtiPerson.name)).one() == "Ada"


def test_a_name_that_a_platform_tells_is_nobody_elses_account(
    database: Database, registration: LtiRegistration
) -> None:
    with database.writing() as session:
        session.add(User(name="root", role="admin", created_at=db.now(session)))
        session.flush()
        user = people.sign_in(session, Person(registration.issuer, "root", "root", "root@example.org"))
        assert (user.role, user.name[:4]) == ("user", "lti_")
        assert people.names(session, [user.id]) == {user.id: "root"}


def test_what_belongs_to_a_platform_goes_with_it(database: Database, registration: LtiRegistration) -> None:
    with database.writing() as session:
        states.begin(session, registration, {"iss": "x"}, "browser")
        people.sign_in(session, launch(registration).person)
        places.remember(session, launch(registration))
    with database.writing() as session:
        registrations.remove(session, registration.id)
    with database.reading() as session:
        assert session.scalars(sa.select(LtiState)).all() == []
        # They may come from another client of the same issuer.
        assert session.scalars(sa.select(LtiPerson.sub)).all() == ["ada"]
        assert session.scalars(sa.select(LtiKey.kid)).all() == ["key_of_tests"]
