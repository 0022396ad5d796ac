"""`fittingroom up`: the embedded stack in one command, watched over until somebody ends it."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import httpx

from fittingroom import children, home, valkey
from fittingroom.children import Child, Children
from fittingroom.errors import LauncherError

READY_SECONDS = 60.0
# Deaths of the service before it ever answered that are taken for an answer.
HOPELESS_FAILURES = 3
LOOK_SECONDS = 0.05
FOREIGN = " (not known to this database any more: delete the file and start again for a new one)"
# A drained worker has put its jobs back; one that takes longer is killed, and its leases run out.
WORKER_STOP_SECONDS = 20.0
SERVICE_STOP_SECONDS = 10.0
VALKEY_STOP_SECONDS = 5.0


def up(folder: Path, *, port: int, slots: int | None, say: Callable[[str], None]) -> None:
    """Runs the stack on a home until SIGINT or SIGTERM.

    Raises:
        LauncherError: it cannot run.
    """
    require_parts("migrations", "service", "worker")
    folder = folder.absolute()
    with _stops() as stops, home.locked(folder) as lock:
        (folder / "url").unlink(missing_ok=True)  # of a launcher that was killed
        host = os.environ.get("FITTINGROOM_HOST") or "127.0.0.1"
        port = free_port(host, port)
        environment = environment_for(folder, host, port, slots)
        family = Children(say, inherited=[lock])
        family.remove_at_end(folder / "url")
        try:
            _run(family, Stack(folder, environment, address(host, port)), stops, say)
        finally:
            family.stop(lambda: stops.count > 1)
            family.close()
    say("stopped")


class Stack:
    """What is to be run, where, and with which settings."""

    def __init__(self, folder: Path, environment: dict[str, str], url: str) -> None:
        self.folder = folder
        self.environment = environment
        self.url = url

    def child(self, name: str, command: list[str], stop_seconds: float) -> Child:
        """A part of the stack, with its log in the home."""
        return Child(name, command, self.environment, self.folder / "logs" / f"{name}.log", stop_seconds)


class Stops:
    """How often somebody asked for the end."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> bool:
        """Whether somebody did."""
        return self.count > 0

    def more(self, _number: int, _frame: FrameType | None) -> None:
        """A signal handler."""
        self.count += 1


