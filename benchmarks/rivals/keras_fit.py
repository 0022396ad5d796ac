"""Plain Keras, on whichever backend `KERAS_BACKEND` says: `arrays`, `tf.data`, or 32 steps per execution.

`python -m benchmarks.rivals.keras_fit FOLDER KIND BATCH WAY ROWS`
"""

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from benchmarks.rivals import turns


def main(folder: Path, kind: str, batch: int, way: str, rows: int) -> None:
    """Takes turns: an epoch each."""
    x, y = np.load(folder / "x_train.npy")[:rows], np.load(folder / "y_train.npy")[:rows]
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input(x.shape[1:]), *_layers(kind)])
    network.compile(
        "adam",
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=32 if way == "steps" else 1,
    )
    given = (_dataset(x, y, batch),) if way == "tf.data" else (x, y)
    more = {} if way == "tf.data" else {"batch_size": batch}

    def train() -> int:
        network.fit(*given, epochs=1, verbose=0, **more)
        return len(x)

    turns.take(train)


def _layers(kind: str) -> list[Any]:
    ends = layers.Dense(10, activation="softmax")
    match kind:
        case "mlp":
            return [layers.Flatten(), layers.Dense(128, activation="relu"), ends]
        case "cnn":
            return [
                layers.Conv2D(16, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(32, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                ends,
            ]
        case "lstm":
            return [layers.LSTM(64), ends]
        case _:
            return [layers.GRU(64), ends]


def _dataset(x: Any, y: Any, batch: int) -> Any:  # noqa: ANN401 - arrays and TensorFlow's dataset
    # Keras on JAX does without TensorFlow.
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=0)
    return rows.batch(batch).prefetch(tf.data.AUTOTUNE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
