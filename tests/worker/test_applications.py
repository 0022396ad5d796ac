"""Architectures of `keras.applications`, by their JSON: taken, trained and exported as Keras has them."""

import json
import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest

from core import specs
from tests.core.specs.documents import facts
from tests.worker.attempts import attempt, run
from worker.attempt import Failed, Trained

EXAMPLES = int(os.environ.get("FITTINGROOM_EXAMPLES", "100"))
# A step of the others, and their way into ONNX, take TensorFlow half a minute each.
TRAINED = ["MobileNetV2"] if EXAMPLES < 1000 else ["MobileNetV2", "ResNet50", "DenseNet121"]
KNOWN = facts(input_shape=(32, 32, 3), classes=("a", "b", "c"), class_counts=(50, 50, 50), train_rows=150)


def architecture(name: str) -> tuple[keras.Model, dict[str, Any]]:
    model = getattr(keras.applications, name)(
        weights=None, input_shape=(32, 32, 3), classes=3, classifier_activation=None
    )
    return model, json.loads(model.to_json())


def job(document: dict[str, Any], **training: object) -> specs.Resolved:
    return specs.resolve(specs.parse({"dataset": "d", "model": document, "training": training}), KNOWN)


@pytest.mark.parametrize("name", ["MobileNetV2", "ResNet50", "DenseNet121"])
def test_an_architecture_is_taken_with_keras_s_number_of_parameters(name: str) -> None:
    model, document = architecture(name)
    summary = specs.summarize(job(document))
    assert summary.parameters == model.count_params()
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert summary.trainable_parameters == trainable


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", TRAINED)
def test_an_architecture_takes_a_step_and_says_the_same_in_onnx(name: str, tmp_path: Path) -> None:
    _, document = architecture(name)
    asked = job(document, epochs=1, batch_size=150, validation_split=0)
    reports, _ = run("worker.trainer", attempt(tmp_path, KNOWN, asked), seconds=600)
    trained = reports[-1]
    assert isinstance(trained, Trained), trained if isinstance(trained, Failed) else reports
    rows = np.random.default_rng(0).random((16, 32, 32, 3), np.float32)
    model = keras.models.load_model(trained.files["keras"], compile=False)
    session = onnxruntime.InferenceSession(trained.files["onnx"], providers=["CPUExecutionProvider"])
    (given,) = session.run(None, {session.get_inputs()[0].name: rows})
    np.testing.assert_allclose(given, model(rows, training=False).numpy(), rtol=1e-4, atol=1e-4)
