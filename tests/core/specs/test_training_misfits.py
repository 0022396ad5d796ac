"""Training that can be known to fail, for a network that could work."""

import pytest

from core import specs
from tests.core.specs.documents import dense, number, only_fault, pets, vector, words

COSINE = {"type": "CosineDecay", "initial_learning_rate": 1, "decay_steps": 2}


@pytest.mark.parametrize(
    ("known", "layers", "training", "pointer", "detail"),
    [
        (
            number(),
            [dense(1)],
            {"loss": "bce"},
            "#/training/loss",
            "BinaryCrossentropy is for classes, and this data",
        ),
        (number(), [dense(1)], {"loss": "crossentropy"}, "#/training/loss", "Cross-entropy is for classes"),
        (
            vector(),
            [dense(3)],
            {"loss": "sparse_categorical_crossentropy"},
            "#/training/loss",
            "SparseCategoricalCross",
        ),
        (
            number(),
            [dense(1)],
            {"metrics": ["accuracy"]},
            "#/training/metrics/0",
            "accuracy is for classes, and this",
        ),
        (
            pets(),
            [dense(3)],
            {"loss": "sparse_categorical_crossentropy", "metrics": ["f1_score"]},
            "#/training/metrics/0",
            "F1Score compares outputs with a target of the same shape, and with this loss",
        ),
        (
            pets(),
            [dense(3)],
            {"metrics": ["accuracy", {"type": "AUC", "name": "accuracy"}]},
            "#/training/metrics/1/name",
            "There are two metrics called 'accuracy'",
        ),
        (
            pets(),
            [dense(3)],
            {"metrics": [{"type": "AUC", "name": "val_auc"}]},
            "#/training/metrics/0/name",
            "The name 'val_auc' is taken",
        ),
        (
            pets(),
            [dense(3)],
            {"metrics": [{"type": "Recall", "class_id": 3}]},
            "#/training/metrics/0/class_id",
            "class_id is 3, and there are 3",
        ),
        (
            pets(train_rows=1),
            [dense(3)],
            {},
            "#/training/validation_split",
            "Of 1 rows, 0 would be left to train on",
        ),
        (pets(train_rows=0), [dense(3)], {"validation_split": 0}, "#/training/validation_split", "Of 0 rows"),
        (
            pets(),
            [dense(3)],
            {"early_stopping": {"monitor": "val_acc"}},
            "#/training/early_stopping/monitor",
            "There will be no metric 'val_acc' to watch, but loss, accuracy, val_loss, val_acc",
        ),
        (
            pets(),
            [dense(3)],
            {"validation_split": 0, "early_stopping": {"monitor": "val_loss"}},
            "#/training/early_stopping/monitor",
            "There will be no metric 'val_loss' to watch, but loss, accuracy; there is no",
        ),
        (
            pets(),
            [dense(3)],
            {"reduce_on_plateau": {"monitor": "x"}},
            "#/training/reduce_on_plateau/monitor",
            "There will be",
        ),
        (
            pets(),
            [dense(3)],
            {"reduce_on_plateau": {}, "optimizer": {"type": "SGD", "learning_rate": COSINE}},
            "#/training/reduce_on_plateau",
            "A learning rate that follows a schedule",
        ),
        (
            pets(),
            [dense(3)],
            {"optimizer": {"type": "SGD", "learning_rate": 1}, "learning_rate_schedule": COSINE},
            "#/training/learning_rate_schedule",
            "Either the optimizer has",
        ),
        (
            pets(),
            [dense(3)],
            {"optimizer": {"type": "SGD", "clipvalue": 1}, "clip_norm": 1},
            "#/training/clip_norm",
            "Either the optimizer has clipvalue",
        ),
        (
            pets(),
            [dense(3)],
            {"class_weight": {"cat": 1, "dgo": 2}},
            "#/training/class_weight/dgo",
            "There is no class 'dgo'; did you mean 'dog'?",
        ),
        (
            pets(),
            [dense(3)],
            {"class_weight": {"3": 1}},
            "#/training/class_weight/3",
            "There is no class '3'",
        ),
        (
            pets(),
            [dense(3)],
            {"class_weight": {"cat": 0, "dog": 0, "2": 0}},
            "#/training/class_weight",
            "Some class must",
        ),
        (
            number(),
            [dense(1)],
            {"class_weight": "balanced"},
            "#/training/class_weight",
            "Only classes can be weighed",
        ),
        (
            pets(),
            [dense(3)],
            {"augment": [{"type": "RandomFlip"}]},
            "#/training/augment/0",
            "RandomFlip takes rows of 3 axes",
        ),
        (
            words(),
            [dense(3)],
            {"augment": [{"type": "RandomFlip"}]},
            "#/training/augment/0",
            "RandomFlip is for pictures",
        ),
        (
            pets(),
            [dense(4)],
            {"loss": "hinge"},
            "#/model/layers/0/units",
            "The network puts out 4 numbers, and it should put out 3",
        ),
    ],
)
def test_training_that_cannot_work_is_told_where_and_why(
    known: specs.Facts, layers: list[object], training: dict[str, object], pointer: str, detail: str
) -> None:
    where, said = only_fault(known, *layers, **training)
    assert where == pointer
    assert said.startswith(detail)
