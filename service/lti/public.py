"""The addresses that platforms and their browsers use."""

from flask import Blueprint, Response, request

from core.lti import keys
from service import answers, parts
from service.lti import choosing, launches, logins, problems, registering

# A keyset may be remembered for so long: less than a new key is shown before it signs.
KEYSET_SECONDS = 600
MOST_FORM_BYTES = 2**20

api = Blueprint(
    "lti",
    __name__,
    url_prefix="/lti",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
api.add_url_rule("/login", view_func=logins.login, methods=["GET", "POST"])
api.add_url_rule("/launch", view_func=launches.launch, methods=["POST"])
api.add_url_rule("/launch", view_func=launches.opened, methods=["GET"])
api.add_url_rule("/deep-linking", view_func=choosing.answer, methods=["POST"])
api.add_url_rule("/register", view_func=registering.ask, methods=["GET"])
api.add_url_rule("/register", endpoint="register", view_func=registering.register, methods=["POST"])
problems.add_to(api)


@api.before_request
def _bound() -> None:
    """What comes here comes from anybody: a form is no longer than a token may be, and some."""
    request.max_content_length = MOST_FORM_BYTES
    request.max_form_memory_size = MOST_FORM_BYTES


@api.get("/jwks")
def jwks() -> Response:
    """Our public keys."""
    with parts.of_app().database.reading() as session:
        response = answers.json({"keys": keys.public(session)})
    response.headers["Cache-Control"] = f"public, max-age={KEYSET_SECONDS}"
    return response
