"""An upload as it goes over the wire, and what it may leave."""

import psutil

from core.config import Settings
from tests.service.houses import Served

FORM = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nlarge\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
HEADERS = {"Content-Type": "multipart/form-data; boundary=x"}


def answering(served: Served) -> list[psutil.Process]:
    """The processes that answer, below the one that watches."""
    return psutil.Process(served.process.pid).children()


def nothing_left(settings: Settings) -> bool:
    scratch = settings.scratch_folder
    return not scratch.exists() or not list(scratch.iterdir())
