import time
from collections.abc import Callable


def wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    """Returns as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
