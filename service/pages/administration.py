"""What an administrator looks after: users, quotas, the queue."""

from typing import Any

from flask import Response, request

from service import auth, parts
from service.pages import figures, site, telling, tokens
from service.pages.site import pages
from service.views import account, users

LIMIT = 20


@pages.get("/administration")
def administration() -> Response:
    """Users, quotas, the queue."""
    auth.administrator()
    return _show()


@pages.post("/administration")
def make_token_for() -> Response:
    """Makes a token for a user, who is made if need be; it is shown this once."""
    auth.administrator()
    given = {name: request.form.get(name, "").strip() for name in ("user", "role")}
    # What is left empty is not asked for: a known user keeps their role.
    made, wrong = tokens.made_for({name: value for name, value in given.items() if value or name == "user"})
    return tokens.secret(_show(422 if wrong else 200, made=made, wrong=wrong, given=given))


def _show(status: int = 200, **what: Any) -> Response:  # noqa: ANN401 - the template's
    after, behind = (request.args.get(name, "")[:100] for name in ("after", "behind"))
    with parts.of_app().database.reading() as session:
        people = users.everybody(session, after=after or None, limit=LIMIT)
        queue = users.waiting(session, after=behind or None, limit=LIMIT)
    return site.show(
        "administration.html",
        status,
        people=people,
        queue=queue,
        after=after,
        behind=behind,
        limits=account.described(),
        figures=figures,
        telling=telling,
        **what,
    )
