import pytest

from worker import child


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    child.warm_up()
