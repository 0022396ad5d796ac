from collections.abc import Iterator

import pytest

from tests.stacks import Up, running


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with running(tmp_path_factory.mktemp("samples") / "home") as up:
        yield up
