"""The application: a function that builds it, and nothing that is built before that is called."""

from flask import Flask, Response, request
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from core.config import Settings
from service import auth, bodies, pages, problems, queries, tracing
from service.lti import public as lti
from service.parts import Parts
from service.views import (
    account,
    assignments,
    catalogue,
    courses,
    datasets,
    docs,
    events,
    health,
    jobs,
    models,
    networks,
    passback,
    predictions,
    registrations,
    samples,
    scores,
    specs,
    submissions,
    templates,
    tokens,
    users,
    workers,
)

VERSION = "1"
RESOURCES = (
    account,
    assignments,
    catalogue,
    courses,
    datasets,
    events,
    health,
    jobs,
    models,
    networks,
    passback,
    predictions,
    registrations,
    samples,
    scores,
    specs,
    submissions,
    templates,
    tokens,
    users,
    workers,
)


# Pages that may stand in frames of learning platforms.
FRAMED = frozenset({"lti", "pages"})


def create_app(settings: Settings) -> Flask:
    """A WSGI application of these settings; nothing of it runs beside the requests until `Parts.start`."""
    app = OpenAPI(
        __name__,
        info=Info(title="Fitting Room", version=VERSION),
        doc_ui=False,
        validation_error_callback=queries.refuse,
        static_folder=None,
    )
    app.extensions["parts"] = Parts.build(settings)
    # A trailing slash is another address, and two slashes are two.
    app.url_map.strict_slashes, app.url_map.merge_slashes = True, False
    tracing.add_to(app)
    problems.add_to(app)
    auth.add_to(app)
    app.after_request(bodies.drain)
    app.after_request(_secure)
    app.register_blueprint(docs.api)
    app.register_blueprint(lti.api)
    for resource in RESOURCES:
        app.register_api(resource.api)
    pages.add_to(app)
    return app


def _secure(response: Response) -> Response:
    """Headers that keep a browser from doing what nobody asked it to."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.blueprint not in FRAMED:
        # A page may stand in frames of platforms: which, its own policy says, and this header cannot.
        response.headers["X-Frame-Options"] = "DENY"
    if request.path.startswith("/v1") and "Cache-Control" not in response.headers:
        # What is asked with a token is nobody else's; a client may keep it, and asks whether it still holds.
        response.headers["Cache-Control"] = "private, no-cache"
    return response
