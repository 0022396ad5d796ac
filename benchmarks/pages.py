"""The pages of jobs: how soon they paint when there is much, and what open pages cost browser and service."""

import asyncio
import json
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import psutil
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import measuring, stack
from core.db import Database, new_id
from core.tables import Epoch, Job, LogLine, Transition
from fittingroom import samples
from fittingroom.client import Client

JOBS, RARE = measuring.either(10_000, quick=200), 5
EPOCHS = measuring.either(10_000, quick=2_000)
READERS = measuring.either(300, quick=20)
SECONDS = measuring.either(10, quick=4)
RATE = 50
# Of `scripts/api.js`.
PATIENCE = 10
RUNS = measuring.either(3, quick=2)
SPEC = {
    "dataset": "iris",
    "model": {"layers": [{"type": "Dense", "units": 3, "activation": "softmax"}]},
    "training": {"epochs": 2, "validation_split": 0.2},
}


def measure() -> measuring.Result:
    """Milliseconds to paint, the share of a core that a live page takes, and what many pages cost."""
    with tempfile.TemporaryDirectory() as folder, stack.up(Path(folder) / "home") as client:
        home = Path(folder) / "home"
        database, token = (
            Database(f"sqlite:///{home / 'fittingroom.db'}"),
            (home / "token").read_text().strip(),
        )
        filled = _fill(database, client, Path(folder))
        with _signed_in(client, token) as page:
            paints = {what: _paints(page, path, ready) for what, path, ready in _pages(filled)}
            live = _live(page, database, filled["live"])
        load = {what: _load(client.url, token, database, ids) for what, ids in _crowds(filled).items()}
        database.close()
    rows = [[what, f"{found['first']:.0f} ms", f"{found['all']:.0f} ms"] for what, found in paints.items()]
    rows.append([f"a live page, {RATE} epochs/s", f"{100 * live:.0f} % of a core", ""])
    rows += [
        [
            what,
            f"{100 * found['cpu']:.0f} % of a core",
            f"{found['rate']:.0f} requests/s, {found['ms']:.0f} ms",
        ]
        for what, found in load.items()
    ]
    return measuring.Result(
        name="pages",
        title=f"pages of jobs, medians of {RUNS}; {READERS} readers for {SECONDS} s",
        columns=["what", "first paint, or CPU", "all there, or load"],
        rows=rows,
        data={"paint": paints, "live": live, "load": load},
    )


