from pathlib import Path

import numpy as np

from fittingroom import demo


def test_the_demo_holds_back_rows_that_are_in_neither_split(tmp_path: Path) -> None:
    path, held_out = demo.write_digits(tmp_path)
    with np.load(path) as arrays:
        assert arrays["x_train"].dtype == np.uint8
        assert arrays["x_train"].max() == 255
        uploaded = np.concatenate([arrays["x_train"], arrays["x_test"]])
        assert len(arrays["x_test"]) == len(arrays["y_test"]) == demo.TEST_ROWS
        assert len(arrays["x_train"]) == len(arrays["y_train"])
    assert len(uploaded) + demo.HELD_OUT == 1797
    assert len(held_out.pictures) == len(held_out.digits) == demo.HELD_OUT
    assert not any((uploaded == np.array(picture)).all(axis=(1, 2)).any() for picture in held_out.pictures)


def test_a_demo_whose_stack_cannot_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from fittingroom import home
    from fittingroom.cli import app

    with home.locked(tmp_path / "home"):
        result = CliRunner().invoke(app, ["demo", "--home", str(tmp_path / "home")])
    assert result.exit_code == 1
    assert "the stack does not start" in result.stderr
    assert "already (process" in result.stderr
