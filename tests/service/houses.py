"""The service for tests: in this process, or as the real one behind a real port."""

import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx
from werkzeug.test import TestResponse

from core import jobs, users
from core.config import Settings
from core.datasets import catalogue, limits
from core.datasets.options import parse_options
from core.datasets.reading import Reading, Upload, read_apart
from core.tables import Job
from service import describing
from service.app import create_app
from service.parts import Parts
from tests.service.checking import check

ROOT = Path(__file__).parents[2]
CSV = b"a,b,label\n" + b"".join(
    b"%d,%d,%s\n" % (n, n * n % 7, b"odd" if n % 2 else b"even") for n in range(40)
)
SPEC: dict[str, Any] = {
    "dataset": "numbers",
    "model": {"layers": [{"type": "Dense", "units": 2, "activation": "softmax"}]},
}


def wait_until(holds: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


class House:
    """The application in this process, with two users and an administrator."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self.parts: Parts = self.app.extensions["parts"]
        with self.parts.database.writing() as session:
            self.tokens = {
                name: users.create_token(session, user=name, role=role)
                for name, role in (("ann", "user"), ("bob", "user"), ("root", "admin"))
            }
            found = (users.authenticate(session, token) for token in self.tokens.values())
            self.users = {user.name: user for user in found if user}

    def close(self) -> None:
        self.parts.stop()

    def ask(
        self,
        method: str,
        path: str,
        *,
        by: str | None = "ann",
        headers: dict[str, str] | None = None,
        **request: Any,  # noqa: ANN401 - the test client's arguments
    ) -> TestResponse:
        told = {"Authorization": f"Bearer {self.tokens[by]}"} if by else {}
        answer = self.app.test_client().open(path, method=method, headers=told | (headers or {}), **request)
        check(self.app, method, path, answer)
        return answer

    def upload(
        self,
        content: bytes = CSV,
        *,
        name: str = "numbers",
        file: str = "numbers.csv",
        options: object = None,
        by: str = "ann",
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        form: dict[str, Any] = {"name": name, "file": (io.BytesIO(content), file)}
        if options is not None:
            form["options"] = options if isinstance(options, str) else json.dumps(options)
        return self.ask("POST", "/v1/datasets", by=by, headers=headers, data=form)

    def given(
        self,
        content: bytes = CSV,
        *,
        name: str = "numbers",
        file: str = "numbers.csv",
        options: dict[str, Any] | None = None,
        by: str = "ann",
    ) -> dict[str, Any]:
        """A data set that is there, without the upload that the test is not about."""
        reading, arrays = _read(content, file, json.dumps(options or {}))
        database, sha256 = self.parts.database, hashlib.sha256(content).hexdigest()
        with database.writing() as session:
            if found := catalogue.same(session, self.users[by], name, sha256, options or {}):
                return describing.dataset(found)
            folder = Path(self.settings.home)
            for array, written in arrays.items():
                (folder / array).write_bytes(written)
            made = catalogue.add(
                session,
                self.users[by],
                name=name,
                size=len(content),
                sha256=sha256,
                options=options or {},
                reading=reading,
                artifacts=catalogue.keep_arrays(self.parts.artifacts, reading, folder),
            )
            return describing.dataset(made)

    def submit(
        self,
        *,
        by: str = "ann",
        headers: dict[str, str] | None = None,
        **changes: Any,  # noqa: ANN401 - members of a spec
    ) -> TestResponse:
        return self.ask("POST", "/v1/jobs", by=by, headers=headers, json=SPEC | changes)

    def submitted(self, **changes: Any) -> str:  # noqa: ANN401 - members of a spec
        """The id of a new job on a new data set."""
        self.given()
        answer = self.submit(**changes)
        assert answer.status_code == 202, answer.text
        job_id: str = answer.get_json()["id"]
        return job_id

    def start(self) -> tuple[Job, jobs.Lease]:
        """Claims the next job, as a worker does."""
        with self.parts.database.writing() as session:
            claimed = jobs.claim(session, worker="w1", accelerators={"cpu"}, lease_seconds=60)
        assert claimed is not None
        return claimed

    def add_epoch(self, lease: jobs.Lease, number: int, **metrics: float) -> None:
        report = {"epoch": number, "metrics": metrics, "learning_rate": 0.001, "seconds": 0.5}
        with self.parts.database.writing() as session:
            jobs.add_epoch(session, lease, report, None)

    def fail(self, lease: jobs.Lease, code: str) -> None:
        with self.parts.database.writing() as session:
            jobs.fail(session, lease, jobs.Failure(code, "it went wrong"))


@cache
def _read(content: bytes, file: str, options: str) -> tuple[Reading, dict[str, bytes]]:
    """What the real reading process makes of a file: once for all tests that need it."""
    with tempfile.TemporaryDirectory(prefix="fr-") as folder:
        path = Path(folder) / file
        path.write_bytes(content)
        chosen = parse_options(json.loads(options))
        reading = read_apart([Upload(file, path)], chosen, Path(folder) / "arrays", limits.of(Settings()))
        names = (*reading.arrays.values(), reading.encoding, reading.preview)
        return reading, {name: (Path(folder) / "arrays" / name).read_bytes() for name in names}


class Served:
    """`python -m service`, running."""

    def __init__(self, settings: Settings, token: str = "") -> None:
        self.settings = settings.model_copy(update={"port": settings.port or free_port()})
        self.token = token
        told = {
            f"FITTINGROOM_{name.upper()}": str(value)
            for name, value in self.settings.model_dump(exclude_defaults=True).items()
            if value is not None
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FITTINGROOM_")}
        self.log = Path(settings.home) / f"service-{time.monotonic_ns()}.log"
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service"],
                env=kept | told,
                cwd=ROOT,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self.http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trust_env=False,
            timeout=30,
        )

    def ready(self) -> Self:
        wait_until(lambda: self.process.poll() is not None or self.answers(), 20)
        assert self.process.poll() is None, self.log.read_text()
        return self

    def answers(self) -> bool:
        try:
            return self.http.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    @contextmanager
    def begin(
        self, method: str, path: str, body: bytes, length: int, *, by: str = "", **headers: str
    ) -> Iterator[socket.socket]:
        """Sends a request whose body is said to be longer than what is sent of it."""
        told = {
            "Host": "fittingroom",
            "Authorization": f"Bearer {by or self.token}",
            "Content-Type": "multipart/form-data; boundary=x",
            "Content-Length": str(length),
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        with socket.create_connection(("127.0.0.1", self.settings.port), 10) as connection:
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            yield connection

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def stop(self, number: int = signal.SIGTERM, seconds: float = 20) -> int:
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def close(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
