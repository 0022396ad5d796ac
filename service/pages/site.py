"""What all pages share: the frame around them, the policy that a browser holds them to, and errors."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, g, redirect, render_template, request, url_for

from core.courses import course
from service import assets, language, parts, sessions
from service.language import translated as _
from service.lti import framing

pages = Blueprint("pages", __name__, template_folder="../templates")

# Nothing from another host, no script or style that stands in the page itself, no text that is ever read as
# markup; and in frames of the learning platforms alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
    "frame-ancestors 'self'"
)


def add_to(app: Flask) -> None:
    """The pages and their frame."""
    language.add_to(app)
    sessions.add_to(app)
    app.register_blueprint(assets.assets)
    app.register_blueprint(pages)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["asset"] = _asset


@pages.app_context_processor
def _frame() -> dict[str, Any]:
    return {
        "user": g.get("user"),
        "language": language.current(),
        "languages": language.LANGUAGES,
        "csrf_token": sessions.csrf_token,
        "attends": _attends,
    }


def _attends() -> bool:
    """Whether who reads is in a course, and so has something to look for there."""
    user, own = g.get("user"), parts.of_app()

    def look_up() -> bool:
        with own.database.reading() as session:
            return bool(course.page(session, user, after=None, limit=1))

    try:
        return user is not None and own.memory.recall(("attends", user.id), look_up)
    except sa.exc.SQLAlchemyError:
        # The page that says so is in the frame too.
        return False


def show(template: str, status: int = 200, **what: Any) -> Response:  # noqa: ANN401 - a template's own
    """A page."""
    response = Response(render_template(template, **what), status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = " ".join([POLICY, *sorted(framing.known())])
    # What is on a page is its reader's alone, and of the moment.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def go(endpoint: str, **path: Any) -> Response:  # noqa: ANN401 - an endpoint's own
    """Leads on, after a form was sent, to a page that may be loaded again."""
    return redirect(url_for(endpoint, **path), 303)  # type: ignore[return-value]


def trouble(problem: dict[str, Any]) -> Response:
    """A problem as a page; who must sign in is led there."""
    if problem["status"] == 401 and request.method == "GET":
        # Where they wanted to go is told as a path: never somewhere else.
        return go("pages.sign_in", next=request.full_path.rstrip("?"))
    return show("trouble.html", problem["status"], problem=problem, title=_title(problem["status"]))


def _title(status: int) -> str:
    known = {
        403: _("This is not for you"),
        404: _("There is no such thing here"),
        409: _("That does not go together"),
        422: _("That cannot be done"),
        503: _("Not now"),
    }
    return known.get(status, _("Something went wrong"))


def _asset(name: str) -> str:
    return url_for("assets.file", edition=assets.version(), name=name)
