"""A course for tests: ann teaches it, bob and carl are in it; and a worker that scores what it is told."""

from typing import Any

from werkzeug.test import TestResponse

from core import jobs, models, users
from core.courses import marking
from core.tables import Job
from tests.core import things
from tests.service.houses import House

CSV = b"a,b,label\n" + b"".join(
    b"%d,%d,%s\n" % (n, n * n % 7, b"odd" if n % 2 else b"even") for n in range(200)
)
NETWORK: dict[str, Any] = {"layers": [{"type": "Dense", "units": 2, "activation": "softmax"}]}
SUBMISSION: dict[str, Any] = {"model": NETWORK, "training": {"epochs": 3}}


def evaluation(accuracy: float) -> dict[str, Any]:
    means = {"precision": accuracy, "recall": accuracy, "f1": accuracy}
    told = {"kind": "class", "accuracy": accuracy, "macro": means, "weighted": means}
    return {"rows": 20, "outputs": {"dense": told}}


class Classroom:
    """Ann's course, with one assignment at a time."""

    def __init__(self, house: House) -> None:
        self.house = house
        with house.parts.database.writing() as session:
            for name in ("carl", "dora"):
                house.tokens[name] = users.create_token(session, user=name, role="user")
        self.source = house.given(CSV)
        self.course: str = self.post("/v1/courses", {"name": "Learning"})["id"]
        for name in ("bob", "carl"):
            self.post(f"/v1/courses/{self.course}/members", {"user": name, "role": "student"})

    def ask(self, method: str, path: str, body: object = None, *, by: str = "ann") -> TestResponse:
        return self.house.ask(method, path, by=by, json=body)

    def post(self, path: str, body: object, *, by: str = "ann") -> dict[str, Any]:
        answer = self.ask("POST", path, body, by=by)
        assert answer.status_code in {201, 202}, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def get(self, path: str, *, by: str = "ann") -> dict[str, Any]:
        answer = self.ask("GET", path, by=by)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return told

    def assigned(self, **more: Any) -> str:  # noqa: ANN401 - members of an assignment
        """The id of a new assignment."""
        document = {
            "course": self.course,
            "title": "Odd or even",
            "dataset": "numbers",
            "metric": {"name": "accuracy"},
            "scoring": {"points": [[0, 0], [1, 100]]},
        }
        made: str = self.post("/v1/assignments", document | more)["id"]
        return made

    def submit(self, assignment: str, *, by: str = "bob", **more: Any) -> TestResponse:  # noqa: ANN401
        return self.ask("POST", f"/v1/assignments/{assignment}/submissions", SUBMISSION | more, by=by)

    def submitted(self, assignment: str, *, by: str = "bob", **more: Any) -> dict[str, Any]:  # noqa: ANN401
        answer = self.submit(assignment, by=by, **more)
        assert answer.status_code == 202, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    def score(self, accuracy: float, *, hidden: bool = True) -> str:
        """Does the next job in the queue as a worker would, with that score; answers its id."""
        job, lease = self.house.start()
        self.finish(job, lease, evaluation(accuracy) if hidden else None, "e" * 64 if hidden else None)
        return job.id

    def finish(self, job: Job, lease: jobs.Lease, hidden: dict[str, Any] | None, kept: str | None) -> None:
        """Ends a job as a worker would that scored it so."""
        with self.house.parts.database.writing() as session:
            order = marking.order(session, job)
            assert order is not None
            done = jobs.succeed(session, lease)
            if not done.scores_only:
                models.add_version(session, done, self._facts(done.dataset))
            marking.record(session, order, public=evaluation(0.5), hidden=hidden, evaluation=kept)

    def scored(self, assignment: str, accuracy: float, *, by: str = "bob", **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """A submission that got that score."""
        made = self.submitted(assignment, by=by, **more)
        self.score(accuracy)
        return self.get(f"/v1/submissions/{made['id']}", by=by)

    def grade(self, assignment: str, *, by: str = "bob") -> float | None:
        score: float | None = self.get(f"/v1/assignments/{assignment}", by=by)["mine"]["score"]
        return score

    @staticmethod
    def _facts(dataset: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
        facts = things.facts()
        facts["artifacts"]["encoding"] = {"sha256": dataset.artifacts["encoding"], "bytes": 1}
        return facts
