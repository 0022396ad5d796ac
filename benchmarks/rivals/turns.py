"""How a rival talks with who measures it: it trains whenever a line comes in, and tells how long that took.

It needs nothing but Python: not every rival's environment has more.
"""

import json
import sys
import time
from collections.abc import Callable


def take(train: Callable[[], int], about: Callable[[], str] = str) -> None:
    """Trains once to warm up, and then once for every line that is read.

    Args:
        train: answers on how many rows.
        about: words about how it trains.
    """
    train()
    _tell({"ready": True})
    for _ in sys.stdin:
        began = time.perf_counter()
        rows = train()
        _tell({"rows": rows, "seconds": time.perf_counter() - began, "about": about()})


def _tell(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)
