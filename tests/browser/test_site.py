"""Tokens, workers and administration in a browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsers import PHONE, Visit, barriers
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

HOSTILE = "<img src=x onerror=alert(1)>"
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_user_is_made_and_nothing_keeps_anybody_out(
    visit: Callable[..., Visit], stack: Up, scheme: str
) -> None:
    size = {"width": PHONE[0], "height": PHONE[1]}
    page = visit(color_scheme=scheme, viewport=size).signed_in(stack.token)
    page.goto("/administration")
    page.get_by_label("User", exact=True).fill(HOSTILE)
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("rowheader", name=HOSTILE)).to_be_visible()
    token = page.get_by_label("The new token").input_value()
    assert barriers(page) == []
    # The new user, who is no administrator.
    page = visit(color_scheme=scheme, viewport=size).signed_in(token)
    for path in ("/tokens", "/workers"):
        page.goto(path)
        assert barriers(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    expect(page.get_by_role("rowheader", name="worker 1")).to_be_visible()
    expect(page.get_by_role("link", name="Administration")).to_have_count(0)


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
