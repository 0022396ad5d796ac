"""A first visit: from an empty home to a digit that is drawn and recognised."""

from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from tests.browser.browsers import Visit, barriers_in_light_and_dark, signing_in, sketch
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

# Training takes seconds where the machine has nothing else to do.
TRAINED_MS = 120_000
# Elements from the top of a page to its drawing area, at most.
TABS = 40
# A 0, point by point.
ROUND = (
    (3, 1),
    (4, 1),
    (5, 2),
    (5, 3),
    (5, 4),
    (5, 5),
    (4, 6),
    (3, 6),
    (2, 5),
    (2, 4),
    (2, 3),
    (2, 2),
    (3, 1),
)


def token_for(stack: Up, name: str) -> str:
    """The token of somebody who has nothing yet."""
    told = {"user": name, "role": "user"}
    made = httpx.post(f"{stack.url}/v1/tokens", json=told, headers=signing_in(stack), trust_env=False)
    return str(made.json()["token"])


class Cursor:
    """The keyboard's cursor on the drawing area, which begins in the middle of eight by eight points."""

    def __init__(self, page: Page) -> None:
        self.keyboard, self.column, self.row = page.keyboard, 4, 4

    def paint(self, column: int, row: int) -> None:
        """Goes to a point and paints it: what was painted beside it is joined to it."""
        across, down = column - self.column, row - self.row
        steps = [
            ("ArrowRight" if across > 0 else "ArrowLeft", across),
            ("ArrowDown" if down > 0 else "ArrowUp", down),
        ]
        for key, times in steps:
            for _ in range(abs(times)):
                self.keyboard.press(key)
        self.keyboard.press("Space")
        self.column, self.row = column, row


def test_by_mouse(visit: Callable[..., Visit], stack: Up) -> None:
    page = visit().signed_in(token_for(stack, "mouse"))
    expect(page.get_by_role("heading", name="Your first network, in three steps")).to_be_visible()
    expect(page.get_by_role("button", name="Train a network")).to_be_disabled()
    assert barriers_in_light_and_dark(page) == []
    page.get_by_role("button", name="Add the digits").click()
    page.get_by_role("button", name="Train a network").click()
    expect(page.get_by_role("progressbar", name="Progress").first).to_be_visible()
    expect(page.get_by_role("button", name="Try it")).to_be_enabled(timeout=TRAINED_MS)
    expect(page.locator("#results")).to_contain_text("succeeded")
    page.get_by_role("button", name="Try it").click()
    sketch(page)
    expect(page.locator(".answers tr.best th")).to_have_text("0")
    page.goto("/")
    expect(page.get_by_text("in three steps")).to_have_count(0)


def test_by_keyboard_alone(visit: Callable[..., Visit], stack: Up) -> None:
    page = visit().page()
    page.goto("/sign-in")
    page.keyboard.type(token_for(stack, "keyboard"))
    page.keyboard.press("Enter")
    for label in ("Add the digits", "Train a network"):
        expect(page.get_by_role("button", name=label)).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Try it")).to_be_focused(timeout=TRAINED_MS)
    page.keyboard.press("Enter")
    pad = page.locator("canvas.pad")
    expect(pad).to_be_visible()
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if pad.evaluate("node => node === document.activeElement"):
            break
    expect(pad).to_be_focused()
    cursor = Cursor(page)
    for column, row in ROUND:
        cursor.paint(column, row)
    expect(page.locator(".answers tr.best th")).to_have_text("0")


def test_without_javascript_the_steps_are_taken_too(visit: Callable[..., Visit], stack: Up) -> None:
    page = visit(java_script_enabled=False).signed_in(token_for(stack, "plain"))
    page.get_by_role("button", name="Add the digits").click()
    page.get_by_role("button", name="Train a network").click()
    expect(page.get_by_role("link", name="Watch it learn")).to_be_visible()

    def look() -> bool:
        page.reload()
        return page.get_by_role("button", name="Try it").is_enabled()

    wait_until(look, TRAINED_MS / 1000)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Try it")).to_be_visible()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("region", name="The answer")).to_be_visible()
