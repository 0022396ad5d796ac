"""What the command line prints for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

STYLES = {
    "queued": "yellow",
    "running": "cyan",
    "succeeded": "green",
    "failed": "red",
    "cancelled": "magenta",
}


def say(console: Console, text: str, style: str = "") -> None:
    """A line as it is: paths and messages are neither wrapped, coloured nor read as markup."""
    console.print(Text(text, style=style), soft_wrap=True)


def datasets(console: Console, page: Mapping[str, Any]) -> None:
    """A page of data sets."""
    shown = table("name", "id", "format", "rows", "target", "split", "made")
    for item in page["data"]:
        splits = item.get("splits") or {}
        shown.add_row(
            *cells(
                item.get("name"),
                item.get("id"),
                item.get("format"),
                item.get("rows"),
                _target(item.get("target") or {}),
                " + ".join(f"{count} {name}" for name, count in splits.items()),
                moment(item.get("created_at")),
            )
        )
    _print(console, shown, page, "data sets")


def jobs(console: Console, page: Mapping[str, Any]) -> None:
    """A page of jobs."""
    shown = table("id", "name", "status", "epoch", "metrics", "made")
    for item in page["data"]:
        made = moment(item.get("created_at"))
        row = cells(item.get("id"), item.get("name"), item.get("status"), _epoch(item), metrics(item), made)
        row[2].style = STYLES.get(str(item.get("status")), "")
        shown.add_row(*row)
    _print(console, shown, page, "jobs")


def models(console: Console, page: Mapping[str, Any]) -> None:
    """A page of models."""
    shown = table("name", "id", "versions", "labels", "made")
    for item in page["data"]:
        labels = item.get("labels") or item.get("aliases") or {}
        shown.add_row(
            *cells(
                item.get("name"),
                item.get("id"),
                _versions(item.get("versions")),
                ", ".join(f"{label} → {number}" for label, number in labels.items()) if labels else None,
                moment(item.get("created_at")),
            )
        )
    _print(console, shown, page, "models")


def job(console: Console, item: Mapping[str, Any]) -> None:
    """One job, a line for each thing that there is to tell."""
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_column(style="dim")
    shown.add_column(overflow="fold")
    queue = item.get("queue") or {}
    told = {
        "job": item.get("id"),
        "name": item.get("name"),
        "status": _status(item),
        "place in the queue": queue.get("position"),
        "waits, as": queue.get("reason"),
        "data set": (item.get("dataset") or {}).get("id"),
        "epoch": _epoch(item),
        "metrics": metrics(item),
        "attempt": item.get("attempt"),
        "model": model_of(item),
        "error": reason(item),
        "made": moment(item.get("created_at")),
        "started": moment(item.get("started_at")),
        "finished": moment(item.get("finished_at")),
    }
    for name, value in told.items():
        if value not in {None, ""}:
            shown.add_row(*cells(name, value))
    console.print(shown)


def predictions(console: Console, values: Sequence[Any]) -> None:
    """A line for each row's prediction."""
    shown = table("row", "prediction")
    for number, value in enumerate(values, start=1):
        shown.add_row(*cells(number, short(value)))
    console.print(shown)


def short(value: Any) -> str:  # noqa: ANN401 (any JSON)
    """A value on one line: numbers to four digits, what is long cut short."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        shown = ", ".join(short(part) for part in value[:12])
        return f"[{shown}{', …' if len(value) > 12 else ''}]"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {short(part)}" for key, part in value.items())
    return "-" if value is None else str(value)


def metrics(item: Mapping[str, Any]) -> str:
    """A job's or an epoch's metrics on one line."""
    return "  ".join(f"{name} {short(value)}" for name, value in (item.get("metrics") or {}).items())


def reason(item: Mapping[str, Any]) -> str | None:
    """Why a job failed, and what may help."""
    error = item.get("error")
    if not error:
        return None
    told = f"{error.get('message') or ''} ({error.get('code')})".strip()
    return f"{told}\n{error['hint']}" if error.get("hint") else told


def model_of(item: Mapping[str, Any]) -> str | None:
    """The model version that a job made."""
    model = item.get("model")
    if isinstance(model, Mapping):
        return f"{model.get('name') or item.get('name')} version {model.get('version')}"
    return str(model) if model else None


def size(count: int) -> str:
    """Bytes in a unit that one can picture."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= bytes_:
            return f"{count / bytes_:.3g} {unit}"
    return f"{count} bytes"


def moment(time: str | None) -> str | None:
    """A time to the second, in UTC."""
    return time[:19].replace("T", " ") if time else None


def _status(item: Mapping[str, Any]) -> str:
    ending = item.get("cancel_requested") and item.get("status") in {"queued", "running"}
    return f"{item.get('status')}{', to be cancelled' if ending else ''}"


def _target(target: Mapping[str, Any]) -> str | None:
    """What is predicted, by its names; where it has none, by its kind."""
    parts = target.get("parts") or [target]
    return ", ".join(str(one.get("column") or one.get("name") or one.get("kind") or "") for one in parts)


def _epoch(item: Mapping[str, Any]) -> str | None:
    progress = item.get("progress")
    return f"{progress.get('epoch')}/{progress.get('epochs')}" if progress else None


def _versions(versions: Any) -> str | None:  # noqa: ANN401 (a list of numbers or of objects)
    if not isinstance(versions, list):
        return None if versions is None else str(versions)
    return ", ".join(str(one.get("version") if isinstance(one, Mapping) else one) for one in versions)


def table(*columns: str) -> Table:
    """An empty table."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        # Somebody will copy the id: it is never cut.
        shown.add_column(column, no_wrap=column in {"id", "name"}, overflow="fold")
    return shown


def cells(*values: object) -> list[Text]:
    """A row of a table."""
    # As Text, because a name or a message may hold what Rich takes for markup.
    return [Text("" if value is None else str(value)) for value in values]


def _print(console: Console, shown: Table, page: Mapping[str, Any], what: str) -> None:
    if not page["data"]:
        say(console, f"no {what}")
        return
    console.print(shown)
    if page.get("has_more"):
        last: Iterable[Any] = page["data"][-1].get("id")
        say(console, f"there are more: --after {last}", "dim")
