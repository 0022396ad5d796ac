from pathlib import Path

import numpy as np
import pytest

from core.datasets import encoding, options, reading
from core.datasets.limits import Limits
from fittingroom import samples

LIMITS = Limits(max_columns=2000, max_unpacked_bytes=2**30, seconds=60, memory_bytes=2**31)

# Rows, the shape of a row, and how many classes (none: a number).
EXPECTED = {
    "digits": (1797, [8, 8, 1], 10),
    "iris": (150, [4], 3),
    "wine": (178, [13], 3),
    "breast_cancer": (569, [30], 2),
    "diabetes": (442, [10], None),
}


@pytest.mark.parametrize("name", samples.NAMES)
def test_a_sample_reads_as_what_it_is(tmp_path: Path, name: str) -> None:
    rows, shape, classes = EXPECTED[name]
    path, asked = samples.write(name, tmp_path)
    assert path.stem == name
    into = tmp_path / "into"
    found = reading.read_apart([reading.Upload(path.name, path)], options.parse_options(asked), into, LIMITS)
    assert (found.rows, found.inputs["shape"], found.warnings) == (rows, shape, [])
    assert len(found.target.get("classes", [])) == (classes or 0)
    assert found.target["kind"] == ("number" if classes is None else "class")
    assert encoding.Encoding.load((into / found.encoding).read_bytes()).target.kind == found.target["kind"]


def test_classes_have_their_names(tmp_path: Path) -> None:
    path, asked = samples.write("iris", tmp_path)
    found = reading.read_apart(
        [reading.Upload("i.csv", path)], options.parse_options(asked), tmp_path / "into", LIMITS
    )
    assert found.target["classes"] == ["setosa", "versicolor", "virginica"]
    assert found.class_counts == [40, 40, 40]


def test_digits_are_pictures_of_bytes_from_0_to_255(tmp_path: Path) -> None:
    path, _ = samples.write("digits", tmp_path)
    with np.load(path) as arrays:
        assert arrays["x"].dtype == np.uint8
        assert (arrays["x"].min(), arrays["x"].max()) == (0, 255)
        assert len(np.unique(arrays["x"])) == 17


def test_an_unknown_sample_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sample 'mnist': digits, iris, wine, breast_cancer, diabetes"):
        samples.write("mnist", tmp_path)
