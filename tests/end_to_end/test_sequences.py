"""Sequences of integers, from an upload to predictions: what an Embedding cannot look up is told."""

from pathlib import Path

import numpy as np
import pytest

from fittingroom.client import Client
from fittingroom.errors import ApiError
from tests.stacks import Up

LENGTH, MOST = 15, 19


def job(input_dim: int) -> dict[str, object]:
    return {
        "dataset": "sevens",
        "model": {
            "layers": [
                {"type": "Embedding", "input_dim": input_dim, "output_dim": 8},
                {"type": "GlobalMaxPooling1D"},
                {"type": "Dense", "units": 2, "activation": "softmax"},
            ]
        },
        "training": {"epochs": 40, "optimizer": {"type": "Adam", "learning_rate": 0.01}},
    }


@pytest.fixture(scope="module")
def sevens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Whether a sequence holds a seven."""
    path = tmp_path_factory.mktemp("sevens") / "sevens.npz"
    x = np.random.default_rng(1).integers(0, MOST + 1, (600, LENGTH))
    np.savez(path, x=x, y=np.where((x == 7).any(axis=1), "seven", "none"))
    return path


def test_sequences_are_learned_and_what_has_no_place_is_refused(stack: Up, sevens: Path) -> None:
    with stack.client() as client:
        made = client.add_dataset(sevens)
        assert made["inputs"]["integers"] == [0, MOST]
        refused = refusal(client, job(MOST))
        assert refused.errors[0]["pointer"] == "#/model/layers/0/input_dim"
        assert "at least 20" in refused.detail

        ended = client.wait(client.submit(job(MOST + 1))["id"])
        assert ended["status"] == "succeeded", ended
        assert client.model("sevens", 1)["test"]["accuracy"] > 0.9
        none, seven = [1] * LENGTH, [1] * (LENGTH - 1) + [7]
        answers = client.predict("sevens", [none, seven])["predictions"]
        assert [int(np.argmax(answer)) for answer in answers] == [0, 1]
        with pytest.raises(ApiError) as caught:
            client.predict("sevens", [none, seven, [99] * LENGTH, none])
        assert caught.value.status == 400
        assert "row 2" in caught.value.detail


def refusal(client: Client, document: dict[str, object]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        client.submit(document)
    assert caught.value.status == 422
    return caught.value
