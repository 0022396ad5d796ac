"""Several jobs over each other: how they went, and in what they differ."""

from typing import Any

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import Session

from core import jobs, specs
from core.tables import Epoch, Job
from service import auth, describing, parts
from service.pages import figures, site, telling
from service.pages.site import pages

# As many as there are colours that can be told apart.
MOST = 6
# What differs is read by a person.
MOST_DIFFERENCES = 200


@pages.get("/jobs/compare")
def compare() -> Response:
    """Several jobs over each other, by one metric."""
    asked = list(dict.fromkeys(request.args.getlist("job")))
    with parts.of_app().database.reading() as session:
        rows = [jobs.find(session, auth.caller(), one) for one in asked[:MOST]]
        runs = [_run(session, row) for row in rows]
        offered = jobs.page(session, auth.caller(), after=None, limit=20) if len(runs) < MOST else ()
    metrics = list(dict.fromkeys(name for run in runs for name in run["metrics"]))
    wanted = request.args.get("metric", "")
    return site.show(
        "jobs/compare.html",
        runs=runs,
        metrics=metrics,
        ways={name: told["way"] for run in runs for name, told in run["metrics"].items()},
        chosen=wanted if wanted in metrics else next(iter(metrics), None),
        differences=differences([row.resolved for row in rows]),
        offered=[row for row in offered if row.id not in asked],
        too_many=len(asked) > MOST,
        most=MOST,
        telling=telling,
        figures=figures,
    )


def differences(documents: list[dict[str, Any]]) -> list[tuple[str, list[object]]]:
    """The settings that are not the same in all, each with its value in every one; None where it is not."""
    flat = [dict(_settings(document)) for document in documents]
    names = dict.fromkeys(name for one in flat for name in one)
    values = ((name, [one.get(name) for one in flat]) for name in names)
    found = [(name, told) for name, told in values if any(value != told[0] for value in told)]
    return found[:MOST_DIFFERENCES]


def _settings(value: object, name: str = "") -> list[tuple[str, object]]:
    """Every setting by its path. What has a name stands under it: layers may be at different places."""
    if isinstance(value, dict) and value:
        found = list(value.items())
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        found = [(str(one.get("name", place)), one) for place, one in enumerate(value)]
    else:
        return [(name, value)]
    return [pair for key, one in found for pair in _settings(one, f"{name}.{key}" if name else str(key))]


def _run(session: Session, row: Job) -> dict[str, Any]:
    better = specs.directions(specs.Resolved.model_validate(row.resolved).outputs)
    query = sa.select(Epoch.epoch, Epoch.metrics).where(Epoch.job_id == row.id).order_by(Epoch.epoch)
    told = session.execute(query).all()
    names = told[-1].metrics if told else {}
    return {
        "job": describing.job(session, row),
        "epochs": len(told),
        "metrics": {
            name: _best([(epoch, metrics.get(name)) for epoch, metrics in told], _way(better, name))
            for name in names
        },
    }


def _way(better: dict[str, Any], name: str) -> str:
    return str(better.get(name.removeprefix("val_"), "min"))


def _best(values: list[tuple[int, float | None]], way: str) -> dict[str, Any]:
    """The best value and its epoch, and the last."""
    known = [(value, epoch) for epoch, value in values if value is not None]
    if not known:
        return {"best": None, "epoch": None, "last": None, "way": way}
    best, epoch = min(known, key=lambda one: (one[0] if way == "min" else -one[0], one[1]))
    return {"best": best, "epoch": epoch, "last": values[-1][1], "way": way}
