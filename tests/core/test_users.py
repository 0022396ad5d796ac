import pytest
import sqlalchemy as sa

from core import users
from core.db import Database
from core.errors import InvalidRequestError, NotFoundError
from core.tables import Token, User
from tests.core import things


def token_id(database: Database, token: str) -> str:
    with database.reading() as session:
        return users.find_token(session, token).id


def create(database: Database, name: str = "ada", role: str | None = None) -> str:
    with database.writing() as session:
        return users.create_token(session, user=name, role=role)


def whose(database: Database, token: str) -> User | None:
    with database.reading() as session:
        return users.authenticate(session, token)


def test_a_token_tells_whose_it_is(database: Database) -> None:
    ada, bob = create(database, "ada", "admin"), create(database, "bob")
    first, second = whose(database, ada), whose(database, bob)
    assert first is not None
    assert (first.name, first.role) == ("ada", "admin")
    assert second is not None
    assert (second.name, second.role) == ("bob", "user")


@pytest.mark.parametrize("wrong", ["", "fr_", "fr_x", "Ada", "ü" * 100, "'; --"])
def test_a_token_that_was_never_given_is_nobodys(database: Database, wrong: str) -> None:
    create(database)
    assert whose(database, wrong) is None


def test_the_token_itself_is_nowhere_in_the_database(database: Database) -> None:
    token = create(database)
    with database.reading() as session:
        row = session.scalars(sa.select(Token)).one()
        assert token not in "".join(str(getattr(row, column.key)) for column in Token.__table__.columns)


def test_tokens_are_long_and_all_different(database: Database) -> None:
    tokens = {create(database) for _ in range(20)}
    assert len(tokens) == 20
    assert min(len(token) for token in tokens) >= 43


def test_a_known_user_keeps_their_role(database: Database) -> None:
    create(database, "ada", "admin")
    again = whose(database, create(database, "ada"))
    assert again is not None
    assert again.role == "admin"


def test_a_known_user_is_not_given_another_role(database: Database) -> None:
    create(database, "ada", "user")
    with pytest.raises(InvalidRequestError, match="ada is there already, as user"):
        create(database, "ada", "admin")


@pytest.mark.parametrize("role", ["root", "", "teacher"])
def test_a_role_that_does_not_exist_is_refused(database: Database, role: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        create(database, "ada", role)
    assert [fault.pointer for fault in caught.value.faults] == ["#/role"]


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b", "a\nb"])
def test_what_cannot_be_a_name_is_refused(database: Database, name: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        create(database, name)
    assert [fault.pointer for fault in caught.value.faults] == ["#/user"]


def test_tokens_made_at_the_same_time_for_a_new_user_are_all_theirs(database: Database) -> None:
    tokens = things.at_once(lambda _: create(database, "ada"))
    owners = {user.id for token in tokens if (user := whose(database, str(token)))}
    assert len(set(tokens)) == len(tokens)
    assert len(owners) == 1


def test_a_revoked_token_is_nobodys(database: Database) -> None:
    token, other = create(database), create(database)
    with database.writing() as session:
        users.revoke(session, users.find_or_create(session, "ada", None), token_id(database, token))
    assert whose(database, token) is None
    assert whose(database, other) is not None


def test_a_user_revokes_their_own_tokens_only_and_an_administrator_any(database: Database) -> None:
    token = create(database, "ada")
    number = token_id(database, token)
    with database.writing() as session:
        bob = users.find_or_create(session, "bob", None)
        with pytest.raises(NotFoundError):
            users.revoke(session, bob, number)
        with pytest.raises(NotFoundError):
            users.revoke(session, bob, "tok_none")
        users.revoke(session, users.find_or_create(session, "root", "admin"), number)
    assert whose(database, token) is None


def test_a_page_of_tokens_is_ones_own_and_everybodys_for_an_administrator(database: Database) -> None:
    tokens = [create(database, name) for name in ("ada", "bob", "ada")]
    ids = [token_id(database, token) for token in tokens]
    with database.reading() as session:
        ada = users.find_or_create(session, "ada", None)
        newest = users.page(session, ada, after=None, limit=1)
        rest = users.page(session, ada, after=newest[0].id, limit=10)
        assert {token.id for token in [*newest, *rest]} == {ids[0], ids[2]}
        root = users.find_or_create(session, "root", "admin")
        assert {token.id for token in users.page(session, root, after=None, limit=10)} == set(ids)
