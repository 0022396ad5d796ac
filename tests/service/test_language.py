"""Every text of the pages is there in every language."""

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from babel.messages import Catalog, Message, extract, frontend, pofile

from core.lti.errors import LaunchError
from service import language
from service.lti import problems
from tests.service.houses import House

ROOT = Path(__file__).parents[2]
MAPPING = language.FOLDER / "mapping.ini"
OTHERS = sorted(set(language.LANGUAGES) - {"en"})
PLACE = re.compile(r"%\(\w+\)[sd]")
# Straight quotes and apostrophes, and marks after a blank at which a line could end, or after none.
TYPED = re.compile(r"""['"“”]| [;:!?»]|« | %(?!\()|\w[;!?»]|«\w|\w:(?!\w)""")


@cache
def said() -> Catalog:
    """All texts that stand in the code."""
    with MAPPING.open(encoding="utf-8") as file:
        methods, options = frontend.parse_mapping_cfg(file)
    catalog = Catalog()
    found = extract.extract_from_dir(ROOT / "service", methods, options)
    for name, line, texts, _comments, _context in found:
        catalog.add(texts, locations=[(name, line)])
    return catalog


@cache
def known(code: str) -> Catalog:
    with (language.FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return pofile.read_po(file, locale=code)


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())  # type: ignore[arg-type]


def messages(code: str) -> list[Message]:
    return [message for message in known(code) if message.id]


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_and_no_other(code: str) -> None:
    wanted = {message.id for message in said() if message.id}
    assert len(wanted) > 20
    there = {message.id for message in messages(code)}
    assert sorted(map(str, wanted - there)) == []
    assert sorted(map(str, there - wanted)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_empty_or_a_guess(code: str) -> None:
    empty = [message.id for message in messages(code) if not all(forms(message.string)) or message.fuzzy]
    assert empty == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_places_of_its_text(code: str) -> None:
    for message in messages(code):
        wanted = {place for form in forms(message.id) for place in PLACE.findall(form)}
        for form in forms(message.string):
            # A text about one thing may spell the number out.
            assert set(PLACE.findall(form)) | {"%(num)s"} == wanted | {"%(num)s"}, message.id


@pytest.mark.parametrize("code", OTHERS)
def test_the_scripts_get_their_texts_and_each_form_of_them(code: str) -> None:
    words = language.words(code)
    scripts = {message.id for message in said() if any(name.endswith(".js") for name, _ in message.locations)}
    assert {forms(text)[0] for text in scripts} == set(words)


def test_french_is_set_as_in_print() -> None:
    texts = [form for message in messages("fr") for form in forms(message.string)]
    assert [text for text in texts if TYPED.search(text)] == []


def test_a_launch_that_is_refused_says_so_in_the_readers_language(house: House) -> None:
    answer = house.app.test_client().get("/lti/launch", headers={"Accept-Language": "fr-CA, en;q=0.5"})
    assert answer.status_code == 400
    assert '<html lang="fr">' in answer.text
    assert "<p>Retournez à votre cours et ouvrez de nouveau le lien.</p>" in answer.text
    # What the error itself says is ours alone, and marked.
    assert '<p lang="en">Nothing is known of you here' in answer.text


def test_every_reason_to_refuse_a_launch_is_told_in_every_language(house: House) -> None:
    for code in OTHERS:
        for reason, kind in problems.KINDS.items():
            with house.app.test_request_context(headers={"Accept-Language": code}):
                page = problems.of_launch(LaunchError(reason, "")).get_data(as_text=True)
            assert kind.title not in unescape(page)
            assert kind.way_out not in unescape(page)
