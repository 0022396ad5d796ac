from collections.abc import Iterator

import pytest

from tests.stacks import Up


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    up = Up(tmp_path_factory.mktemp("samples") / "home")
    try:
        yield up.ready()
        assert up.stop()[0] == 0
    finally:
        up.process.kill()
        up.process.communicate()
