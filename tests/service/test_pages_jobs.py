"""The pages of jobs, as the server writes them: all that there is to know without a script."""

import html
import re
from collections.abc import Callable

import pytest

from core import jobs
from service.pages.comparing import differences
from tests.service.houses import House
from tests.service.test_sessions import csrf, signed_in

HOSTILE = '<img src=x onerror="alert(1)">\N{RIGHT-TO-LEFT OVERRIDE}&amp;'


def told(text: str) -> str:
    """What a person reads of a page, more or less."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)))


def rows(page: str) -> list[str]:
    """The jobs of a list."""
    return re.findall(r'<tr data-job="([^"]+)"', page)


def trained(house: House, *losses: float, **changes: object) -> str:
    """A job that runs, with these epochs."""
    job_id = house.submitted(**changes)
    _, lease = house.start()
    for number, loss in enumerate(losses, 1):
        house.add_epoch(lease, number, loss=loss, val_loss=2 * loss)
    return job_id


def test_the_list_tells_each_job_and_its_place(house: House) -> None:
    running = trained(house, 0.5, 0.25, tags={"course": "ml1"})
    house.submit(name="second")
    third = house.submit(name="third").get_json()["id"]
    page = signed_in(house).get("/jobs")
    assert page.status_code == 200
    seen = told(page.text)
    assert "val_loss 0.5" in seen
    assert "course: ml1" in seen
    assert f'href="/jobs/{running}"' in page.text
    assert "Waits for a worker: there is none." in seen
    assert "No worker is there: jobs wait until one is." in seen
    assert f'name="job" value="{third}"' in page.text


def test_the_list_is_narrowed_by_a_form_and_goes_on(house: House) -> None:
    running = trained(house)
    waiting = [house.submit(name=name).get_json()["id"] for name in ("second", "third")]
    browser = signed_in(house)
    assert rows(browser.get("/jobs?status=running&name=&tag=").text) == [running]
    assert rows(browser.get("/jobs?status=queued&name=second&tag=").text) == [waiting[0]]
    assert "No job is like that." in browser.get("/jobs?tag=nothing").text
    page = browser.get("/jobs?limit=2").text
    found = re.search(r'href="(/jobs\?after=[^"]+)"', page)
    assert found
    assert rows(page) == [waiting[1], waiting[0]]
    assert rows(browser.get(html.unescape(found[1])).text) == [running]


def test_a_filter_that_is_none_finds_nothing(house: House) -> None:
    browser = signed_in(house)
    for query in ("status=begun", "nmae=x", f"name={'x' * 64}"):
        answer = browser.get(f"/jobs?{query}")
        assert (answer.status_code, answer.mimetype) == (422, "text/html")


def test_a_job_tells_all_of_itself(house: House) -> None:
    job_id = trained(house, *(1 / number for number in range(1, 61)))
    page = signed_in(house).get(f"/jobs/{job_id}").text
    seen = told(page)
    assert "running" in seen
    # The last epochs first, the first ones behind a link; shapes; every default; what happened.
    assert re.search(r"Seconds 60 0.01667 0.03333 0.001 0.5 59 ", seen)
    assert 'href="?epochs=0#figures"' in page
    assert "dense Dense 2 6 input" in seen
    assert "6 parameters, 6 of them learned" in seen
    assert "SparseCategoricalCrossentropy" in seen
    assert "w1" in seen
    assert f"/jobs/new?from={job_id}" in page
    earlier = told(signed_in(house).get(f"/jobs/{job_id}?epochs=0").text)
    assert re.search(r"Seconds 50 0.02 0.04 0.001 0.5 49 ", earlier)


@pytest.mark.parametrize("asked", ["epochs=-1", "epochs=x", "epochs=99999999999999", "lines=9", "lines=²"])
def test_a_part_of_the_story_that_is_not_there_is_no_error(house: House, asked: str) -> None:
    job_id = trained(house, 0.5)
    assert signed_in(house).get(f"/jobs/{job_id}?{asked}").status_code == 200


def test_an_error_is_told_with_what_may_help(house: House) -> None:
    job_id = house.submitted()
    _, lease = house.start()
    house.fail(lease, "nan_loss")
    page = signed_in(house).get(f"/jobs/{job_id}").text
    assert "Try a learning rate ten times smaller" in page
    # What would only fail again is not offered.
    assert re.search(r'data-does="retry" hidden', page)


def test_a_job_is_cancelled_tried_again_and_deleted_by_forms(house: House) -> None:
    job_id = house.submitted()
    browser = signed_in(house)
    form = {"csrf_token": csrf(browser.get("/"))}

    def status() -> str:
        word: str = house.ask("GET", f"/v1/jobs/{job_id}").get_json()["status"]
        return word

    assert browser.post(f"/jobs/{job_id}/cancel", data={}).status_code == 403
    assert browser.post(f"/jobs/{job_id}/cancel", data=form).location == f"/jobs/{job_id}"
    assert status() == "cancelled"
    assert browser.post(f"/jobs/{job_id}/retry", data=form).location == f"/jobs/{job_id}"
    assert status() == "queued"
    assert browser.post(f"/jobs/{job_id}/delete", data=form).status_code == 409
    browser.post(f"/jobs/{job_id}/cancel", data=form)
    assert browser.post(f"/jobs/{job_id}/delete", data=form).location == "/jobs"
    assert house.ask("GET", f"/v1/jobs/{job_id}").status_code == 404


def test_somebody_elses_job_is_not_there(house: House) -> None:
    job_id = trained(house, 0.5)
    browser = signed_in(house, "bob")
    form = {"csrf_token": csrf(browser.get("/"))}
    assert browser.get(f"/jobs/{job_id}").status_code == 404
    assert browser.get(f"/jobs/compare?job={job_id}").status_code == 404
    assert browser.post(f"/jobs/{job_id}/cancel", data=form).status_code == 404
    assert job_id not in browser.get("/jobs").text


@pytest.mark.parametrize("path", ["/jobs", "/jobs/{job}", "/jobs/compare?job={job}"])
def test_what_others_wrote_is_shown_as_text(house: House, path: str) -> None:
    job_id = house.submitted(tags={HOSTILE: HOSTILE})
    _, lease = house.start()
    house.add_epoch(lease, 1, **{HOSTILE: 0.5})
    with house.parts.database.writing() as session:
        jobs.add_lines(session, lease, [HOSTILE, "</pre><script>alert(2)</script>"])
    page = signed_in(house).get(path.format(job=job_id)).text
    assert html.escape(HOSTILE, quote=False).replace('"', "&#34;") in page
    assert "<img src=x" not in page
    assert "<script>" not in page


def test_jobs_are_compared_by_their_best_and_last(house: House) -> None:
    first = trained(house, 0.5, 0.2, 0.3)
    second = trained(house, 0.9, training={"batch_size": 7})
    browser = signed_in(house)
    page = browser.get(f"/jobs/compare?job={first}&job={second}&metric=val_loss").text
    seen = told(page)
    assert "<option selected>val_loss</option>" in page
    assert f"…{first[-6:]} running 3 0.4 2 0.6" in seen
    assert f"…{second[-6:]} running 1 1.8 1 1.8" in seen
    assert "training.batch_size 32 7" in seen
    assert "training.epochs" not in seen
    alone = told(browser.get(f"/jobs/compare?job={first}&job={first}&metric=nothing").text)
    assert "What differs" not in alone
    assert "Add a job" in alone
    assert "Choose jobs to compare" in told(browser.get("/jobs/compare").text)


def test_settings_differ_by_name_and_not_by_place() -> None:
    def layers(*units: int) -> dict[str, object]:
        return {"layers": [{"name": f"dense_{n}", "units": n} for n in units], "shape": [1, len(units)]}

    assert differences([layers(1, 2), layers(2)]) == [
        ("layers.dense_1.name", ["dense_1", None]),
        ("layers.dense_1.units", [1, None]),
        ("shape", [[1, 2], [1, 1]]),
    ]
    assert differences([layers(3), layers(3)]) == []


def test_more_jobs_than_there_are_colours_are_told_so(house: House, build: Callable[..., House]) -> None:
    house.given()
    ids = [house.submit().get_json()["id"] for _ in range(7)]
    page = told(signed_in(house).get("/jobs/compare?" + "&".join(f"job={one}" for one in ids)).text)
    assert "The first 6 are shown" in page
