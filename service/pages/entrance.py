"""Signing in with a token, signing out, and the language."""

from flask import Response, g, redirect, request, url_for

from core import users
from service import language, parts, sessions
from service.language import translated as _
from service.pages import site
from service.pages.site import pages


@pages.get("/sign-in")
def sign_in() -> Response:
    """Where one says who one is."""
    if "user" in g:
        return _onwards()
    return site.show("sign_in.html", next=_next())


@pages.post("/sign-in")
def enter() -> Response:
    """Begins a session, if the token is known."""
    token = request.form.get("token", "").strip()
    with parts.of_app().database.reading() as session:
        user = users.authenticate(session, token)
        token_id = users.find_token(session, token).id if user else None
    if user is None:
        wrong = _("This token is not known: it was mistyped, revoked or never made.")
        return site.show("sign_in.html", 401, next=_next(), wrong=wrong)
    response = _onwards()
    sessions.begin(response, user, token_id=token_id)
    return response


@pages.post("/sign-out")
def sign_out() -> Response:
    """Ends the session."""
    response = site.go("pages.sign_in")
    sessions.end(response)
    return response


@pages.post("/language")
def speak() -> Response:
    """Changes the language of the pages."""
    chosen = request.form.get("language", "")
    response = _onwards()
    if chosen in language.LANGUAGES:
        language.prefer(chosen)
        language.keep(response, framed=sessions.in_frame())
    return response


def _onwards() -> Response:
    return redirect(_next(), 303)  # type: ignore[return-value]


def _next() -> str:
    """Where they wanted to go: a path of ours, whatever somebody wrote into a link."""
    wanted = request.values.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours else url_for("pages.home")
