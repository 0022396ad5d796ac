"""Specs: what there is to say of a job before it is one."""

from typing import Any

from flask import Response

from core import jobs, speeds
from service import answers, auth, bodies, describing, parts, routes

api = routes.blueprint("specs")


@api.post("/v1/specs:check")
def check() -> Response:
    """Check a job without submitting it: shapes, arithmetic, memory, time, and what a teacher would say."""
    own, document = parts.of_app(), bodies.document()
    with own.database.reading() as session:
        checked, speed = jobs.check(session, auth.caller(), document, own.spec_limits)
    return answers.json(described(checked, speed))


def described(checked: jobs.Checked, speed: speeds.Estimate | None) -> dict[str, Any]:
    """What there is to say of a job that could be trained."""
    return {
        "object": "check",
        **checked.summary.model_dump(mode="json"),
        "resolved": checked.resolved.model_dump(mode="json"),
        "seconds_per_epoch": speed and {"estimate": speed.seconds, "from_jobs": speed.from_jobs},
        "warnings": [describing.fault(warning) for warning in checked.warnings],
    }
