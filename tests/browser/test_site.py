"""The entrance, tokens, workers and administration in a browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsers import PHONE, Visit, barriers, barriers_in_light_and_dark
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

ROWS = "a,b,kind\n" + "".join(f"{n},{n % 7},{'even' if n % 2 else 'odd'}\n" for n in range(60))
# A worker takes a moment to end one job and to begin another.
SOON = 20_000
# Long enough to be looked at, and cancelled in the end.
LONG = {
    "dataset": "numbers",
    "model": {"layers": [{"type": "Dense", "units": 2}]},
    "training": {"epochs": 10_000},
}


@pytest.fixture
def jobs(stack: Up) -> Iterator[list[str]]:
    """A job that runs, and one that waits for it."""
    file = stack.home / "numbers.csv"
    file.write_text(ROWS)
    with stack.client() as room:
        room.add_dataset(file)
        begun = [room.submit({**LONG, "name": name})["id"] for name in ("earlier", "later")]
        wait_until(lambda: room.job(begun[0])["status"] == "running", 60)
        yield begun
        for job in begun:
            room.cancel(job)
            room.wait(job)


def test_one_signs_in_with_a_token_and_out_again(visit: Callable[..., Visit], stack: Up) -> None:
    # Not with the session of the other tests, which this one ends.
    begun = visit()
    page = begun.page()
    begun.sign_in(page, stack.token)
    expect(page).to_have_title("Home · Fitting Room")
    page.locator("summary").get_by_text("admin").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/jobs")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_token_that_was_mistyped_is_told_beside_the_field(visit: Callable[..., Visit]) -> None:
    begun = visit()
    begun.expected = ("401",)
    page = begun.page()
    page.goto("/sign-in")
    page.get_by_label("Token").fill("fr_mistyped")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This token is not known")
    assert barriers(page) == []


def test_the_language_can_be_changed(visit: Callable[..., Visit]) -> None:
    page = visit().page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_token_is_made_copied_and_revoked(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/tokens")
    page.get_by_role("button", name="Make a token").click()
    made = page.get_by_label("The new token")
    expect(made).to_have_value(re.compile(r"^fr_"))
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == made.input_value()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    rows.first.get_by_role("button", name="Revoke").click()
    expect(rows).to_have_count(1)
    expect(made).to_have_count(0)


def test_workers_and_the_queue_are_shown_live(
    visit: Callable[..., Visit], stack: Up, jobs: list[str]
) -> None:
    begun = visit()
    page, queue = begun.signed_in(stack.token), begun.page()
    page.goto("/workers")
    expect(page.get_by_text("1 of 1")).to_be_visible()
    expect(page.get_by_role("link", name=jobs[0])).to_be_visible()
    queue.goto("/administration")
    expect(queue.locator("#queue").get_by_role("row", name="later")).to_contain_text("admin")
    with stack.client() as room:
        room.cancel(jobs[0])
        # The next one has its place, and then there is nothing that waits.
        expect(queue.get_by_text("Nothing waits.")).to_be_visible(timeout=SOON)
        expect(page.get_by_role("link", name=jobs[1])).to_be_visible(timeout=SOON)
        room.cancel(jobs[1])
    expect(page.get_by_text("0 of 1")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("free", exact=True)).to_be_visible()


def test_a_user_is_made_who_is_no_administrator(visit: Callable[..., Visit], stack: Up) -> None:
    page = visit().signed_in(stack.token)
    page.goto("/administration")
    page.get_by_label("User", exact=True).fill("student")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("rowheader", name="student")).to_be_visible()
    assert barriers_in_light_and_dark(page) == []
    token = page.get_by_label("The new token").input_value()
    page = visit(viewport={"width": PHONE[0], "height": PHONE[1]}).signed_in(token)
    page.goto("/workers")
    expect(page.get_by_role("rowheader", name="worker 1")).to_be_visible()
    expect(page.get_by_role("link", name="Administration")).to_have_count(0)
    assert barriers(page) == []


def test_without_scripts_the_pages_tell_all_and_forms_work(visit: Callable[..., Visit], stack: Up) -> None:
    page = visit(java_script_enabled=False).signed_in(stack.token)
    page.goto("/workers")
    expect(page.get_by_text("0 of 1")).to_be_visible()
    page.goto("/tokens")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_label("The new token")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.goto("/administration")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    expect(page.get_by_text("max_upload_bytes")).to_be_visible()
