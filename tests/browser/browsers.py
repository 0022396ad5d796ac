"""A real browser, Debian's Chromium, driven by Playwright, that tells on every page that misbehaves."""

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.stacks import Up

CHROMIUM = shutil.which("chromium")
# In a container without a display, and without a word to anybody's server.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, LAPTOP, PROJECTOR = (390, 844), (1366, 768), (1920, 1080)
# What axe calls the things that keep somebody out.
GRAVE = ("serious", "critical")
# Of who has signed in before, by service and token: signing in again and again takes seconds that add up.
KNOWN: dict[tuple[str, str], Any] = {}


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, running."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


class Visit:
    """Somebody's visit: pages of one browser in which whatever is wrong is written down."""

    def __init__(self, running: Browser, url: str, **options: Any) -> None:  # noqa: ANN401 - Playwright's
        self.url, self.troubles = url, list[str]()
        options = {"viewport": {"width": LAPTOP[0], "height": LAPTOP[1]}, "locale": "en-GB"} | options
        self.context: BrowserContext = running.new_context(base_url=url, **options)
        self.context.set_default_timeout(15_000)
        self.context.on("request", self._look)
        self.context.on("console", self._listen)
        self.context.on("weberror", lambda wrong: self.troubles.append(f"script: {wrong.error}"))
        # What a test is about that breaks something on purpose.
        self.expected: tuple[str, ...] = ()

    def page(self) -> Page:
        """A new page."""
        return self.context.new_page()

    def signed_in(self, token: str) -> Page:
        """A page of somebody who has signed in, at the beginning."""
        page = self.page()
        if known := KNOWN.get((self.url, token)):
            self.context.add_cookies(known)
            page.goto("/")
            return page
        self.sign_in(page, token)
        KNOWN[self.url, token] = [one for one in self.context.cookies() if one["httpOnly"]]
        return page

    def sign_in(self, page: Page, token: str) -> None:
        """Signs in on a page, as one does."""
        page.goto("/sign-in")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(self.url + "/")

    def close(self) -> None:
        """Ends the visit.

        Raises:
            AssertionError: a page asked another host for something, broke its policy, or printed an error.
        """
        self.context.close()
        found = [told for told in self.troubles if not any(known in told for known in self.expected)]
        assert not found, found

    def _look(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in {"data", "blob"}:
            return
        if f"{asked.scheme}://{asked.netloc}" != self.url:
            self.troubles.append(f"another host: {request.url}")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console: {message.text}")


def barriers(page: Page) -> list[str]:
    """What would keep somebody out of the page as it is now, by axe."""
    # Injected and not linked, as the page's policy lets no other script in.
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]} {node['failureSummary'][:200]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def barriers_in_light_and_dark(page: Page) -> list[str]:
    """The same, in both; the page stays dark."""
    found = barriers(page)
    page.emulate_media(color_scheme="dark")
    return found + barriers(page)


def signing_in(up: Up) -> dict[str, str]:
    """What a program sends that does by the API what the page under test does not."""
    return {"Authorization": f"Bearer {up.token}"}


def sketch(page: Page) -> None:
    """A round 0, drawn with the mouse."""
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    for step in range(49):
        at = 2 * math.pi * step / 48
        x = box["x"] + box["width"] * (0.5 + 0.2 * math.sin(at))
        page.mouse.move(x, box["y"] + box["height"] * (0.5 - 0.35 * math.cos(at)))
        if step == 0:
            page.mouse.down()
    page.mouse.up()
