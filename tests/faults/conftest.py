from collections.abc import Iterator

import pytest

from fittingroom import demo
from fittingroom.client import Client
from tests.stacks import Up, running


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A stack that soon notices what is lost, and leaves many checkpoints."""
    home = tmp_path_factory.mktemp("stack") / "home"
    with running(
        home,
        checkpoint_seconds="0.3",
        lease_seconds="3",
        heartbeat_seconds="0.5",
        sweep_seconds="1",
        slot_memory_bytes="2500000000",
    ) as up:
        path, _ = demo.write_digits(home)
        with up.client() as client:
            client.add_dataset(path, name="digits")
        yield up


@pytest.fixture
def client(stack: Up) -> Iterator[Client]:
    with stack.client() as client:
        yield client
