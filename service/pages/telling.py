"""What there is to say of a job, in the reader's language: what `scripts/jobs/telling.js` says of it live."""

from datetime import UTC, datetime
from typing import Any

from core.tables import ACTIVE
from service.language import translated as _
from service.pages import figures

# What a list shows of a job's metrics.
FEW = 2


def status(word: str) -> str:
    """A status."""
    known = {
        "queued": _("queued"),
        "running": _("running"),
        "succeeded": _("succeeded"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
    }
    return known[word]


def state(job: dict[str, Any]) -> str:
    """Its status, and whether it is about to change."""
    if job["status"] == "running" and job["cancel_requested"]:
        return _("being cancelled")
    return status(job["status"])


def waiting(queue: dict[str, Any]) -> str:
    """Why it waits, or for how many others."""
    if queue["reason"]:
        known = {
            "no worker is there": _("Waits for a worker: there is none."),
            "no worker takes jobs for a CPU": _("Waits for a worker with a CPU for jobs: there is none."),
            "no worker has a GPU": _("Waits for a GPU: no worker has one."),
        }
        return known.get(queue["reason"], _("Waits: %(reason)s.") % {"reason": queue["reason"]})
    if queue["position"] == 1:
        return _("Next in the queue")
    return _("Number %(place)s in the queue") % {"place": figures.whole(queue["position"])}


def begins(queue: dict[str, Any]) -> str:
    """When it may begin, if that can be guessed."""
    start: datetime | None = queue["estimated_start"]
    if start is None:
        return ""
    seconds = round((start - datetime.now(UTC)).total_seconds())
    if seconds <= 0:
        return _("Begins any moment")
    return _("Begins in about %(time)s") % {"time": figures.duration(seconds)}


def progress(job: dict[str, Any]) -> str:
    """How far it is: nothing before its first epoch."""
    told = job["progress"]
    if not told:
        return ""
    here = {"epoch": figures.whole(told["epoch"]), "epochs": figures.whole(told["epochs"])}
    return _("Epoch %(epoch)s of %(epochs)s") % here


def left(job: dict[str, Any]) -> str:
    """How long the training may still take, while it runs."""
    told = job["progress"]
    if job["status"] != "running" or not told:
        return ""
    if told["eta_seconds"] <= 0:
        return _("Trained; it is tested and stored.")
    return _("About %(time)s left") % {"time": figures.duration(told["eta_seconds"])}


def done(job: dict[str, Any]) -> float:
    """The share of its steps that are done, from 0 to 1."""
    if job["status"] == "succeeded":
        return 1.0
    told = job["progress"]
    if not told:
        return 0.0
    share: float = (told["epoch"] - 1 + told["step"] / max(1, told["steps"])) / max(1, told["epochs"])
    return min(1.0, max(0.0, round(share, 3)))


def took(job: dict[str, Any]) -> str:
    """How long it took from its beginning to its end."""
    began: datetime | None = job["started_at"]
    ended: datetime | None = job["finished_at"]
    return figures.duration((ended - began).total_seconds()) if began and ended else ""


def ended(job: dict[str, Any]) -> bool:
    """Whether nothing more happens to it."""
    return job["status"] not in ACTIVE


def few(metrics: dict[str, float | None]) -> dict[str, float | None]:
    """The first metrics, of held-back rows where there are such."""
    names = [name for name in metrics if not name.startswith("val_")][:FEW]
    chosen = [f"val_{name}" if f"val_{name}" in metrics else name for name in names]
    return {name: metrics[name] for name in chosen}
