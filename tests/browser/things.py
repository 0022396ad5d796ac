"""A service that has been used: what the pages show when there is something to show, and where they are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psutil
from flask import Flask

from service.pages.site import pages
from tests.browser.browsers import signing_in
from tests.browser.lessons import Lesson
from tests.fittingroom.waiting import wait_until
from tests.stacks import Up

SAMPLES = Path(__file__).parents[2] / "service" / "samples"
DENSE = {
    "layers": [
        {"type": "Flatten"},
        {"type": "Dense", "units": 48, "activation": "relu"},
        {"type": "Dense", "units": 10, "activation": "softmax"},
    ]
}
CONVOLUTIONAL = {
    "layers": [
        {"type": "Conv2D", "filters": 16, "kernel_size": 3, "padding": "same", "activation": "relu"},
        {"type": "BatchNormalization"},
        {"type": "MaxPooling2D"},
        {"type": "Flatten"},
        {"type": "Dropout", "rate": 0.3},
        {"type": "Dense", "units": 10, "activation": "softmax"},
    ]
}
FLOWERS = {
    "layers": [
        {"type": "Dense", "units": 16, "activation": "relu"},
        {"type": "Dense", "units": 3, "activation": "softmax"},
    ]
}
# Pages that are not there unless they are asked for something.
NOTHING_UNASKED = frozenset({"pages.student"})
# A worker that has just been started is not ready at once, and the machine may have other things to do.
SOON = 120


@dataclass
class Things:
    """What there is, by kind: for each parameter of an address, its values."""

    jobs: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    lesson: Lesson | None = None

    def parameters(self) -> dict[frozenset[str], list[dict[str, Any]]]:
        """For the parameters of an address, the values that they may have."""
        models = [{"model": one} for one in self.models.values()]
        return {
            frozenset(): [{}],
            frozenset({"job"}): [{"job": one} for one in self.jobs.values()],
            frozenset({"dataset"}): [{"dataset": one} for one in self.datasets.values()],
            frozenset({"model"}): models,
            frozenset({"model", "version"}): [{**one, "version": 1} for one in models],
            **(self.lesson.parameters() if self.lesson else {}),
        }

    def queries(self) -> dict[str, list[dict[str, Any]]]:
        """What is asked of the pages that show more when they are asked."""
        ended = [self.jobs[name] for name in list(self.jobs)[:2]]
        return {
            "pages.compare": [{"job": ended}],
            **({"pages.student": [{"name": self.lesson.student}]} if self.lesson else {}),
            "pages.new_job": [{"dataset": one} for one in self.datasets.values()] + [{"from": ended[0]}],
        }


def addresses(things: Things) -> dict[str, list[str]]:
    """For every page that there is, by its endpoint, where it shows something.

    Raises:
        KeyError: a page's address has a parameter of which nothing is known: see `Things.parameters`.
    """
    app = Flask("pages")
    app.register_blueprint(pages)
    at, parameters, queries = app.url_map.bind("localhost"), things.parameters(), things.queries()
    found = {}
    for rule in app.url_map.iter_rules():
        # A table to be kept is no page.
        is_page = rule.endpoint.startswith("pages.") and not rule.endpoint.endswith("_grades")
        if is_page and "GET" in (rule.methods or ()):
            plain = [at.build(rule.endpoint, values) for values in parameters[frozenset(rule.arguments)]]
            asked = [f"{plain[0]}?{urlencode(one, doseq=True)}" for one in queries.get(rule.endpoint, [])]
            found[rule.endpoint] = asked if rule.endpoint in NOTHING_UNASKED else plain + asked
    return found


def flat(found: Mapping[str, list[str]]) -> list[str]:
    """All of them, one after another."""
    return list(chain.from_iterable(found.values()))


def fill(up: Up, *, epochs: int, leaving_out: str = "") -> Things:
    """Digits learned by two networks in so many epochs, flowers by one, and a job that fails."""
    things = Things()
    training = {"epochs": epochs, "validation_split": 0.2, "metrics": ["accuracy"], "seed": 1}
    wild = {"epochs": 5, "optimizer": {"type": "SGD", "learning_rate": 1e30}}
    with up.client() as room:
        for name in ("digits", "iris"):
            things.datasets[name] = sample(up, name)
        documents = {
            "dense": {"dataset": "digits", "model": DENSE, "tags": {"course": "first-steps"}},
            "convolutional": {"dataset": "digits", "model": CONVOLUTIONAL, "tags": {"course": "first-steps"}},
            "flowers": {"dataset": "iris", "model": FLOWERS},
            "too-fast": {"dataset": "iris", "model": FLOWERS, "training": wild},
        }
        documents.pop(leaving_out, None)
        for name, document in documents.items():
            things.jobs[name] = room.submit({"name": name, "training": training, **document})["id"]
        for job in things.jobs.values():
            made = room.wait(job)["model"]
            if made:
                things.models[made["name"]] = made["id"]
    return things


def sample(up: Up, name: str) -> str:
    """The id of a sample that has been added."""
    added = httpx.post(f"{up.url}/v1/samples/{name}", headers=signing_in(up), trust_env=False, timeout=30)
    added.raise_for_status()
    return str(added.json()["id"])


@contextmanager
def queue(up: Up, things: Things, *, waiting: int = 1) -> Iterator[None]:
    """A job that runs, in the midst of it, and some that wait behind it.

    The one that runs is held still: it would cost a core, and show something else at every look.
    """
    document = {"dataset": "digits", "model": DENSE, "training": {"epochs": 200, "validation_split": 0.2}}
    with up.client() as room:
        names = ["running", *(f"waiting-{number}" for number in range(1, waiting + 1))]
        for name in names:
            things.jobs[name] = room.submit({**document, "name": name})["id"]
        wait_until(lambda: room.job(things.jobs["running"])["story"]["epochs"], SOON)
        trainers = up.trainers()
        held(trainers, still=True)
        try:
            yield
        finally:
            for name in reversed(names):
                room.cancel(things.jobs[name])
            held(trainers, still=False)
            room.wait(things.jobs["running"])


def held(processes: list[psutil.Process], *, still: bool) -> None:
    """Stops processes where they are, or lets them go on."""
    for process in processes:
        process.suspend() if still else process.resume()
