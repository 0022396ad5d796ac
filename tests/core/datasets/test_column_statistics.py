import numpy as np

from core.datasets import column_statistics


def test_numbers_that_no_step_of_floating_point_lies_between_have_no_histogram() -> None:
    # Beyond the largest number there is no next one to measure the distance to.
    for values in (
        [np.finfo(float).max],
        [-np.finfo(float).max, np.finfo(float).max],
        [1, np.nextafter(1, 2)],
    ):
        assert column_statistics.numbers("a", np.array(values))["histogram"] is None
