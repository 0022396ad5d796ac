"""What one would write without Fitting Room: the same network, on the same data, with plain Keras.

`python benchmarks/train.py DIGITS.npz EPOCHS FOLDER` prints a line for each epoch, with the time by the
clock, and leaves the network in the folder, as Keras's own file and as ONNX.
"""

import sys
import time

import keras
import numpy as np

path, epochs, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]


class Tell(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no types
    """Prints when an epoch has ended."""

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keras calls this after the validation."""
        print(f"epoch {epoch + 1} {time.time():.6f} {(logs or {})['val_accuracy']:.4f}", flush=True)


with np.load(path) as arrays:
    x, y = arrays["x_train"], arrays["y_train"]
x = (x / 255).astype(np.float32)[..., None]

keras.utils.set_random_seed(0)
network = keras.Sequential(
    [
        keras.layers.Conv2D(32, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(64, 3, padding="same", activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
network.fit(x, y, batch_size=32, epochs=epochs, validation_split=0.1, verbose=0, callbacks=[Tell()])
network.save(f"{folder}/plain.keras")
network.export(f"{folder}/plain.onnx", format="onnx", verbose=False)
