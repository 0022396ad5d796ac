"""The service within a page of another site, and in windows of its own: `localhost` against `127.0.0.1`.

A browser may keep nothing for pages in frames, or apart for each site around them (CHIPS), or all of it.
"""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.browser.browsers import ARGUMENTS, CHROMIUM, Visit, barriers, signing_in
from tests.browser.secured import Proxy, proxy
from tests.lti.platform import AGS, DL, MEMBERSHIP, Platform
from tests.service.lti.people import Person
from tests.stacks import running

CSV = "x,y,side\n" + "".join(f"{n},{n % 7},{'odd' if n % 2 else 'even'}\n" for n in range(100))
TITLE = "Odd or even"
# What Canvas's page answers to who asks from a frame in it (LTI postMessage storage 0.1).
STORE = """
const kept = new Map();
addEventListener("message", ({ data, source, origin }) => {
  const told = { subject: `${data.subject}.response`, message_id: data.message_id, key: data.key };
  if (data.subject === "lti.put_data") kept.set(origin + data.key, told.value = data.value);
  else if (data.subject === "lti.get_data") told.value = kept.get(origin + data.key);
  else return;
  source.postMessage(told, origin);
});
"""


@dataclass
class Campus:
    """A platform with pages, and the service behind HTTPS."""

    platform: Platform
    proxy: Proxy
    assignment: str = ""

    def login(self, who: str, **more: str) -> str:
        """Where a link on the platform's page leads."""
        told = self.platform.login(f"{self.proxy.url}/lti/launch", login_hint=who, **more)
        return f"{self.proxy.url}/lti/login?{urlencode(told)}"

    def page(self, path: str, inside: str, script: str = "") -> None:
        """Puts a page on the platform."""
        page = f"""<!doctype html><html lang="en"><title>Course</title><link rel="icon" href="data:,">
            {inside}<script>{script}</script>"""
        self.platform.answers[path] = [(200, {"Content-Type": "text/html"}, page.encode())]

    def frame(self, who: str, script: str = "", **more: str) -> str:
        """The address of a page in which the link opens in a frame."""
        src = escape(self.login(who, **more))
        self.page(
            f"/frame/{who}", f'<iframe title="Tool" width="800" height="700" src="{src}"></iframe>', script
        )
        return f"{self.platform.issuer}/frame/{who}"


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campus]:
    folder = tmp_path_factory.mktemp("frames")
    with ExitStack() as ends:
        secured = ends.enter_context(proxy(folder))
        up = ends.enter_context(
            running(folder / "home", public_url=secured.url, lti_private_hosts="localhost")
        )
        secured.to = lambda: urlsplit(up.url).port or 0
        platform = Platform().start("localhost")
        ends.callback(platform.close)
        told = {"headers": signing_in(up), "json": platform.registration(), "trust_env": False}
        httpx.post(f"{up.url}/v1/lti/registrations", **told).raise_for_status()
        there = Campus(platform, secured)
        there.assignment = _assigned(there, ends)
        for who, role in (("teacher", "Instructor"), ("ada", "Learner")):
            platform.coming[who] = _launch(platform, who, role)
        yield there


def _launch(platform: Platform, sub: str, role: str) -> dict[str, object]:
    presentation = {"return_url": f"{platform.issuer}/back", "locale": "en"}
    told = {"sub": sub, "name": sub, "roles": [MEMBERSHIP + role]}
    return {**told, "launch_presentation": presentation, AGS: platform.ags()}


def _assigned(campus: Campus, ends: ExitStack) -> str:
    """The teacher has been there, and made an assignment that the link leads to."""
    trusting = ssl.create_default_context(cafile=str(campus.proxy.certificate))
    told = {"base_url": campus.proxy.url, "verify": trusting, "follow_redirects": True, "timeout": 60}
    http = httpx.Client(trust_env=False, **told)
    teacher = Person(ends.enter_context(http), campus.platform, "teacher", "Instructor")
    teacher.comes()
    form = {"data": {"name": "numbers", "options": '{"target": "side"}'}, "files": {"file": ("n.csv", CSV)}}
    made = http.post("/v1/datasets", headers={"X-CSRF-Token": teacher.csrf}, **form)
    assert made.status_code == 201, made.text
    course = http.get("/v1/courses").json()["data"][0]["id"]
    document = {
        "course": course,
        "title": TITLE,
        "dataset": "numbers",
        "metric": {"name": "accuracy"},
        "scoring": {"points": [[0, 0], [1, 100]]},
    }
    assignment: str = teacher.asks("POST", "/v1/assignments", document).json()["id"]
    teacher.sends(teacher.url, assignment=assignment)
    return assignment


class Keeping:
    """A browser with a profile of its own, in which the cookies of all sites are kept, in frames too."""

    def __init__(self, chromium: Browser, folder: Path) -> None:
        self.chromium, self.folder = chromium, folder

    def new_context(self, **options: Any) -> BrowserContext:  # noqa: ANN401 - Playwright's
        """A window of that profile."""
        kind, told = self.chromium.browser_type, {"executable_path": CHROMIUM, "args": ARGUMENTS}
        return kind.launch_persistent_context(self.folder, **told, **options)


