"""Real files of every format, from the upload to predictions on their raw rows."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import datasets
from typer.testing import CliRunner

from fittingroom.cli import app
from fittingroom.client import Client
from tests.end_to_end import formats
from tests.stacks import Up

FLATTEN = {"type": "Flatten"}
SIZE = [8, 8]
HALVES = {"top": slice(0, 4), "bottom": slice(4, 8)}


def dense(units: int, activation: str | None = "softmax", **more: object) -> dict[str, Any]:
    return {"type": "Dense", "units": units, "activation": activation} | more


@dataclass(frozen=True)
class Case:
    """A data set, a network for it, and rows to predict whose answers are known.

    `truth` has for each row its class, or its numbers; `least` is the share of classes that must be right,
    or of the numbers' variance that must be explained. `same` has the first of `rows` in other words.
    """

    files: Callable[[Path], list[Path]]
    layers: list[dict[str, Any]]
    rows: Sequence[Any]
    truth: Sequence[Any]
    least: float
    options: dict[str, Any] = field(default_factory=dict)
    same: Sequence[Any] = ()
    outputs: list[str] | None = None
    training: dict[str, Any] = field(default_factory=dict)

    def document(self, name: str) -> dict[str, Any]:
        model = {"layers": self.layers} | ({"outputs": self.outputs} if self.outputs else {})
        fast = {"optimizer": {"type": "Adam", "learning_rate": 0.01}, "epochs": 12, "batch_size": 16}
        return {"dataset": name, "model": model, "training": fast | self.training}


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def of_table(rows: formats.Rows) -> dict[str, Any]:
    """Rows as in the file, but for the target; also as a list."""
    plain = [without(row, "target") for row in rows]
    return {
        "rows": plain,
        "truth": [row["target"] for row in rows],
        "same": [list(plain[0].values()), rows[0]],
    }


def of_digits(found: formats.Digits) -> dict[str, Any]:
    """Pictures as lists of bytes, with an axis of channels, and as files."""
    first = found.pictures[0]
    return {
        "layers": [FLATTEN, dense(32, "relu"), dense(10)],
        "rows": found.pictures.tolist(),
        "truth": [str(label) for label in found.labels],
        "same": [first[..., None].tolist(), formats.b64(formats.png(first))],
        "least": 0.8,
    }


def holes(rows: formats.Rows) -> formats.Rows:
    """Now and then a value is missing."""
    for at, row in enumerate(rows):
        if at % 10 == 5:
            row["petal_width_cm"] = None
    return rows


def folders(found: formats.Digits, path: Path) -> Path:
    return formats.zipped(
        path,
        (
            (f"{'test' if at % 5 == 0 else 'train'}/{label}/{at}.png", formats.png(picture))
            for at, (picture, label) in enumerate(zip(found.pictures, found.labels, strict=True))
        ),
    )


def beside(found: formats.Digits, folder: Path) -> Path:
    rows = [
        {"file": f"pictures/{at}.png", "ink": int(picture.sum()), "shows": f"a {label}"}
        for at, (picture, label) in enumerate(zip(found.pictures, found.labels, strict=True))
    ]
    sheet = formats.separated(folder / "sheet.csv", rows)
    drawn = ((row["file"], formats.png(picture)) for row, picture in zip(rows, found.pictures, strict=True))
    return formats.zipped(folder / "beside.zip", iter([("sheet.csv", sheet.read_bytes()), *drawn]))


DIGITS = formats.digits()
SPLITS = (("train", slice(0, 180)), ("t10k", slice(180, formats.PICTURES)))
IRIS = holes(formats.table(datasets.load_iris))
WINE = formats.table(datasets.load_wine)
DIABETES = formats.table(datasets.load_diabetes)
BODIES = formats.bodies()
BODY = ["Weight", "Waist", "Pulse"]
TAGGED = formats.tagged()
SENTENCES = formats.sentences()
PHOTOS = dict(formats.photographs())
INK = DIGITS.pictures.sum(axis=(1, 2)) / 100.0

CASES = {
    "csv": Case(
        lambda folder: [formats.separated(folder / "wine.csv", WINE)],
        [dense(3)],
        **of_table(WINE),
        least=0.9,
    ),
    "tsv": Case(
        lambda folder: [formats.separated(folder / "iris.tsv", IRIS, "\t")],
        [dense(16, "relu"), dense(3)],
        **of_table(IRIS),
        least=0.8,
    ),
    "parquet": Case(
        lambda folder: [formats.columnar(folder / "diabetes.parquet", DIABETES)],
        [dense(16, "relu"), dense(1, None)],
        **of_table(DIABETES),
        least=0.3,
    ),
    "jsonl": Case(
        lambda folder: [formats.jsonl(folder / "iris.jsonl", IRIS)],
        [dense(16, "relu"), dense(3)],
        **of_table(IRIS),
        least=0.8,
    ),
    "vector": Case(
        lambda folder: [formats.separated(folder / "bodies.csv", BODIES)],
        [dense(3, None)],
        [without(row, *BODY) for row in BODIES],
        [[row[name] for name in BODY] for row in BODIES],
        least=0.05,
        options={"target": BODY},
        same=[list(BODIES[0].values())[:3]],
        training={"epochs": 60},
    ),
    "multilabel": Case(
        lambda folder: [formats.separated(folder / "tagged.csv", TAGGED)],
        [dense(3, "sigmoid")],
        **of_table(TAGGED),
        least=0.8,
        options={"task": "multilabel"},
    ),
    "text": Case(
        lambda folder: [formats.jsonl(folder / "text.jsonl", SENTENCES)],
        [
            {"type": "Embedding", "input_dim": 2000, "output_dim": 16},
            {"type": "GlobalAveragePooling1D"},
            dense(4),
        ],
        [row["said"] for row in SENTENCES],
        [row["about"] for row in SENTENCES],
        least=0.7,
        options={"text": "said", "drop": ["letters"], "vocabulary_size": 1500},
        same=[{"said": SENTENCES[0]["said"]}, [SENTENCES[0]["said"].upper()]],
        training={"epochs": 30},
    ),
    "text-beside-numbers": Case(
        lambda folder: [formats.jsonl(folder / "both.jsonl", SENTENCES)],
        [
            {"type": "Embedding", "name": "words", "input_dim": 2000, "output_dim": 16, "inputs": ["said"]},
            {"type": "GlobalAveragePooling1D", "name": "mean", "inputs": ["words"]},
            {"type": "Concatenate", "name": "all", "inputs": ["mean", "columns"]},
            dense(4, inputs=["all"]),
        ],
        [without(row, "about") for row in SENTENCES],
        [row["about"] for row in SENTENCES],
        least=0.7,
        options={"text": "said", "vocabulary_size": 1500},
        same=[[SENTENCES[0]["letters"], SENTENCES[0]["said"]]],
        training={"epochs": 30},
    ),
    "npz": Case(
        lambda folder: [formats.arrays(folder / "digits.npz", x=DIGITS.pictures, y=DIGITS.labels)],
        **of_digits(DIGITS),
    ),
    "npz-several": Case(
        lambda folder: [
            formats.arrays(
                folder / "several.npz",
                **{f"x_{name}": DIGITS.pictures[:, rows] for name, rows in HALVES.items()},
                y_digit=DIGITS.labels,
                y_ink=INK,
            )
        ],
        [
            {"type": "Concatenate", "name": "whole", "inputs": list(HALVES), "axis": 1},
            {"type": "Flatten", "name": "flat", "inputs": ["whole"]},
            dense(10, name="digit", inputs=["flat"]),
            dense(1, None, name="ink", inputs=["flat"]),
        ],
        [{name: picture[rows].tolist() for name, rows in HALVES.items()} for picture in DIGITS.pictures],
        [
            {"digit": str(label), "ink": [ink]}
            for label, ink in zip(DIGITS.labels.tolist(), INK.tolist(), strict=True)
        ],
        least=0.3,
        same=[
            [DIGITS.pictures[0][rows].tolist() for rows in HALVES.values()],
            {name: formats.b64(formats.png(DIGITS.pictures[0][rows])) for name, rows in HALVES.items()},
        ],
        outputs=["digit", "ink"],
        training={"epochs": 30},
    ),
    "reconstruction": Case(
        lambda folder: [formats.arrays(folder / "again.npz", x=DIGITS.pictures)],
        [FLATTEN, dense(24, "relu"), dense(64, "sigmoid"), {"type": "Reshape", "target_shape": [8, 8, 1]}],
        DIGITS.pictures.tolist(),
        DIGITS.pictures[..., None].tolist(),
        least=0.4,
        options={"task": "reconstruction"},
        same=[formats.b64(formats.png(DIGITS.pictures[0]))],
        training={"epochs": 30},
    ),
    "idx-two": Case(
        lambda folder: formats.pairs(folder, DIGITS, [("all", slice(None))]), **of_digits(DIGITS)
    ),
    "idx-four": Case(lambda folder: formats.pairs(folder, DIGITS, SPLITS), **of_digits(DIGITS)),
    "folders": Case(lambda folder: [folders(DIGITS, folder / "folders.zip")], **of_digits(DIGITS)),
    "photographs": Case(
        lambda folder: [formats.zipped(folder / "photographs.zip", iter(PHOTOS.items()))],
        [{"type": "AveragePooling2D", "pool_size": 8}, FLATTEN, dense(2)],
        [formats.b64(content) for content in PHOTOS.values()],
        [name.partition("/")[0] for name in PHOTOS],
        least=0.8,
        training={"epochs": 25},
    ),
    "beside-pictures": Case(
        lambda folder: [beside(DIGITS, folder)],
        [
            {"type": "Flatten", "name": "flat", "inputs": ["file"]},
            {"type": "Concatenate", "name": "all", "inputs": ["flat", "columns"]},
            dense(10, inputs=["all"]),
        ],
        [
            {"file": formats.b64(formats.png(picture)), "ink": int(picture.sum())}
            for picture in DIGITS.pictures
        ],
        [f"a {label}" for label in DIGITS.labels],
        least=0.7,
        same=[{"file": DIGITS.pictures[0].tolist(), "ink": int(DIGITS.pictures[0].sum())}],
    ),
}

PICTURED = list(CASES)[list(CASES).index("npz") :]


@pytest.fixture(scope="module")
def trained(stack: Up, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    """Every data set with the job that it was trained by, uploaded together and then waited for."""

    def begin(name: str) -> tuple[Any, str]:
        case, folder = CASES[name], tmp_path_factory.mktemp(name)
        with stack.client() as client:
            made = client.add_dataset(*case.files(folder), name=name, options=case.options)
            return made, client.submit(case.document(name))["id"]

    with ThreadPoolExecutor(2) as pool, stack.client() as client:
        begun = dict(zip(CASES, pool.map(begin, CASES), strict=True))
        return {name: (made, client.wait(job)) for name, (made, job) in begun.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_real_file_is_learned_and_its_raw_rows_are_predicted(
    name: str, stack: Up, trained: dict[str, tuple[Any, Any]]
) -> None:
    case, (made, job) = CASES[name], trained[name]
    assert job["status"] == "succeeded", job["error"]
    with stack.client() as client:
        version = client.model(name, 1)
        assert version["served_by"] == "onnxruntime"
        evaluation = version["evaluation"]
        assert evaluation["rows"] == made["splits"]["test"] > 0
        assert len(evaluation["outputs"]) == len(case.outputs or [None])
        assert np.isfinite(version["test"]["loss"])

        answers = client.predict(name, case.rows)["predictions"]
        if case.outputs is None:
            assert judged(answers, case.truth, made["target"]) >= case.least
        else:
            for part in made["target"]["parts"]:
                own = [[told[part["name"]] for told in side] for side in (answers, case.truth)]
                assert judged(*own, part) >= case.least
        check_same(client, name, case, answers[0])
        check_preview(client, name, made)


def judged(answers: list[Any], truth: Sequence[Any], target: dict[str, Any]) -> float:
    """The share of answers that are right, or of the variance that they explain."""
    if target["kind"] == "class":
        told = [target["classes"][int(np.argmax(answer))] for answer in answers]
        return float(np.mean([one == other for one, other in zip(told, truth, strict=True)]))
    if target["kind"] == "multilabel":
        marked = [[name in one.split(";") for name in target["classes"]] for one in truth]
        return float(np.mean((np.array(answers) > 0.5) == np.array(marked)))
    given, wanted = np.array(answers), np.array(truth, float)
    wanted = wanted.reshape(given.shape)
    spread = ((wanted - wanted.mean(axis=0)) ** 2).mean()
    return float(1 - ((given - wanted) ** 2).mean() / spread)


def check_same(client: Client, name: str, case: Case, answer: object) -> None:
    """The same row in other words has the same answer."""
    for row in case.same:
        [told] = client.predict(name, [row])["predictions"]
        for one, other in zip(outputs(told), outputs(answer), strict=True):
            assert np.allclose(one, other, rtol=1e-4, atol=1e-4)


def outputs(answer: object) -> list[Any]:
    return [answer[name] for name in sorted(answer)] if isinstance(answer, dict) else [answer]


def check_preview(client: Client, name: str, made: dict[str, Any]) -> None:
    shown = client.page(f"/v1/datasets/{name}/preview", limit=3)
    assert len(shown["rows"]) == 3
    assert shown["columns"]
    assert bool(shown["thumbnails"]) == (name in PICTURED)


def test_the_command_line_takes_the_same_files(
    stack: Up, trained: dict[str, tuple[Any, Any]], tmp_path: Path
) -> None:
    told = {"FITTINGROOM_URL": stack.url, "FITTINGROOM_TOKEN": stack.token}
    two = {f"x_{name}": DIGITS.pictures[:2, rows] for name, rows in HALVES.items()}
    drawn = tmp_path / "drawn.png"
    drawn.write_bytes(formats.png(DIGITS.pictures[0]))
    answers = []
    for name, file in (
        ("folders", drawn),
        ("npz-several", formats.arrays(tmp_path / "two.npz", **two)),
        ("tsv", formats.separated(tmp_path / "iris.tsv", IRIS, "\t")),
        ("jsonl", formats.jsonl(tmp_path / "iris.jsonl", IRIS)),
    ):
        done = CliRunner().invoke(app, ["predict", name, str(file), "--json"], env=told)
        assert done.exit_code == 0, done.stderr
        answers.append(json.loads(done.stdout)["predictions"])
    assert [len(one) for one in answers] == [1, 2, len(IRIS), len(IRIS)]


def test_what_is_missing_is_predicted_as_it_was_learned(
    stack: Up, trained: dict[str, tuple[Any, Any]]
) -> None:
    hole = next(row for row in CASES["jsonl"].rows if row["petal_width_cm"] is None)
    with stack.client() as client:
        both = client.predict("jsonl", [hole, without(hole, "petal_width_cm")])["predictions"]
        assert both[0] == pytest.approx(both[1])
        assert any("petal_width_cm" in warning for warning in trained["jsonl"][0]["warnings"])
