"""The HTTP API as a Python object: one method per verb, answers as the dictionaries that they are."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from fittingroom import errors
from fittingroom.connection import Answer, Connection
from fittingroom.events import Story
from fittingroom.patience import Patience

if TYPE_CHECKING:
    from fittingroom.trained import History

FINISHED = frozenset({"succeeded", "failed", "cancelled"})
# The service sends a comment every 15 s: a stream that is silent for longer than this is dead.
STREAM_TIMEOUT = httpx.Timeout(5, read=45)
# The answer to an upload comes when the data set has been read, which may take minutes.
UPLOAD_TIMEOUT = httpx.Timeout(900, connect=5)


class Client(Connection):
    """A connection to Fitting Room.

    Without a `url` it is `FITTINGROOM_URL`; else what `fittingroom up` wrote to its home, which is
    `FITTINGROOM_HOME` or `./var`; else `http://127.0.0.1:8080`. Without a `token` it is
    `FITTINGROOM_TOKEN`, or, for a service on this machine alone, the token in that same home.

    Every method may raise `ApiError` (the service refused) or `UnreachableError` (it did not answer).
    """

    # Data sets

    def add_dataset(
        self,
        *paths: str | Path,
        name: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Uploads one data set, of one or several files, straight from the disk.

        Without a `name` it is made from the first file's: `Iris 2.csv` becomes `iris-2`.

        Raises:
            errors.InputError: a file cannot be read.
        """
        form = {"name": name or name_for(Path(paths[0]))}
        if options:
            form["options"] = json.dumps(options)
        with ExitStack() as opened:
            try:
                files = [
                    ("file", (Path(path).name, opened.enter_context(Path(path).open("rb")))) for path in paths
                ]
            except OSError as error:
                raise errors.InputError(f"{error.filename}: {error.strerror}") from error
            return Answer.of(
                self._send("POST", "/v1/datasets", data=form, files=files, timeout=UPLOAD_TIMEOUT)
            )

    def dataset(self, name: str) -> Answer:
        """A data set, by its name or id."""
        return Answer.of(self._send("GET", f"/v1/datasets/{quote(name, safe='')}", again=True))

    def datasets(self) -> Iterator[dict[str, Any]]:
        """All data sets that are yours to see, newest first."""
        return self.pages("/v1/datasets")

    # Jobs

    def submit(self, document: Mapping[str, Any], idempotency_key: str | None = None) -> Answer:
        """Queues a training job: `{"dataset", "model", "training", …}`."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else None
        return Answer.of(self._send("POST", "/v1/jobs", json=document, headers=headers))

    def check(self, document: Mapping[str, Any]) -> Answer:
        """Asks what there is to say of a job before it is one.

        In place of a data set it may have `input_shape` and `classes`.
        """
        return Answer.of(self._send("POST", "/v1/specs:check", json=document))

    def job(self, job_id: str) -> Answer:
        """A job as it stands."""
        return Answer.of(self._send("GET", _job(job_id), again=True))

    def jobs(self, **filters: str) -> Iterator[dict[str, Any]]:
        """All jobs, newest first; `status`, `name` and `tag` narrow it down."""
        return self.pages("/v1/jobs", **filters)

    def cancel(self, job_id: str) -> Answer:
        """Asks for a job's end. One that has ended already stays as it is."""
        return Answer.of(self._send("POST", f"{_job(job_id)}/cancel"))

    def retry(self, job_id: str) -> Answer:
        """A new attempt of a failed or cancelled job, from its last checkpoint."""
        return Answer.of(self._send("POST", f"{_job(job_id)}/retry"))

    def wait(self, job_id: str) -> Answer:
        """The job once it has ended, however. A restart of the service meanwhile is waited out."""
        patience, job, etag, pause = Patience(), Answer(), "", 0.1
        while job.get("status") not in FINISHED:
            try:
                # A job that has not changed answers 304, which costs the service next to nothing.
                headers = {"If-None-Match": etag} if etag else None
                response = self._send("GET", _job(job_id), again=True, headers=headers)
            except errors.UnreachableError as error:
                patience.failed(error)
                continue
            patience.answered()
            if response.status_code != 304:
                job, etag = Answer.of(response), response.headers.get("ETag", "")
            if job.get("status") not in FINISHED:
                time.sleep(pause)
                pause = min(2.0, pause * 1.3)
        return job

    def events(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """A job's story from its beginning to its end, as (event, data).

        The events are `status`, `progress`, `epoch`, `log` and, at last, `end`.
        A connection that breaks is made again, and the story goes on where it was.
        """
        story, patience = Story(), Patience()
        while True:
            try:
                for event, data in self._stream(job_id, story, patience):
                    yield event, json.loads(data)
                    if event == "end":
                        return
            except httpx.TransportError as error:
                patience.failed(errors.UnreachableError(self.url, str(error)))
            except errors.ApiError as error:
                if error.status not in {429, 502, 503, 504}:
                    raise
                time.sleep(error.retry_after_seconds or 1)
            else:
                time.sleep(story.retry_seconds)

    def _stream(self, job_id: str, story: Story, patience: "Patience") -> Iterator[tuple[str, str]]:
        headers = {"Accept": "text/event-stream"}
        if story.last_id:
            headers["Last-Event-ID"] = story.last_id
        with self._http.stream(
            "GET", f"{_job(job_id)}/events", headers=headers, timeout=STREAM_TIMEOUT
        ) as response:
            patience.answered()
            if response.status_code != 200:
                response.read()
                raise errors.api_error(response)
            yield from story.read(response.iter_bytes())

    # Models

    def models(self) -> Iterator[dict[str, Any]]:
        """All models, newest first."""
        return self.pages("/v1/models")

    def model(self, name: str, version: int | None = None) -> Answer:
        """A model with its versions, or one version of it with its test scores."""
        return Answer.of(self._send("GET", _model(name, version), again=True))

    def latest(self, name: str) -> int:
        """The number of a model's latest version.

        Raises:
            errors.InputError: it has none.
        """
        versions = self.model(name)["versions"]
        if not versions:
            raise errors.InputError(f"{name} has no version")
        return int(versions[0]["version"])

    def predict(self, name: str, rows: Any, version: int | None = None) -> Answer:  # noqa: ANN401 (any JSON)
        """`{"predictions": […]}` for rows as they were uploaded: objects by column name, lists, an array."""
        instances = rows.tolist() if hasattr(rows, "tolist") else rows
        path = f"{_model(name, version)}:predict"
        try:
            # A model that is being loaded says "not now".
            return Answer.of(self._send("POST", path, again=True, json={"instances": instances}))
        except ValueError as error:
            raise errors.InputError(f"these rows are not JSON: {error} (a missing value is null)") from error

    def export(
        self,
        name: str,
        path: str | Path,
        *,
        version: int | None = None,
        format: str | None = None,  # noqa: A002 (as in the API)
    ) -> Path:
        """Downloads a version, by default the latest: `keras`, which plain Keras opens, or `onnx`.

        Without a `format` the path's ending tells it. Answers the path.

        Raises:
            errors.InputError: the file cannot be written.
        """
        path = Path(path)
        number = version or self.latest(name)
        params = {"format": format or path.suffix[1:] or "keras"}
        answer = self._send("GET", f"{_model(name, number)}/artifact", again=True, params=params)
        try:
            path.write_bytes(answer.content)
        except OSError as error:
            raise errors.InputError(f"{path}: {error.strerror}") from error
        return path

    # Courses

    def exercises(self) -> list[dict[str, Any]]:
        """The exercises that come with the service, in the order in which they are taught."""
        return list(self.page("/v1/exercises")["data"])

    def add_course(self, name: str) -> Answer:
        """Makes a course, whose teacher you are."""
        return Answer.of(self._send("POST", "/v1/courses", json={"name": name}))

    def assign(self, document: Mapping[str, Any]) -> Answer:
        """Gives an assignment: `{"course", "dataset" or "exercise", …}`."""
        return Answer.of(self._send("POST", "/v1/assignments", json=document))

    def hand_in(self, assignment: str, document: Mapping[str, Any]) -> Answer:
        """Hands in `{"model", "training"}`; its `job` is followed as any."""
        path = f"/v1/assignments/{quote(assignment, safe='')}/submissions"
        return Answer.of(self._send("POST", path, json=document))

    def submission(self, submission: str) -> Answer:
        """What was handed in, as it stands."""
        return Answer.of(self._send("GET", f"/v1/submissions/{quote(submission, safe='')}", again=True))

    # All at once

    def fit(
        self,
        model: Any,  # noqa: ANN401 (a Keras model, or JSON)
        x: Any,  # noqa: ANN401 (arrays, in Keras's many forms)
        y: Any = None,  # noqa: ANN401 (likewise)
        *,
        epochs: int = 1,
        batch_size: int = 32,
        verbose: bool | int | None = None,
        validation_split: float = 0.0,
        validation_data: tuple[Any, Any] | None = None,
        class_weight: Mapping[Any, float] | str | None = None,
        name: str | None = None,
        options: Mapping[str, Any] | None = None,
        **training: Any,  # noqa: ANN401 (fields of a job's training)
    ) -> "tuple[History, Any]":
        """Trains a network on arrays, and answers its history and the trained network, much as Keras would.

        It takes numpy, and Keras only for a Keras model. That comes back as a Keras model, trained, and
        compiled as it was; a spec or a list of layers as a `Trained`, which has `predict` and `save`.

        Args:
            model: a Keras model, whose optimizer, loss and metrics count if it is compiled; or
                `{"layers": […]}`, or the list of layers.
            x: an array, or several for several inputs, as a dictionary by name or a list in order.
            y: likewise. Without it, or if it is `x` itself, the network learns to put out what goes in.
            epochs: how often all rows are seen.
            batch_size: rows of a step.
            verbose: whether the epochs are shown; by default on a terminal and in a notebook.
            validation_split: the share of the rows that is put aside to watch the training, epoch by epoch.
            validation_data: `(x, y)` that the trained network is scored on, once, which `test` of the history
                tells: the training never sees them, so that they watch no epoch. Without them a fifth of
                the rows is put aside for that, unless `options` has another `test_split`.
            class_weight: "balanced", or what each class weighs.
            name: of the model that this becomes a version of. By default it has a name for each data set.
            options: of the data set.
            training: whatever else a job's training may say: `optimizer`, `loss`, `early_stopping`, ….

        Raises:
            errors.JobError: the training did not succeed; its text says why, and what may help.
            errors.InputError: the arrays do not fit together.
        """
        # Here, because arrays take numpy, and all else does without.
        from fittingroom import fitting

        return fitting.run(
            self,
            model,
            (x, y),
            validation_data,
            name=name,
            options=options or {},
            training=training
            | {
                "epochs": epochs,
                "batch_size": batch_size,
                "validation_split": validation_split,
                "class_weight": class_weight,
            },
            verbose=verbose,
        )


def name_for(path: Path) -> str:
    """A name for the data set in a file, of the form that the service takes."""
    name = path.name.lower().removesuffix(".gz")
    stem = name.rpartition(".")[0] or name
    return re.sub(r"[^a-z0-9._-]+", "-", stem).strip("._-")[:63] or "data"


def _job(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"


def _model(name: str, version: int | None) -> str:
    path = f"/v1/models/{quote(name, safe='')}"
    return path if version is None else f"{path}/versions/{version}"
