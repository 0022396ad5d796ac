"""`/lti/deep-linking`: a teacher's choice, on its way back to the platform."""

from flask import Response, render_template, request

from core.lti import deep_linking, registrations
from core.lti.errors import LaunchError
from service import parts
from service.lti import framing, landing


def answer() -> Response:
    """A form that the browser posts to the platform by itself."""
    own, secret = parts.of_app(), request.form.get("ticket")
    if not secret:
        raise LaunchError("ticket_unknown", "The form has no ticket.")
    if "visit" in request.form:
        return landing.visit(secret)
    with own.database.writing() as session:
        ticket = deep_linking.find(session, secret)
        registration = registrations.get(session, ticket.registration_id)
        if "refresh" in request.form:
            response = landing.offer(session, ticket, secret)
            framing.policy(response, registration, ticket.launch["return_url"])
            return response
        found = deep_linking.answer(session, secret, landing.choose(session, ticket, request.form))
    token = own.platforms.sign(found.claims)
    page = render_template("lti/answer.html", url=found.url, token=token)
    response = Response(page, content_type="text/html; charset=utf-8")
    framing.policy(response, registration, found.url)
    return response
