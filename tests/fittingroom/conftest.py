import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.fittingroom.rooms import Room, handler_of


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    room = Room("")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(room)) as server:
        room.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv("FITTINGROOM_URL", room.url)
        monkeypatch.setenv("FITTINGROOM_TOKEN", "fr_secret")
        yield room
        server.shutdown()
        thread.join()