def _pages(filled: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Pages, and what is there when all is."""
    all_epochs = f'.plot[aria-valuemax="{EPOCHS}"]'
    return [
        (f"the list of {JOBS:,} jobs", "/jobs", "#jobs tbody tr"),
        (f"{RARE} that failed among them", "/jobs?status=failed", "#jobs tbody tr"),
        (f"{RARE} by their name", "/jobs?name=rare", "#jobs tbody tr"),
        (f"a job of {EPOCHS:,} epochs", f"/jobs/{filled['long']}", all_epochs),
        (
            "two such, compared",
            f"/jobs/compare?job={filled['long']}&job={filled['other']}",
            all_epochs,
        ),
    ]


def _crowds(filled: dict[str, Any]) -> dict[str, list[str]]:
    """Whose pages are open."""
    return {
        f"{READERS} pages of one job, {RATE} epochs/s": [filled["live"]] * READERS,
        f"{READERS} pages of jobs that wait": filled["waiting"][:READERS],
        f"{READERS} pages of jobs that run": filled["running"][:READERS],
    }


def _fill(database: Database, client: Client, folder: Path) -> dict[str, Any]:
    """A real job, and thousands that are like it but for what they are to be."""
    path, options = samples.write("iris", folder)
    client.add_dataset(path, name="iris", options=options)
    first = client.wait(client.submit(SPEC)["id"])["id"]
    print(f"  writing {JOBS} jobs and {2 * EPOCHS} epochs", file=sys.stderr)
    with database.writing() as session:
        [row] = session.execute(sa.select(Job.__table__).where(Job.id == first)).mappings()
        likes = _Likes(dict(row))
        rare = likes.make(RARE, status="failed", name="rare")
        likes.make(JOBS)
        long, other = likes.make(2)
        waiting = likes.make(READERS, status="queued", accelerator="gpu")
        far = datetime.now(UTC) + timedelta(days=1)
        held = {"status": "running", "lease_until": far, "worker": "nobody", "finished_at": None}
        running = likes.make(READERS, **held, progress=_progress(1))
        [live] = likes.make(1, **held, progress=_progress(1))
        session.execute(sa.insert(Job), likes.rows)
        at = datetime.now(UTC)
        moves = [{"job_id": one["id"], "number": 1, "status": one["status"], "at": at} for one in likes.rows]
        session.execute(sa.insert(Transition), moves)
        for job_id in (long, other):
            session.execute(sa.insert(Epoch), [_epoch(job_id, number) for number in range(1, EPOCHS + 1)])
            session.execute(sa.insert(LogLine), [_line(job_id, number) for number in range(1, EPOCHS + 1)])
    return {
        "rare": rare,
        "long": long,
        "other": other,
        "waiting": waiting,
        "running": running,
        "live": live,
    }


class _Likes:
    """Rows like one."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row, self.rows = row, list[dict[str, Any]]()

    def make(self, count: int, **changes: Any) -> list[str]:  # noqa: ANN401 - columns
        """So many more of them, with these changes; their ids."""
        made = [self.row | changes | {"id": new_id("job")} for _ in range(count)]
        self.rows += made
        return [one["id"] for one in made]


def _progress(epoch: int) -> dict[str, Any]:
    return {"epoch": epoch, "epochs": EPOCHS, "step": 1, "steps": 1, "eta_seconds": 99.0, "metrics": {}}


def _epoch(job_id: str, number: int) -> dict[str, Any]:
    loss = 1 / (1 + number / 100) + number % 7 / 100
    metrics = {"loss": loss, "accuracy": 1 - loss / 2, "val_loss": 1.1 * loss, "val_accuracy": 1 - loss}
    at = datetime.now(UTC)
    return {
        "job_id": job_id,
        "epoch": number,
        "attempt": 1,
        "metrics": metrics,
        "learning_rate": 0.001,
        "seconds": 0.02,
        "at": at,
    }


def _line(job_id: str, number: int) -> dict[str, Any]:
    line = f"Epoch {number}/{EPOCHS} - loss: 0.5 - accuracy: 0.9 - val_loss: 0.6 - 0.02 s"
    return {"job_id": job_id, "number": number, "attempt": 1, "line": line, "at": datetime.now(UTC)}


@contextmanager
def _signed_in(client: Client, token: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(base_url=client.url, viewport={"width": 1366, "height": 768})
        page.goto("/sign-in")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        yield page
        browser.close()


def _paints(page: Page, path: str, ready: str) -> dict[str, float]:
    """Milliseconds until something is painted, and until all is there."""
    first, whole = [], []
    for _ in range(RUNS):
        page.goto(path, wait_until="commit")
        page.locator(ready).first.wait_for()
        whole.append(page.evaluate("performance.now()"))
        page.wait_for_timeout(300)  # the browser notes a paint a little later
        first.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    return {"first": measuring.median(first), "all": measuring.median(whole)}


def _live(page: Page, database: Database, job_id: str) -> float:
    """The share of a core that a page takes that follows a job of many short epochs."""
    page.goto(f"/jobs/{job_id}")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    with _training(database, job_id):
        page.locator(".plot").first.wait_for()
        before = _busy(devtools.send("Performance.getMetrics"))
        page.wait_for_timeout(1000 * SECONDS)
        after = _busy(devtools.send("Performance.getMetrics"))
    page.goto("about:blank")
    return (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])


def _busy(answer: dict[str, Any]) -> dict[str, float]:
    return {one["name"]: one["value"] for one in answer["metrics"]}


@contextmanager
def _training(database: Database, job_id: str) -> Iterator[None]:
    """A job that goes on by so many epochs a second, written as a worker writes them: every half second."""
    over = threading.Event()

    def write() -> None:
        with database.reading() as session:
            last = session.scalar(sa.select(sa.func.max(Epoch.epoch)).where(Epoch.job_id == job_id)) or 0
        while not over.wait(0.5):
            fresh = range(last + 1, last + 1 + RATE // 2)
            with database.writing() as session:
                session.execute(sa.insert(Epoch), [_epoch(job_id, number) for number in fresh])
                session.execute(sa.insert(LogLine), [_line(job_id, number) for number in fresh])
                changed = {"progress": _progress(fresh[-1]), "metrics": _epoch(job_id, fresh[-1])["metrics"]}
                session.execute(sa.update(Job).where(Job.id == job_id).values(changed))
            last = fresh[-1]

    writer = threading.Thread(target=write)
    writer.start()
    yield
    over.set()
    writer.join()


def _load(url: str, token: str, database: Database, ids: list[str]) -> dict[str, float]:
    """What the service's processes take while so many pages are open, and what they ask."""
    service = _service()
    with _training(database, _live_one(database)):
        before, began = _seconds(service), time.monotonic()
        asked = asyncio.run(_read(url, token, ids))
        took = time.monotonic() - began
    return {
        "cpu": (_seconds(service) - before) / took,
        "rate": len(asked) / took,
        "ms": 1000 * measuring.median(asked),
    }


def _live_one(database: Database) -> str:
    with database.reading() as session:
        found: str = session.scalars(sa.select(Job.id).order_by(Job.id.desc()).limit(1)).one()
        return found


async def _read(url: str, token: str, ids: list[str]) -> list[float]:
    """All pages for a while; the seconds that each request took."""
    over = time.monotonic() + SECONDS
    readers = [_Reader(urlsplit(url), token, one, over) for one in ids]
    await asyncio.gather(*(one.follow(n / len(ids)) for n, one in enumerate(readers)))
    return [seconds for one in readers for seconds in one.took]


class _Reader:
    """What a page asks, at the page's pace: see `scripts/jobs/story.js`.

    By a connection of its own, as a browser has, and with nothing between that costs more than the service.
    """

    def __init__(self, url: SplitResult, token: str, job_id: str, over: float) -> None:
        self.url, self.path, self.over = url, f"/v1/jobs/{job_id}", over
        self.head = f"Host: {url.netloc}\r\nAuthorization: Bearer {token}\r\n"
        self.etag, self.seen, self.took = "", dict[str, int](), list[float]()
        self.pause = 1.0

    async def follow(self, late: float) -> None:
        await asyncio.sleep(late)
        self.reader, self.writer = await asyncio.open_connection(self.url.hostname, self.url.port)
        while time.monotonic() < self.over:
            began = time.monotonic()
            await self.look()
            await asyncio.sleep(max(self.pause, PATIENCE * (time.monotonic() - began)))
        self.writer.close()

    async def look(self) -> None:
        body = await self.ask(self.path, f"If-None-Match: {self.etag}\r\n" if self.etag else "")
        if not body:
            return
        job = json.loads(body)
        if job["status"] == "queued":
            self.pause = 5.0 if job["queue"]["position"] > 5 else 2.0
        else:
            self.pause = min(3.0, max(1.0, job["progress"]["eta_seconds"] / 60))
        for part, address in (("epochs", "epochs"), ("lines", "logs")):
            told = job["story"][part]
            if told > self.seen.setdefault(part, told):
                await self.ask(f"{self.path}/{address}?after={self.seen[part]}&limit=1000")
                self.seen[part] = told

    async def ask(self, path: str, more: str = "") -> bytes:
        began = time.perf_counter()
        self.writer.write(f"GET {path} HTTP/1.1\r\n{self.head}{more}\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = re.search(r"content-length: (\d+)", head)
        body = await self.reader.readexactly(int(length[1]) if length and " 304 " not in head[:20] else 0)
        if path == self.path and (etag := re.search(r"etag: (\S+)", head)):
            self.etag = etag[1]
        self.took.append(time.perf_counter() - began)
        return body


def _service() -> list[psutil.Process]:
    """The service's processes, which this one has started."""
    mine = psutil.Process().children(recursive=True)
    return [one for one in mine if re.search(r"-m service\b", " ".join(one.cmdline()))]


def _seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(one.cpu_times()[:2]) for one in processes)
