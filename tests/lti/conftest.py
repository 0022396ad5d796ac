import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lti.browsing import Browser, Tool
from tests.lti.platform import Platform


@pytest.fixture(scope="module")
def running_platform() -> Iterator[Platform]:
    platform = Platform().start()
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def running_tool(
    running_platform: Platform, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Tool]:
    """One for all tests of a file: they launch people of their own."""
    home = tmp_path_factory.mktemp("tool")
    tool = Tool(home, f"sqlite:///{shutil.copy(sqlite_template, home / 'fittingroom.db')}")
    tool.register(running_platform)
    yield tool
    tool.close()


@pytest.fixture
def platform(running_platform: Platform) -> Platform:
    running_platform.forget()
    return running_platform


@pytest.fixture
def tool(running_tool: Tool) -> Tool:
    return running_tool


@pytest.fixture
def browser(tool: Tool) -> Iterator[Browser]:
    browser = Browser(tool)
    yield browser
    browser.http.close()
