from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import browsers
from tests.browser.browsers import Visit
from tests.stacks import Up, running

MISSING = "NO BROWSER: the pages were NOT tested. Install Debian's package `chromium`, or see .ci/run."


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if browsers.CHROMIUM is None:
        for item in items:
            if "browser" in item.path.parts:
                item.add_marker(pytest.mark.skip(MISSING))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The real service and a real worker, with nothing in them."""
    with running(tmp_path_factory.mktemp("pages") / "home") as up:
        yield up


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsers.browser() as chromium:
        yield chromium


@pytest.fixture
def visit(chromium: Browser, stack: Up) -> Iterator[Callable[..., Visit]]:
    """Begins a visit, with Playwright's options for a context; each must end without any trouble."""
    begun: list[Visit] = []

    def begin(**options: Any) -> Visit:  # noqa: ANN401 - Playwright's
        begun.append(Visit(chromium, stack.url, **options))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()


@pytest.fixture
def page(visit: Callable[..., Visit], stack: Up) -> Page:
    """A page of an administrator who has signed in."""
    return visit().signed_in(stack.token)
