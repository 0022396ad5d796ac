"""What the pages are made of beside their text: styles and scripts, all from this host.

Their address holds a hash of all of them, so a browser may keep them for good and gets new ones with a new
version; scripts that import one another by relative addresses stay within theirs.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from service import answers, language

FOLDER = Path(__file__).parent / "static"
FOREVER = 365 * 24 * 3600

assets = Blueprint("assets", __name__, url_prefix="/static")


@cache
def version() -> str:
    """The hash of all files and texts."""
    summed = hashlib.sha256()
    for folder in (FOLDER, language.FOLDER):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                summed.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return summed.hexdigest()[:16]


@assets.get("/<edition>/<path:name>")
def file(edition: str, name: str) -> Response:
    """A style, a script or a picture."""
    response = send_from_directory(FOLDER, name)
    return _kept(response, edition)


@assets.get("/<edition>/words/<code>.json")
def words(edition: str, code: str) -> Response:
    """The texts of the scripts in a language."""
    if code not in language.LANGUAGES:
        raise NotFound
    return _kept(answers.json(language.words(code)), edition)


def _kept(response: Response, edition: str) -> Response:
    """A page of an earlier version gets what is there now, and keeps it no longer than it needs."""
    lasting = edition == version()
    response.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable" if lasting else "no-cache"
    return response
