"""The first page: what is going on, and the first steps without JavaScript."""

import html
import re

import pytest
from flask.testing import FlaskClient

from core import workers
from tests.service.houses import House
from tests.service.test_pages_datasets import words
from tests.service.test_sessions import csrf, signed_in


@pytest.fixture
def browser(house: House) -> FlaskClient:
    return signed_in(house)


def press(browser: FlaskClient, label: str) -> str:
    """Sends the form of a button of the first page; what the page is then."""
    page = browser.get("/").text
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        if re.search(rf"<button(?![^>]*disabled)[^>]*>{label}</button>", form):
            action = re.search(r'action="([^"]+)"', form)
            assert action
            fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
            answer = browser.post(html.unescape(action[1]), data=fields)
            assert answer.status_code == 303, answer.text
            return str(answer.location)
    raise AssertionError(f"there is no button {label!r} that can be pressed")


def test_an_empty_home_leads_to_a_job_in_two_presses(house: House, browser: FlaskClient) -> None:
    assert "Your first network, in three steps" in words(browser.get("/"))
    assert press(browser, "Add the digits") == "/"
    assert "digits : 1,797 rows, one of 10 classes" in words(browser.get("/"))
    assert press(browser, "Train a network") == "/"
    [job] = house.ask("GET", "/v1/jobs").get_json()["data"]
    assert (job["name"], job["status"]) == ("digits", "queued")
    page = browser.get("/")
    assert f'href="/jobs/{job["id"]}"' in page.text
    with pytest.raises(AssertionError, match="no button 'Train"):
        press(browser, "Train a network")


def test_pressed_twice_one_job_is_trained(house: House, browser: FlaskClient) -> None:
    dataset = house.given()["id"]
    form = {"csrf_token": csrf(browser.get("/")), "dataset": dataset}
    for _ in range(2):
        assert browser.post("/first-steps/train", data=form).status_code == 303
    assert len(house.ask("GET", "/v1/jobs").get_json()["data"]) == 1


def test_a_job_that_failed_can_be_tried_again(house: House, browser: FlaskClient) -> None:
    job = house.submitted()
    house.fail(house.start()[1], "invalid_data")
    page = browser.get("/")
    assert "The last one did not come to its end." in words(page)
    assert f'href="/jobs/{job}"' in page.text
    assert press(browser, "Train a network") == "/"


def test_the_steps_are_hidden_from_who_does_not_want_them_and_from_nobody_else(
    house: House, browser: FlaskClient
) -> None:
    assert press(browser, "Hide") == "/"
    house.given()
    assert "in three steps" not in words(browser.get("/"))
    browser.post("/sign-out", data={"csrf_token": csrf(browser.get("/"))})
    form = {"token": house.tokens["bob"], "csrf_token": csrf(browser.get("/sign-in"))}
    browser.post("/sign-in", data=form)
    assert "in three steps" in words(browser.get("/"))


def test_trying_leads_to_the_model(browser: FlaskClient) -> None:
    form = {"csrf_token": csrf(browser.get("/")), "model": "mdl_1", "version": "2"}
    assert browser.post("/first-steps/try", data=form).location == "/models/mdl_1/versions/2#try-title"
    odd = browser.post("/first-steps/try", data=form | {"model": "//evil.example", "version": "x"})
    assert (odd.location or "").startswith("/models/")


def test_what_runs_waits_and_has_ended_is_told(house: House, browser: FlaskClient) -> None:
    house.given()
    for name in ("ended", "runs", "waits"):
        house.submit(name=name)
    house.fail(house.start()[1], "nan_loss")
    house.start()
    told = words(browser.get("/"))
    assert "Running runs running" in told
    assert "Waiting waits queued Waits for a worker: there is none." in told
    assert "Latest results ended failed it went wrong" in told


def test_workers_are_told_with_what_they_do(house: House, browser: FlaskClient) -> None:
    assert "No worker is there" in words(browser.get("/"))
    house.submitted()
    with house.parts.database.writing() as session:
        workers.seen(session, name="w1", slots=3, accelerators={"cpu"}, draining=False)
    house.start()
    assert "1 of 3 places for jobs taken" in words(browser.get("/"))
