import subprocess
import sys

from tests.service.houses import ROOT

ABSENT = (
    "tensorflow",
    "keras",
    "pyarrow",
    "sklearn",
    "onnxruntime",
    "httpx",
    "cryptography",
    "worker",
    "fittingroom",
)


def test_the_service_loads_neither_tensorflow_nor_what_else_is_heavy() -> None:
    program = f"import sys, service.app; print([name for name in {ABSENT!r} if name in sys.modules])"
    assert printed_by(program) == "[]"


def test_the_process_that_watches_does_without_flask_and_the_database() -> None:
    names = ("flask", "sqlalchemy", "celery", "numpy")
    program = f"import sys, service.__main__; print([name for name in {names!r} if name in sys.modules])"
    assert printed_by(program) == "[]"


def printed_by(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
