"""A small real HTTP server, which answers what a test tells it to, in place of the service."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Room:
    """What was asked, and what is answered: (status, headers, body) by (method, path), in turn."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    answers: dict[tuple[str, str], list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)

    def answer(
        self, method: str, path: str, body: object, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"Content-Type": "application/json"} | (headers or {})
        self.answers.setdefault((method, path), []).append((status, told, content))

    def stream(self, path: str, *parts: bytes) -> None:
        """An event stream that ends, or breaks, after these parts."""
        self.answer("GET", path, b"".join(parts), headers={"Content-Type": "text/event-stream"})


def handler_of(room: Room) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            room.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            turns = room.answers.get((self.command, self.path), [(404, {}, b"{}")])
            # The last answer is given again and again.
            status, headers, content = turns.pop(0) if len(turns) > 1 else turns[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 (http.server's names)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def written_event(number: int, event: str, **data: object) -> bytes:
    """A server-sent event as it goes over the wire."""
    return f"id: {number}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode()
