"""Data sets, jobs and models as the API tells them."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy.orm import Session

from core import jobs, workers
from core.errors import Fault
from core.tables import Dataset, Job, Model, ModelVersion


def fault(found: Fault) -> dict[str, Any]:
    """Something that is wrong, or that a teacher would say: with code and suggestion if it has them."""
    described: dict[str, Any] = {"pointer": found.pointer, "detail": found.detail}
    if found.code is not None:
        described["code"] = found.code
    if found.suggestion is not None:
        described["suggestion"] = {"detail": found.suggestion.detail, "patch": found.suggestion.patch}
    return described


def dataset(row: Dataset) -> dict[str, Any]:
    """A data set, as it was understood."""
    return {
        "id": row.id,
        "object": "dataset",
        "name": row.name,
        "format": row.format,
        "bytes": row.bytes,
        "sha256": row.sha256,
        **row.description,
        "options": row.options,
        "created_at": row.created_at,
    }


def job(session: Session, row: Job) -> dict[str, Any]:
    """All of a job."""
    [brief] = jobs_briefly(session, [row])
    return {
        **brief,
        "story": jobs.recorded(session, row),
        "transitions": [jobs.describe_transition(moved) for moved in row.transitions],
        "spec": row.spec,
        "resolved": row.resolved,
        "resolved_sha256": row.resolved_sha256,
        "plan": row.plan,
        "environment": row.environment,
    }


def jobs_briefly(session: Session, rows: Sequence[Job]) -> list[dict[str, Any]]:
    """Jobs in a list, each with its place in the queue while it has one."""
    queued = [row for row in rows if row.status == "queued"]
    places = _places(session, queued) if queued else {}
    return [{**job_briefly(row), "queue": places.get(row.id)} for row in rows]


def job_briefly(row: Job) -> dict[str, Any]:
    """A job without its place in the queue."""
    return {
        "id": row.id,
        "object": "job",
        "name": row.name,
        "status": row.status,
        "cancel_requested": row.cancel_requested,
        "progress": row.progress,
        "metrics": row.metrics,
        "attempt": row.attempt,
        "error": row.error,
        "model": made(row),
        "dataset": row.data,
        "priority": row.priority,
        "tags": row.tags,
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }


def queue(session: Session, row: Job) -> dict[str, Any] | None:
    """A queued job's place, and when it may begin; None once it has."""
    return jobs_briefly(session, [row])[0]["queue"]  # type: ignore[no-any-return]


def _places(session: Session, queued: Sequence[Job]) -> dict[str, dict[str, Any]]:
    positions = jobs.positions(session, queued)
    begins = jobs.estimate_starts(session, positions.values())
    wanted = {(row.accelerator, row.gpus) for row in queued}
    reasons = {one: workers.missing(session, *one) for one in wanted}
    places = {}
    for row in queued:
        position, reason = positions.get(row.id, 1), reasons[row.accelerator, row.gpus]
        start = None if reason else begins.get(position)
        places[row.id] = {"position": position, "reason": reason, "estimated_start": start}
    return places


def made(row: Job) -> dict[str, Any] | None:
    """The version that a job made."""
    version = row.version
    if version is None:
        return None
    return {"id": version.model_id, "name": version.model.name, "version": version.version}


def model(row: Model) -> dict[str, Any]:
    """A model with its versions, and what TF Serving and KServe clients look for."""
    numbers = {version.id: version.version for version in row.versions}
    return {
        "id": row.id,
        "object": "model",
        "name": row.name,
        "versions": [version_briefly(version) for version in row.versions],
        "labels": {label.label: numbers.get(label.version_id) for label in row.labels},
        "ready": bool(row.versions),
        "model_version_status": [status(version) for version in row.versions],
        "created_at": row.created_at,
    }


def version_briefly(row: ModelVersion) -> dict[str, Any]:
    """A version in its model's list."""
    return {
        "version": row.version,
        "test": row.test,
        "parameters": row.parameters,
        "job": row.lineage.get("job"),
        "created_at": row.created_at,
    }


def version(row: ModelVersion, evaluation: bytes | None) -> dict[str, Any]:
    """All of a version; `evaluation` is JSON already, and null where there is none."""
    return {
        "id": row.id,
        "object": "model_version",
        "name": row.model.name,
        "version": row.version,
        "labels": sorted(label.label for label in row.model.labels if label.version_id == row.id),
        "test": row.test,
        "evaluation": None if evaluation is None else orjson.Fragment(evaluation),
        "parity": row.parity,
        "lineage": row.lineage,
        "inputs": row.inputs,
        "target": row.target,
        "outputs": _outputs(row),
        "parameters": row.parameters,
        "artifacts": row.artifacts,
        "ready": True,
        "served_by": served_by(row.artifacts),
        "model_version_status": [status(row)],
        "created_at": row.created_at,
    }


def _outputs(row: ModelVersion) -> list[dict[str, Any]] | None:
    """What it puts out, with the name of the target that each output is compared with."""
    if row.outputs is None:
        return None
    targets = row.target.get("parts", [row.target])
    return [output | {"target": targets[output["target"]].get("name", "target")} for output in row.outputs]


def served_by(artifacts: dict[str, Any]) -> str:
    """What answers for a version: ONNX Runtime in the service, or else Keras in a worker."""
    return "onnxruntime" if "onnx" in artifacts else "worker"


def status(row: ModelVersion) -> dict[str, Any]:
    """What TF Serving tells of a version."""
    told = {"error_code": "OK", "error_message": ""}
    return {"version": str(row.version), "state": "AVAILABLE", "status": told}
