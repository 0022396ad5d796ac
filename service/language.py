"""The languages of the pages: English, as it stands in the code, and what `translations` has.

Babel reads a catalogue and makes it what Python's own gettext takes, in memory: nothing is compiled before.
"""

import gettext
import io
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages import Message, mofile, pofile
from flask import Flask, Response, g, request

FOLDER = Path(__file__).parent / "translations"
# By what a browser calls them, with what they call themselves.
LANGUAGES = {"en": "English", "fr": "Français"}
COOKIE = "fittingroom-language"
YEAR = 365 * 24 * 3600


def add_to(app: Flask) -> None:
    """Teaches the templates to say things in the reader's language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install: Any = app.jinja_env
    install.install_gettext_callables(translated, translated_number, newstyle=True)


def current() -> str:
    """The reader's: as they chose, or else as their browser says."""
    if "language" not in g:
        # A browser says `fr-CA`, best first.
        wanted = [
            request.cookies.get(COOKIE, ""),
            *(tag[:2].lower() for tag in request.accept_languages.values()),
        ]
        g.language = next((tag for tag in wanted if tag in LANGUAGES), "en")
    language: str = g.language
    return language


def prefer(locale: str | None) -> None:
    """What a learning platform says that the reader has, such as `fr_CA`, goes before the browser's word."""
    tag = (locale or "")[:2].lower()
    if tag in LANGUAGES:
        g.language = tag


def keep(response: Response, *, framed: bool = False) -> None:
    """Has the browser remember the reader's language."""
    response.set_cookie(
        COOKIE,
        current(),
        max_age=YEAR,
        httponly=True,
        secure=framed,
        samesite="None" if framed else "Lax",
        partitioned=framed,
    )


def translated(text: str) -> str:
    """A text of the pages in the reader's language."""
    return catalogue(current()).gettext(text)


def translated_number(one: str, many: str, number: int) -> str:
    """A text about a number of things, likewise."""
    return catalogue(current()).ngettext(one, many, number)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, by which Babel finds the text
    """A text that is translated later, when it is known who reads it."""
    return text


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The texts of a language."""
    if language == "en":
        return gettext.NullTranslations()
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = pofile.read_po(file, locale=language)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def words(language: str) -> dict[str, str | list[str]]:
    """The texts that the scripts of the pages use, by their English; for a number of things, each form."""
    if language == "en":
        return {}
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = pofile.read_po(file, locale=language)
    found: dict[str, str | list[str]] = {}
    for message in messages:
        if any(name.endswith(".js") for name, _line in message.locations):
            said = message.string or ""
            found[_key(message)] = said if isinstance(said, str) else list(said)
    return found


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