def visiting(running: Browser | Keeping, campus: Campus) -> Visit:
    """The visit of somebody who is nobody yet, to the platform's site and ours and to no other."""
    campus.proxy.partitioned = True
    visit = Visit(running, campus.proxy.url, ignore_https_errors=True)  # type: ignore[arg-type] # or as good
    visit.expected = (f"another host: {campus.platform.issuer}/",)
    return visit


@pytest.fixture
def visit(chromium: Browser, campus: Campus) -> Iterator[Visit]:
    """With no cookies of third parties, as browsers have it by default, or will."""
    visit = visiting(chromium, campus)
    yield visit
    visit.close()


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page()


def tool(page: Page) -> FrameLocator:
    """What is within the frame of the platform's page."""
    return page.frame_locator("iframe")


def is_shown(page: Page | FrameLocator, name: str = TITLE) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def follow(page: Page, within: FrameLocator | Page, button: str) -> Page:
    """The window that a button opens."""
    with page.context.expect_page() as opened:
        within.get_by_role("button", name=button).click()
    return opened.value


def test_a_student_is_let_in_within_a_frame_and_changes_things_there(page: Page, campus: Campus) -> None:
    page.goto(campus.frame("ada"))
    is_shown(tool(page))
    tool(page).get_by_role("link", name="Networks").click()
    is_shown(tool(page), "Networks")
    # A form, with the cookie and what the page has for it; the language has a cookie of its own.
    tool(page).get_by_role("button", name="Français").click()
    expect(tool(page).locator("html")).to_have_attribute("lang", "fr")
    page.reload()
    is_shown(tool(page))


def test_what_a_frame_keeps_is_not_kept_beside_it(page: Page, campus: Campus) -> None:
    page.goto(campus.frame("ada"))
    is_shown(tool(page))
    page.goto(campus.proxy.url + "/courses")
    assert urlsplit(page.url).path == "/sign-in", "another site cannot use what this one keeps"


def test_a_window_of_its_own_shows_it_too(page: Page, campus: Campus) -> None:
    link = f'<a target="_blank" rel="opener" href="{escape(campus.login("ada"))}">First network</a>'
    campus.page("/course", link)
    page.goto(f"{campus.platform.issuer}/course")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="First network").click()
    is_shown(opened.value)
    opened.value.reload()
    is_shown(opened.value)
    assert barriers(opened.value) == []


def test_a_browser_that_keeps_nothing_in_frames_is_shown_a_window(
    visit: Visit, page: Page, campus: Campus
) -> None:
    campus.proxy.partitioned = False
    visit.expected += ("status of 403",)
    page.goto(campus.frame("ada"))
    is_shown(tool(page), "Your browser keeps nothing of us in here")
    is_shown(follow(page, tool(page), "Open in a new window"))


def test_where_the_platform_keeps_things_for_us_it_is_known_who_comes(page: Page, campus: Campus) -> None:
    campus.proxy.partitioned = False
    page.goto(campus.frame("ada", STORE, lti_storage_target="_parent"))
    is_shown(tool(page), "One step more")
    is_shown(follow(page, tool(page), "Open in a new window"))


def test_where_the_cookies_of_all_sites_are_kept_a_frame_will_do(
    chromium: Browser, campus: Campus, tmp_path: Path
) -> None:
    visit = visiting(Keeping(chromium, tmp_path), campus)
    page = visit.page()
    for campus.proxy.partitioned in (True, False):
        page.goto(campus.frame("ada"))
        is_shown(tool(page))
    visit.close()


def test_who_chooses_in_a_frame_makes_the_assignment_beside_it(page: Page, campus: Campus) -> None:
    settings = {
        "deep_link_return_url": f"{campus.platform.issuer}/chosen",
        "accept_types": ["ltiResourceLink"],
    }
    choosing = {"message_type": "LtiDeepLinkingRequest", "resource_link": None}
    campus.platform.coming["chooser"] = (
        _launch(campus.platform, "teacher", "Instructor")
        | choosing
        | {DL + "deep_linking_settings": settings}
    )
    campus.page("/chosen", "<h1>It is in the course</h1>")
    page.goto(campus.frame("chooser"))
    is_shown(tool(page), "Choose an assignment")
    beside = follow(page, tool(page), "Make an assignment (in a new tab)")
    is_shown(beside, "Networks")
    beside.close()
    tool(page).get_by_role("button", name="Look again").click()
    expect(tool(page).get_by_role("radio", name=TITLE)).to_be_checked()
    tool(page).get_by_role("button", name="Put it into the course").click()
    is_shown(tool(page), "It is in the course")


def test_nothing_bars_the_way_in(visit: Visit, page: Page, campus: Campus) -> None:
    """What somebody sees who comes, as axe looks at it: a choice, and what went wrong."""
    visit.expected += ("status of 404",)
    page.goto(campus.login("chooser"))
    is_shown(page, "Choose an assignment")
    assert barriers(page) == []
    page.goto(campus.login("ada", client_id="nobody"))
    is_shown(page, "This platform is not registered here")
    assert barriers(page) == []
