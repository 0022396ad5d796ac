"""How a rival talks with who measures it: it trains whenever a line comes in, and tells how long that took.

It needs nothing but Python: not every rival's environment has more.
"""

import json
import sys
import time
from collections.abc import Callable


def take(
    train: Callable[[], int], about: Callable[[], str] = str, warm_up: Callable[[], int] | None = None
) -> None:
    """Tells that it is ready, and trains for every line that is read.

    Args:
        train: answers on how many rows.
        about: words about how it trains.
        warm_up: what the first line asks for, if it is more than what the others do.
    """
    _tell({"ready": True})
    for number, _ in enumerate(sys.stdin):
        began = time.perf_counter()
        rows = train() if number or warm_up is None else warm_up()
        _tell({"rows": rows, "seconds": time.perf_counter() - began, "about": about()})


def _tell(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)
