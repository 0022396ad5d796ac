"""Keras's own JSON of a network: what `to_json` prints, taken and given. It is data; nothing is imported."""

from core.specs.keras_json.reading import looks_like, read
from core.specs.keras_json.tracing import Origin
from core.specs.keras_json.writing import write

__all__ = ["Origin", "looks_like", "read", "write"]
