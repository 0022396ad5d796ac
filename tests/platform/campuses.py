"""A campus for tests: a learning platform that runs as a process of its own."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.platform.browser import Browser

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".venv-platform/bin/python"


class Campus:
    """Where it is, and who is there."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def signed_in(self, username: str) -> Iterator[Browser]:
        """Somebody's browser, after they signed in to the campus."""
        with Browser() as browser:
            browser.http.post(f"{self.url}/signin", data={"username": username}).raise_for_status()
            yield browser

    def add(self, teacher: Browser, place: str, tool: Mapping[str, str], **fields: object) -> dict[str, str]:
        """Puts a component on the course's page, of a tool with these addresses; back comes the campus's."""
        told = {
            "lti_1p3_oidc_url": tool["login_url"],
            "lti_1p3_launch_url": tool["launch_url"],
            "lti_1p3_tool_keyset_url": tool["jwks_url"],
            "lti_1p3_enable_nrps": True,
            "lti_advantage_deep_linking_enabled": True,
            "lti_advantage_deep_linking_launch_url": tool["deep_linking_url"],
            "weight": 100.0,
        }
        response = teacher.http.post(f"{self.url}/blocks/{place}", json=told | fields)
        return response.raise_for_status().json()

    def read(self, teacher: Browser, what: str) -> dict[str, Any]:
        """The `gradebook`, or the `members`."""
        return teacher.http.get(f"{self.url}/{what}").raise_for_status().json()


@contextmanager
def campus(log: Path) -> Iterator[Campus]:
    """A campus that answers. What it says of its requests is in `log`."""
    assert PYTHON.exists(), (
        "`make test` sets up the platform's environment; `make .venv-platform/.installed` alone"
    )
    with (
        log.open("w") as said,
        subprocess.Popen(
            [PYTHON, "-m", "campus"], cwd=HERE, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, log.read_text()
            yield Campus(url)
        finally:
            process.kill()
