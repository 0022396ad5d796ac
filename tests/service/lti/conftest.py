from collections.abc import Callable, Iterator

import pytest

from tests.lti.platform import Platform
from tests.service.houses import House, Served
from tests.service.lti.people import Person, client


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform().start()
    yield platform
    platform.close()


@pytest.fixture
def person(platform: Platform) -> Iterator[Callable[..., Person]]:
    """Makes somebody on the platform, with a browser."""
    made: list[Person] = []

    def make(service: Served | House, sub: str, role: str = "Learner") -> Person:
        made.append(Person(client(service), platform, sub, role))
        return made[-1]

    yield make
    for one in made:
        one.http.close()
