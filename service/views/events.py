"""A job's story as it happens: server-sent events, or a list when that is asked for."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import Session

from core import jobs
from core.errors import UnavailableError
from core.tables import ACTIVE, Epoch, Job, LogLine, Transition
from service import answers, auth, describing, parts, routes
from service.parts import Parts
from service.views.jobs import JobPath

api = routes.blueprint("events", "/v1/jobs")

EVENT_STREAM = "text/event-stream"
POLL_SECONDS = 0.2
# A comment at least so often, for whoever takes silence for death; 15 s are promised. It is also what finds
# out that a reader has gone, and gives its place to the next.
COMMENT_SECONDS = 5.0
RETRY_MILLISECONDS = 500
FULL_SECONDS = 5


@api.get("/<job>/events")
def watch(path: JobPath) -> Response:
    """Watch a job: a stream of events until its end, or a list of those so far."""
    own = parts.of_app()
    cursor = jobs.Cursor.parse(request.headers.get("Last-Event-ID") or str(jobs.Cursor()))
    with own.database.reading() as session:
        job = jobs.find(session, auth.caller(), path.job)
        if (
            request.accept_mimetypes.best_match([EVENT_STREAM, "application/json"], EVENT_STREAM)
            != EVENT_STREAM
        ):
            return _listed(session, job, cursor)
    if not own.streams.acquire(blocking=False):
        raise UnavailableError(
            f"There are {own.settings.event_streams} open event streams, the most that there may be "
            "(event_streams): ask again, or poll the job with If-None-Match.",
            retry_after_seconds=FULL_SECONDS,
        )
    response = Response(Story(own, job.id, cursor).tell(), content_type=EVENT_STREAM)
    # At its end, and also if it never began.
    response.call_on_close(own.streams.release)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back
    return response


@dataclass
class Story:
    """What one reader is told, and how far it is told."""

    own: Parts
    job_id: str
    cursor: jobs.Cursor
    progress: dict[str, Any] | None = None
    told_at: float = field(default_factory=time.monotonic)

    def tell(self) -> Iterator[bytes]:
        """The stream. No connection to the database is held from one look to the next."""
        yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
        while not self.own.stopping.is_set():
            told, ended = self._look()
            if told:
                yield b"".join(told)
                self.told_at = time.monotonic()
            elif time.monotonic() - self.told_at >= COMMENT_SECONDS:
                yield b": still here\n\n"
                self.told_at = time.monotonic()
            if ended:
                return
            if not told:
                self.own.stopping.wait(POLL_SECONDS)

    def _look(self) -> tuple[list[bytes], bool]:
        """What happened since the last look, and whether it was the end."""
        try:
            with self.own.database.reading() as session:
                return self._read(session)
        except sa.exc.OperationalError:
            return [], False  # the database is away for a moment

    def _read(self, session: Session) -> tuple[list[bytes], bool]:
        # The status is read before what happened: nothing can have happened after an end that is seen here.
        found = session.execute(_counts(self.job_id)).one_or_none()
        if found is None:
            return [], True  # deleted
        status, progress, *counts = found
        told = []
        if jobs.Cursor(*(count or 0 for count in counts)) != self.cursor:
            job = session.get_one(Job, self.job_id)
            for event in jobs.events(session, job, self.cursor):
                self.cursor = event.cursor
                told.append(_written(event.kind, event.cursor, event.data))
        if progress and progress != self.progress and status == "running":
            self.progress = progress
            told.append(_written("progress", self.cursor, progress))
        if told or status in ACTIVE:
            return told, False
        job = session.get_one(Job, self.job_id)
        return [_written("end", self.cursor, _end(job))], True


def _counts(job_id: str) -> sa.Select[Any]:
    """A job's status and progress, and how long each part of its story is: one look at four indices."""

    def longest(number: Any, of: Any) -> sa.ScalarSelect[int]:  # noqa: ANN401 - mapped columns
        return sa.select(sa.func.max(number)).where(of == job_id).scalar_subquery()

    return sa.select(
        Job.status,
        Job.progress,
        longest(Transition.number, Transition.job_id),
        longest(Epoch.epoch, Epoch.job_id),
        longest(LogLine.number, LogLine.job_id),
    ).where(Job.id == job_id)


def _end(job: Job) -> dict[str, Any]:
    brief = describing.job_briefly(job)
    return {name: brief[name] for name in ("status", "error", "metrics", "model", "finished_at")}


def _written(kind: str, cursor: jobs.Cursor, data: dict[str, Any]) -> bytes:
    # One line of JSON: orjson writes line breaks in texts as \n.
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (str(cursor).encode(), kind.encode(), answers.dump(data))


def _listed(session: Session, job: Job, cursor: jobs.Cursor) -> Response:
    """What happened until now, each event with its id."""
    story = [
        {"id": str(event.cursor), "event": event.kind, "data": event.data}
        for event in jobs.events(session, job, cursor)
    ]
    last = story[-1]["id"] if story else str(cursor)
    more = bool(story) and next(jobs.events(session, job, jobs.Cursor.parse(str(last))), None) is not None
    if not more and job.progress and job.status == "running":
        story.append({"id": last, "event": "progress", "data": job.progress})
    if not more and job.status not in ACTIVE:
        story.append({"id": last, "event": "end", "data": _end(job)})
    return answers.json({"object": "list", "data": story, "has_more": more})
