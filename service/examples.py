"""An answer of each shape, for readers of the API's description; a test holds each to its shape."""

from typing import Any

from service import course_examples, lti_examples, operations

AT = "2026-01-31T12:00:00Z"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_DATA = {"id": "ds_01jq", "name": "digits", "sha256": SHA256}
_SERVING = {"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
_BRIEF: dict[str, Any] = {
    "id": "job_01jq",
    "object": "job",
    "name": "digits",
    "status": "running",
    "cancel_requested": False,
    "progress": {"epoch": 3, "epochs": 5, "step": 18, "steps": 45, "eta_seconds": 2.1},
    "metrics": {"loss": 0.31, "accuracy": 0.91},
    "attempt": 1,
    "error": None,
    "model": None,
    "dataset": _DATA,
    "priority": 0,
    "tags": {},
    "created_at": AT,
    "started_at": AT,
    "finished_at": None,
    "queue": None,
}
_VERSION: dict[str, Any] = {
    "version": 1,
    "test": {"loss": 0.12, "accuracy": 0.97},
    "parameters": 101770,
    "created_at": AT,
}

_WARNING: dict[str, Any] = {
    "code": "learning_rate_high",
    "detail": "A learning rate of 10 is too large for Adam: the loss will jump about, or be no number",
    "pointer": "#/training/optimizer/learning_rate",
    "suggestion": {
        "detail": "Begin with 0.001, Keras's default for Adam",
        "patch": [{"op": "add", "path": "/training/optimizer/learning_rate", "value": 0.001}],
    },
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "Activation": {"type": "silu", "object": "activation", "names": ["swish"]},
    "Checked": {
        "object": "check",
        "layers": [
            {
                "name": "dense",
                "type": "Dense",
                "output_shape": [10],
                "parameters": 7850,
                "multiply_adds": 7840,
                "memory_bytes": 126880,
                "inputs": ["flatten"],
            }
        ],
        "parameters": 7850,
        "trainable_parameters": 7850,
        "multiply_adds": 7840,
        "memory_bytes": 327584,
        "resolved": {"inputs": [{"name": "input", "shape": [28, 28, 1], "dtype": "float32"}]},
        "seconds_per_epoch": {"estimate": 1.4, "from_jobs": 5},
        "warnings": [_WARNING],
    },
    "Alive": {"status": "ok"},
    "Classifications": {"results": [[["Adelie", 0.01], ["Chinstrap", 0.97], ["Gentoo", 0.02]]]},
    "Dataset": {
        "id": "ds_01jq",
        "object": "dataset",
        "name": "penguins",
        "format": "csv",
        "bytes": 13478,
        "sha256": SHA256,
        "rows": 344,
        "inputs": {
            "shape": [3],
            "dtype": "float32",
            "columns": [
                {"kind": "category", "name": "island", "values": ["Biscoe", "Dream", "Torgersen"], "width": 3}
            ],
        },
        "target": {"kind": "class", "name": "species", "classes": ["Adelie", "Chinstrap", "Gentoo"]},
        "splits": {"train": 276, "test": 68},
        "warnings": ['sex: 11 missing values became the category "missing"'],
        "options": {"target": "species"},
        "created_at": AT,
    },
    "Epoch": {"epoch": 1, "metrics": {"loss": 0.31}, "learning_rate": 0.001, "seconds": 0.8, "at": AT},
    "Event": {"id": "1-0-0", "event": "status", "data": {"status": "queued", "at": AT}},
    "Job": _BRIEF
    | {
        "story": {"epochs": 2, "lines": 4},
        "transitions": [
            {"status": "queued", "at": AT},
            {"status": "running", "at": AT, "attempt": 1, "worker": "w1"},
        ],
        "spec": operations.SPEC,
        "resolved": {"inputs": [{"name": "input", "shape": [28, 28, 1], "dtype": "float32"}]},
        "resolved_sha256": SHA256,
        "plan": {"threads": 1},
        "environment": {"device": "cpu"},
    },
    "JobBrief": _BRIEF,
    "Layer": {
        "type": "Flatten",
        "object": "layer",
        "description": "Makes one axis of all.",
        "group": "reshaping",
        "inputs": {"least": 1, "most": 1},
        "network": True,
        "augmentation": False,
        "arguments": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
    "Limit": {
        "limit": "max_queued_jobs",
        "value": 1000,
        "unit": "jobs",
        "description": "The most jobs of one user that wait or run at a time",
        "used": 3,
        "left": 997,
    },
    "LogLine": {"number": 1, "line": "epoch 1 of 5", "attempt": 1, "at": AT},
    "Metadata": {
        "model_spec": {"name": "digits", "signature_name": "", "version": "1"},
        "metadata": {"signature_def": {"signature_def": {"serving_default": {}}}},
        "served_by": "onnxruntime",
    },
    "Network": {
        "inputs": [{"name": "input", "shape": [28, 28, 1]}],
        "layers": [{"type": "Flatten", "name": "flatten", "inputs": ["input"]}],
        "outputs": ["dense"],
    },
    "Model": {
        "id": "mdl_01jq",
        "object": "model",
        "name": "digits",
        "versions": [_VERSION | {"job": "job_01jq"}],
        "labels": {"stable": 1},
        "ready": True,
        "model_version_status": [_SERVING],
        "created_at": AT,
    },
    "NewToken": {
        "id": "tok_01jq",
        "object": "token",
        "user": "ann",
        "role": "user",
        "created_at": AT,
        "token": "fr_…",
    },
    "Part": {
        "type": "SGD",
        "object": "optimizer",
        "description": "Steps down the gradient, with momentum if asked.",
        "names": [],
        "arguments": {"type": "object", "properties": {"learning_rate": {"type": "number", "default": 0.01}}},
    },
    "PredictionError": {"error": "row 0: there is no column 'iland'; did you mean 'island'?"},
    "Predictions": {"predictions": [[0.01, 0.97, 0.02]]},
    "Regressions": {"results": [182.5]},
    "Preview": {
        "object": "preview",
        "rows": [{"island": "Dream", "bill_length_mm": 39.5, "species": "Adelie"}],
        "columns": [
            {
                "name": "bill_length_mm",
                "kind": "number",
                "count": 274,
                "missing": 2,
                "mean": 43.9,
                "std": 5.4,
                "min": 32.1,
                "max": 59.6,
                "quantiles": {"0.25": 39.2, "0.5": 44.5, "0.75": 48.5},
                "histogram": {"edges": [32.1, 45.9, 59.6], "counts": [151, 123]},
            },
            {
                "name": "island",
                "kind": "category",
                "count": 276,
                "missing": 0,
                "distinct": 3,
                "values": [{"value": "Biscoe", "count": 134}],
            },
        ],
        "sampled_rows": 276,
        "class_counts": [{"class": "Adelie", "train": 122, "test": 30}],
        "thumbnails": [],
    },
    "Problem": {
        "type": "/problems/invalid-spec",
        "title": "The spec is not valid",
        "status": 422,
        "detail": "layers[3]: Conv2D with kernel 5x5 does not fit its 3x3 input",
        "errors": [{"pointer": "#/model/layers/3/kernel_size", "detail": "…"}],
        "request_id": "req_01jq",
    },
    "Ready": {"status": "ready", "checks": {"database": {"ok": True, "detail": "it answers"}}},
    "Sample": {
        "name": "digits",
        "object": "sample",
        "description": "Handwritten digits, as pictures of 8 by 8 pixels: which digit is it?",
        "rows": 1797,
        "format": "npz",
        "bytes": 46287,
        "dataset": None,
    },
    "Template": {
        "name": "dense",
        "object": "template",
        "description": "Layers in which everything is connected with everything.",
        "spec": operations.SPEC,
    },
    "Token": {"id": "tok_01jq", "object": "token", "user": "ann", "role": "user", "created_at": AT},
    "User": {
        "id": "usr_01jq",
        "object": "user",
        "name": "ann",
        "full_name": None,
        "role": "user",
        "created_at": AT,
        "quota": {"jobs": {"limit": 1000, "used": 3, "left": 997}},
    },
    "Version": _VERSION
    | {
        "id": "ver_01jq",
        "object": "model_version",
        "name": "digits",
        "labels": ["stable"],
        "evaluation": {
            "rows": 200,
            "outputs": {"dense": {"kind": "class", "accuracy": 0.97, "confusion_matrix": [[98, 2], [4, 96]]}},
        },
        "parity": {"agrees": True, "rows": 200, "max_difference": 1.2e-07},
        "lineage": {"job": "job_01jq", "resolved_sha256": SHA256, "dataset": _DATA},
        "inputs": {"shape": [28, 28, 1], "dtype": "float32"},
        "target": {"kind": "class", "name": "y", "classes": ["0", "1"]},
        "outputs": [{"name": "dense", "target": "y", "shape": [2], "scores": "identity"}],
        "artifacts": {"onnx": {"sha256": SHA256, "bytes": 408123}},
        "ready": True,
        "served_by": "onnxruntime",
        "model_version_status": [_SERVING],
    },
    "Worker": {
        "name": "host:1:w",
        "object": "worker",
        "slots": 1,
        "devices": ["cpu"],
        "gpus": 0,
        "draining": False,
        "busy": 1,
        "running": ["job_01jq"],
        "started_at": AT,
        "seen_at": AT,
    },
}
EXAMPLES |= course_examples.EXAMPLES | lti_examples.EXAMPLES
EXAMPLES["Person"] = EXAMPLES["User"] | {"has": {"datasets": 2, "models": 1, "jobs": 7}}
EXAMPLES["Waiting"] = EXAMPLES["JobBrief"] | {
    "status": "queued",
    "queue": {"position": 1, "reason": None, "estimated_start": AT},
    "owner": "ann",
}
EXAMPLES["Submitted"] = EXAMPLES["Job"] | {"warnings": [_WARNING]}
