"""What the server writes for administrators of learning platforms."""

import re
from collections.abc import Callable, Iterator

import pytest
from markupsafe import escape

from tests.lti.platform import Platform
from tests.service.houses import House
from tests.service.test_pages_teaching import HOSTILE, send, wrong
from tests.service.test_sessions import signed_in

PATH = "/administration/platforms"


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform().start()
    yield platform
    platform.close()


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build(lti_private_hosts="127.0.0.1")


def test_a_platform_is_added_tested_and_forgotten_without_a_script(house: House, platform: Platform) -> None:
    root = signed_in(house, "root")
    assert PATH in root.get("/administration").text
    page = root.get(PATH).text
    assert 'value="http://localhost/lti/jwks"' in page
    form = platform.registration(name=HOSTILE) | {"deployment_ids": "1\n2\n", "origins": ""}
    assert "is needed" in wrong(send(root, PATH, **form | {"client_id": ""}).text, "client_id")
    assert "an origin" in wrong(send(root, PATH, **form | {"origins": "x"}).text, "origins")
    made = send(root, PATH, **form).location.partition("#")[2]
    told = house.ask("GET", f"/v1/lti/registrations/{made}", by="root").get_json()
    assert (told["name"], told["deployment_ids"]) == (HOSTILE, ["1", "2"])
    assert send(root, PATH, **form).status_code == 409
    page = root.get(PATH).text
    assert str(escape(HOSTILE)) in page
    assert "<img src=x" not in page
    assert "It answers as it should" in send(root, f"{PATH}/{made}/test").text
    send(root, f"{PATH}/{made}/deployments", deployment_id="3")
    send(root, f"{PATH}/{made}/origins", origin="https://school.example")
    told = house.ask("GET", f"/v1/lti/registrations/{made}", by="root").get_json()
    assert (told["deployment_ids"][-1], told["origins"]) == ("3", ["https://school.example"])
    platform.close()
    assert "Something is amiss" in send(root, f"{PATH}/{made}/test").text
    assert send(root, f"{PATH}/{made}/delete").status_code == 303
    assert house.ask("GET", "/v1/lti/registrations", by="root").get_json()["data"] == []


def test_an_invitation_is_shown_once(house: House) -> None:
    root = signed_in(house, "root")
    answer = send(root, f"{PATH}/invite", platform="Moodle")
    assert re.search(r'value="http://localhost/lti/register\?invitation=[\w-]+"', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "invitation=" not in root.get(PATH).text
    assert "must be a text" in wrong(send(root, f"{PATH}/invite", platform="").text, "platform")


def test_platforms_are_for_administrators(house: House) -> None:
    ann = signed_in(house)
    assert ann.get(PATH).status_code == 403
    for path in ("", "/invite", "/reg_x/test", "/reg_x/delete", "/reg_x/deployments", "/reg_x/origins"):
        assert send(ann, PATH + path, platform="x").status_code == 403, path
