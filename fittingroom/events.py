"""Server-sent events, as the WHATWG's HTML standard (section 9.2.6) says to read them.

httpx's own `iter_lines` will not do: it also splits at U+2028 and the like, which may stand
unescaped in JSON.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass
class Story:
    """What a reader remembers from one connection to the next."""

    last_id: str = ""
    retry_seconds: float = 0.5

    def read(self, chunks: Iterable[bytes]) -> Iterator[tuple[str, str]]:
        """Each event's name and data. An event that the connection cut short is not one."""
        name, data, number = "", list[str](), self.last_id
        for line in lines(chunks):
            if not line:
                self.last_id = number
                if data:
                    yield name or "message", "\n".join(data)
                name, data = "", []
                continue
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if key == "event":
                name = value
            elif key == "data":
                data.append(value)
            elif key == "id" and "\0" not in value:
                number = value
            elif key == "retry" and value.isascii() and value.isdigit():
                self.retry_seconds = int(value) / 1000


def lines(chunks: Iterable[bytes]) -> Iterator[str]:
    r"""The whole lines of a stream; they end in \n, \r\n or \r."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        # A \r at the end may be half of a \r\n: the next chunk tells.
        held = b"\r" if rest.endswith(b"\r") else b""
        *whole, rest = re.split(rb"\r\n|\n|\r", rest.removesuffix(b"\r"))
        rest += held
        for line in whole:
            yield line.decode("utf-8", "replace")
