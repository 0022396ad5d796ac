"""What an administrator is told of everybody."""

import pytest

from tests.service.houses import House


def test_everybody_is_listed_with_what_they_have_and_use(house: House) -> None:
    house.submitted()
    house.submitted(name="another")
    first = house.ask("GET", "/v1/users?limit=2", by="root").get_json()
    assert first["has_more"] is True
    rest = house.ask("GET", f"/v1/users?limit=2&after={first['data'][-1]['id']}", by="root").get_json()
    assert rest["has_more"] is False
    people = {person["name"]: person for person in first["data"] + rest["data"]}
    assert set(people) == {"ann", "bob", "root"}
    assert people["ann"]["has"] == {"datasets": 1, "models": 0, "jobs": 2}
    assert people["ann"]["quota"]["jobs"]["used"] == 2
    assert people["bob"]["has"] == {"datasets": 0, "models": 0, "jobs": 0}
    assert people["root"]["role"] == "admin"


def test_the_queue_is_listed_in_its_order_with_owners(house: House) -> None:
    house.given()
    house.given(by="bob")
    first, second, urgent = (house.submit(priority=priority).get_json()["id"] for priority in (0, 0, 1))
    of_bob = house.submit(by="bob").get_json()["id"]
    queue = house.ask("GET", "/v1/queue", by="root").get_json()
    # The urgent one, and then each user in turn: ann has had hers.
    assert [one["id"] for one in queue["data"]] == [urgent, of_bob, first, second]
    assert [one["owner"] for one in queue["data"]] == ["ann", "bob", "ann", "ann"]
    assert [one["queue"]["position"] for one in queue["data"]] == [1, 2, 3, 4]
    page = house.ask("GET", f"/v1/queue?limit=1&after={of_bob}", by="root").get_json()
    assert ([one["id"] for one in page["data"]], page["has_more"]) == ([first], True)
    house.start()
    assert len(house.ask("GET", f"/v1/queue?after={urgent}", by="root").get_json()["data"]) == 3


@pytest.mark.parametrize("path", ["/v1/users", "/v1/queue"])
def test_nobody_else_is_told(house: House, path: str) -> None:
    assert house.ask("GET", path).status_code == 403
    assert house.ask("GET", path, by=None).status_code == 401
