"""What a worker holds in its memory: neither Flask, nor (before there is anything to train) TensorFlow."""

import json
import subprocess
import sys


def test_a_worker_imports_neither_flask_nor_tensorflow() -> None:
    code = "import worker.app, json, sys; print(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "celery" in loaded
    assert not loaded & {"flask", "tensorflow", "keras", "service"}
