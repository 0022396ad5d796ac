"""Trained networks, read from where they are kept."""

import tempfile
from pathlib import Path

import keras


def load(path: str) -> keras.Model:
    """The network in a `.keras` file, whatever the file is called: an artifact is called by its hash, and
    Keras looks at the ending. It is not compiled.
    """
    with tempfile.TemporaryDirectory(prefix="fr-") as folder:
        link = Path(folder) / "model.keras"
        link.symlink_to(path)
        return keras.models.load_model(link, compile=False)
