"""Jobs and models as the API tells them."""

from typing import Any

from sqlalchemy.orm import Session

from core import jobs
from core.tables import Job, Model, ModelVersion


def job(session: Session, row: Job) -> dict[str, Any]:
    """All of a job."""
    return {
        **job_briefly(row),
        "queue": _queue(session, row),
        "transitions": [jobs.describe_transition(moved) for moved in row.transitions],
        "spec": row.spec,
        "resolved": row.resolved,
        "resolved_sha256": row.resolved_sha256,
        "plan": row.plan,
        "environment": row.environment,
    }


def job_briefly(row: Job) -> dict[str, Any]:
    """A job in a list."""
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
        "model": _made(row),
        "dataset": row.data,
        "priority": row.priority,
        "tags": row.tags,
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }


def _queue(session: Session, row: Job) -> dict[str, Any] | None:
    if row.status != "queued":
        return None
    place = jobs.position(session, row)
    return {"position": place, "estimated_start": jobs.estimate_start(session, place)}


def _made(row: Job) -> dict[str, Any] | None:
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
        "ready": any(served(version) for version in row.versions),
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


def version(row: ModelVersion) -> dict[str, Any]:
    """All of a version."""
    return {
        "id": row.id,
        "object": "model_version",
        "name": row.model.name,
        "version": row.version,
        "labels": sorted(label.label for label in row.model.labels if label.version_id == row.id),
        "test": row.test,
        "parity": row.parity,
        "lineage": row.lineage,
        "inputs": row.inputs,
        "target": row.target,
        "parameters": row.parameters,
        "artifacts": row.artifacts,
        "ready": served(row),
        "model_version_status": [status(row)],
        "created_at": row.created_at,
    }


def served(row: ModelVersion) -> bool:
    """Whether predictions can be had of it here."""
    return "onnx" in row.artifacts


def status(row: ModelVersion) -> dict[str, Any]:
    """What TF Serving tells of a version."""
    if served(row):
        return _status(row, "AVAILABLE", "OK", "")
    return _status(row, "END", "UNIMPLEMENTED", "It could not be exported to ONNX.")


def _status(row: ModelVersion, state: str, code: str, message: str) -> dict[str, Any]:
    told = {"error_code": code, "error_message": message}
    return {"version": str(row.version), "state": state, "status": told}
