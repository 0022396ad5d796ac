"""Every exercise on a real stack: its baseline reaches its baseline, and a student its target; and nobody is
told a hidden row.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from core.courses import exercises
from core.db import Database
from core.tables import Assignment
from fittingroom import Client
from fittingroom.exercises import COURSE
from tests.stacks import Up, running

NAMES = [one.name for one in exercises.listed()]


class Class:
    """A stack with the course of all exercises, and a student in it."""

    def __init__(self, up: Up) -> None:
        self.up, self.teacher = up, up.client()
        told = os.environ | {"FITTINGROOM_URL": up.url, "FITTINGROOM_TOKEN": up.token}
        command = [sys.executable, "-m", "fittingroom", "samples", "add", "exercises", "--json"]
        done = subprocess.run(command, env=told, capture_output=True, text=True, check=False, timeout=90)
        assert done.returncode == 0, done.stderr
        given = json.loads(done.stdout)
        self.course, self.assignments = given["course"], dict(zip(NAMES, given["assignments"], strict=True))
        token = self.ask("POST", "/v1/tokens", {"user": "student", "role": "user"})["token"]
        self.ask("POST", f"/v1/courses/{self.course['id']}/members", {"user": "student", "role": "student"})
        self.student = Client(up.url, token)
        # All at once, so that the slots are never idle.
        self.handed_in = {
            one.name: self.student.hand_in(
                self.assignments[one.name]["id"],
                {"model": one.reference.model, "training": one.reference.training},
            )
            for one in exercises.listed()
        }

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.up.token}"}
        answer = httpx.request(method, f"{self.up.url}{path}", json=body, headers=headers, trust_env=False)
        assert answer.status_code < 300, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def ended(self, submission: str, *, by: Client) -> dict[str, Any]:
        job = self.teacher.wait(by.submission(submission)["job"])
        assert job["status"] == "succeeded", job["error"]
        return dict(by.submission(submission))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    with running(tmp_path_factory.mktemp("exercises") / "home", slots="2") as up:
        made = Class(up)
        yield made
        made.student.close()
        made.teacher.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_baseline_reaches_its_baseline_and_the_reference_its_target(name: str, room: Class) -> None:
    (entry,) = room.assignments[name]["baselines"]
    baseline = room.ended(entry["submission"], by=room.teacher)
    reference = room.ended(room.handed_in[name]["id"], by=room.student)
    assert 60 <= baseline["score"] < 90, baseline
    assert reference["score"] == 100, reference
    shown = room.ask("GET", f"/v1/assignments/{room.assignments[name]['id']}/leaderboard")["data"]
    assert [one["baseline"] for one in shown] == [False, True]


def test_the_texts_are_in_english_and_french(room: Class) -> None:
    assert room.course["name"] == COURSE
    for assignment in room.assignments.values():
        french = assignment["translations"]["fr"]
        assert french["title"] != assignment["title"]
        assert "## À faire" in french["text"]
        assert "## What to do" in assignment["text"]


def test_a_real_run_leaves_nothing_hidden_where_a_student_or_a_log_has_it(room: Class) -> None:
    name = "first-network"
    submission = room.ended(room.handed_in[name]["id"], by=room.student)
    job, model = submission["job"], submission["model"]
    hidden = room.teacher.submission(submission["id"])["teacher"]["hidden"]
    headers = {"Authorization": room.student._http.headers["Authorization"]}
    told = [
        httpx.get(f"{room.up.url}{path}", headers=headers, trust_env=False, timeout=60).text
        for path in (
            f"/v1/jobs/{job}",
            f"/v1/jobs/{job}/logs",
            f"/v1/jobs/{job}/events",
            f"/v1/jobs/{job}/epochs",
            f"/v1/models/{model['id']}",
            f"/v1/models/{model['id']}/versions/{model['version']}",
            f"/v1/submissions/{submission['id']}",
        )
    ]
    version = json.loads(told[5])
    public = room.ask("GET", f"/v1/datasets/{room.assignments[name]['dataset']}")["splits"]["test"]
    assert version["evaluation"]["rows"] == public
    secrets = [str(value) for value in hidden.values()] + hidden_hashes(room, name)
    for text in told:
        assert not [secret for secret in secrets if secret in text]
    whole = room.ask("GET", f"/v1/submissions/{submission['id']}/evaluation")
    assert whole["rows"] == room.teacher.dataset("breast_cancer")["splits"]["test"] - public
    assert "confusion_matrix" in json.dumps(whole)
    # The networks, and what a row is, are the student's to have.
    row = np.zeros(30).tolist()
    assert len(room.student.predict(model["id"], [row])["predictions"]) == 1


def hidden_hashes(room: Class, name: str) -> list[str]:
    path: Path = room.up.home / "fittingroom.db"
    database = Database(f"sqlite:///{path}")
    with database.reading() as session:
        found = session.get_one(Assignment, room.assignments[name]["id"])
        hashes: list[str] = list(found.hidden.values())
    database.close()
    return hashes
