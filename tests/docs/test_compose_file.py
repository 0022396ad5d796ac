"""What `docker-compose.yml` asks of an operator is in `.env.example`, and what it sets is there."""

import re

from core.config import Settings
from tests.docs.pages import ROOT

COMPOSE = (ROOT / "docker-compose.yml").read_text()


def test_every_variable_has_its_line_and_its_comment_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = {
        match[1]: lines[number - 1]
        for number, line in enumerate(lines)
        if (match := re.match(r"#?([A-Z_]+)=", line))
    }
    assert shown.keys() == asked
    for name, above in shown.items():
        assert above.startswith("# "), name


def test_every_default_in_the_example_is_that_of_the_file() -> None:
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}]+)\}", COMPOSE))
    shown = re.findall(r"^#([A-Z_]+)=(.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert dict(shown) == defaults


def test_every_setting_of_a_container_is_one() -> None:
    told = set(re.findall(r"^\s+FITTINGROOM_([A-Z_]+):", COMPOSE, re.MULTILINE))
    assert told
    assert {name.lower() for name in told} <= Settings.model_fields.keys()


def test_there_is_no_secret_in_it() -> None:
    assert re.findall(r"_PASSWORD: (.+)", COMPOSE) == ["${POSTGRES_PASSWORD:?set it in .env}"]
    assert "POSTGRES_PASSWORD=\n" in (ROOT / ".env.example").read_text()
