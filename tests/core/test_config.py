from pathlib import Path

import pytest
from pydantic import ValidationError

from core.artifacts import Artifacts
from core.config import Settings


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_defaults_need_nothing_of_the_environment() -> None:
    settings = Settings()
    here = Path.cwd() / "var"
    assert settings.database == f"sqlite:///{here}/fittingroom.db"
    assert settings.artifacts == f"file://{here}/artifacts"
    assert settings.scratch_folder == here / "scratch"
    assert settings.accelerators == ("cpu",)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HOME": "/srv/room",
        "DATABASE_URL": "postgresql+psycopg://db/room",
        "ARTIFACTS_URL": "file:///mnt/room",
        "SCRATCH": "/tmp/scratch",
        "SLOTS": "3",
    }.items():
        monkeypatch.setenv(f"FITTINGROOM_{name}", value)
    settings = Settings()
    assert settings.home == Path("/srv/room")
    assert settings.database == "postgresql+psycopg://db/room"
    assert settings.artifacts == "file:///mnt/room"
    assert settings.scratch_folder == Path("/tmp/scratch")
    assert settings.slots == 3


def test_a_home_with_spaces_and_signs_reaches_the_store(tmp_path: Path) -> None:
    home = tmp_path / "a b#c%20d?e"
    assert Artifacts(Settings(home=home).artifacts).root == home / "artifacts"


@pytest.mark.parametrize(
    ("queues", "accelerators"),
    [("cpu", ("cpu",)), ("gpu", ("gpu",)), ("cpu,gpu", ("cpu", "gpu")), (" gpu , cpu ", ("gpu", "cpu"))],
)
def test_queues_are_a_list(queues: str, accelerators: tuple[str, ...]) -> None:
    assert Settings(queues=queues).accelerators == accelerators


@pytest.mark.parametrize(
    "wrong",
    [
        {"queues": "tpu"},
        {"queues": ""},
        {"queues": "cpu,"},
        {"slots": 0},
        {"lease_seconds": 0},
        {"port": 65536},
        {"log_level": "LOUD"},
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**wrong)
    assert [error["loc"] for error in caught.value.errors()] == [tuple(wrong)]


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().slots = 2