@contextmanager
def _stops() -> Iterator[Stops]:
    stops = Stops()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` leaves it
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, stops.more) for number in numbers}
    try:
        yield stops
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(family: Children, stack: Stack, stops: Stops, say: Callable[[str], None]) -> None:
    _start_broker(family, stack, stops)
    migrate(stack)
    token = first_token(stack)
    # The service last, so that it is stopped first: nothing comes in any more while the worker drains.
    family.start(stack.child("worker", part("worker"), WORKER_STOP_SECONDS))
    service = stack.child("service", part("service"), SERVICE_STOP_SECONDS)
    family.start(service)
    _await_service(family, service, stack.url, stops)
    if not stops():
        (stack.folder / "url").write_text(f"{stack.url}\n")
        say(f"Fitting Room is at {stack.url}")
        say(f"  token  {token}{'' if _is_known(stack.url, token) else FOREIGN}")
        say(f"  logs   {stack.folder / 'logs'}")
        say("Ctrl-C ends it.")
    while not stops():
        family.watch()
        time.sleep(LOOK_SECONDS)
    say("stopping …")


def _start_broker(family: Children, stack: Stack, stops: Stops) -> None:
    """Valkey, unless a broker is set; the children learn where."""
    if stack.environment.get("FITTINGROOM_BROKER_URL"):
        return
    path, temporary = valkey.socket_path(stack.folder)
    if temporary:
        family.remove_at_end(temporary)
    broker = stack.child("valkey", valkey.command(path, stack.folder), VALKEY_STOP_SECONDS)
    family.start(broker)
    _await(lambda: valkey.answers(path), family, broker, stops)
    stack.environment["FITTINGROOM_BROKER_URL"] = valkey.url(path)


def _await_service(family: Children, service: Child, url: str, stops: Stops) -> None:
    with httpx.Client(trust_env=False, timeout=1) as client:

        def answers() -> bool:
            with suppress(httpx.TransportError):
                return client.get(f"{url}/healthz").status_code == 200
            return False

        _await(answers, family, service, stops)


def _is_known(url: str, token: Path) -> bool:
    headers = {"Authorization": f"Bearer {token.read_text().strip()}"}
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/v1/me", headers=headers, trust_env=False).status_code != 401
    return True


def _await(answers: Callable[[], bool], family: Children, child: Child, stops: Stops) -> None:
    """Waits until a child answers.

    Raises:
        LauncherError: it keeps dying, or says nothing.
    """
    deadline = time.monotonic() + READY_SECONDS
    while not stops() and not answers():
        family.watch()
        if child.failures >= HOPELESS_FAILURES or time.monotonic() > deadline:
            raise LauncherError(
                f"{child.name} does not start; its log, {child.log}, ends\n{children.tail(child.log)}"
            )
        time.sleep(LOOK_SECONDS)


def migrate(stack: Stack) -> None:
    """Brings the database up to date, in a process that a Ctrl-C does not cut short."""
    done = subprocess.run(
        part("migrations"),
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode:
        raise LauncherError(
            f"the database cannot be brought up to date:\n{done.stderr or done.stdout}".rstrip()
        )


def first_token(stack: Stack) -> Path:
    """The file with the administrator's token, which is made when there is none."""
    path = stack.folder / "token"
    if path.exists() and path.read_text().strip():
        return path
    # The wheel of the client has no core, nor SQLAlchemy.
    from core import config, db, users

    database = db.Database(config.Settings(home=stack.folder).database)
    try:
        with database.writing() as session:
            token = users.create_token(session, user="admin", role="admin")
            new = home.write_secret(path.with_suffix(".new"), token)
        # Only now, with its hash in the database, is it worth having.
        new.replace(path)
    finally:
        database.close()
    return path


def require_parts(*names: str) -> None:
    """Refuses where the client alone is installed."""
    missing = [name for name in ("core", *names) if importlib.util.find_spec(name) is None]
    if missing:
        raise LauncherError(
            f"{' and '.join(missing)} not found: this is an installation of the client alone. "
            "The stack runs from the repository (`make up`) or from the images."
        )


def part(name: str) -> list[str]:
    """How to start one of the project's other packages."""
    return [sys.executable, "-m", name]


def environment_for(folder: Path, host: str, port: int, slots: int | None) -> dict[str, str]:
    """What the children are told. Settings that the user made stay, except those given as options."""
    told = {
        "FITTINGROOM_HOME": str(folder),
        "FITTINGROOM_HOST": host,
        "FITTINGROOM_PORT": str(port),
    }
    if slots is not None:
        told["FITTINGROOM_SLOTS"] = str(slots)
    return importable(os.environ) | told | {"PYTHONUNBUFFERED": "1"}


def importable(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which `python -m service` is ours, whatever the current folder holds.

    `-m` looks there first, and a folder with a `worker.py` or a `core` of its own is not rare.
    """
    root = str(Path(__file__).resolve().parents[1])
    given = environment.get("PYTHONPATH")
    path = root if not given else f"{root}{os.pathsep}{given}"
    return {**environment, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


def free_port(host: str, port: int) -> int:
    """The port itself, or a free one for 0.

    Raises:
        LauncherError: somebody has it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # Connections of a service that has just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            # A port can be bound by two at a time; only one of them may listen.
            probe.listen(1)
        except PermissionError as error:
            raise LauncherError(f"port {port} is not for you to use; choose another with --port") from error
        except OSError as error:
            if port == 0:
                raise LauncherError(f"there is no listening on {host}: {error.strerror}") from error
            raise LauncherError(f"port {port} is in use; choose another with --port") from error
        return int(probe.getsockname()[1])


def address(host: str, port: int) -> str:
    """Where a client on this machine finds the service."""
    if host in {"", "0.0.0.0", "::"}:  # noqa: S104 (compared with, not bound to)
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
