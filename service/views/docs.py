"""The API's description, and pages that show it: all from this host."""

import importlib.resources
from typing import Any, cast

from flask import Blueprint, Response, current_app, send_from_directory
from flask_openapi3.openapi import OpenAPI

from service import answers

api = Blueprint("docs", __name__)

# Swagger UI sets styles of elements, which a policy cannot tell from styles in the page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fitting Room: the API</title>
<link rel="icon" href="/docs/images/swagger.svg">
<link rel="stylesheet" href="/docs/css/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/js/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#api", deepLinking: true, persistAuthorization: false, validatorUrl: null,
});
"""


@api.get("/openapi.json")
def description() -> Response:
    """The API's description, as OpenAPI 3.1."""
    return answers.tagged(_description())


@api.get("/docs")
def page() -> Response:
    """The same for people."""
    response = Response(PAGE, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


@api.get("/docs/start.js")
def start() -> Response:
    """What the page runs: a file, as its policy lets nothing run that stands in the page."""
    return Response(START, content_type="text/javascript; charset=utf-8")


@api.get("/docs/<any(css, js, images):kind>/<name>")
def file(kind: str, name: str) -> Response:
    """One of Swagger UI's own files."""
    package = importlib.resources.files("flask_openapi3_swagger")
    return send_from_directory(str(package / "templates" / "swagger" / kind), name, max_age=3600)


def _description() -> dict[str, Any]:
    if "description" not in current_app.extensions:
        # Only here: many schemas are made for it, and most processes are never asked.
        from service import documentation

        current_app.extensions["description"] = documentation.describe(cast("OpenAPI", current_app))
    return cast("dict[str, Any]", current_app.extensions["description"])
