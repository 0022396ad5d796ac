"""What a launch ends in. Courses, assignments and pages are plugged in here: `land`, and `choose`."""

from flask import Response, render_template
from werkzeug.datastructures import MultiDict

from core.lti import deep_linking, people, places
from core.lti.deep_linking import Item
from core.lti.launch import DEEP_LINKING, Launch, text
from core.tables import LtiTicket
from service import parts
from service.lti import framing


def land(launch: Launch) -> Response:
    """Signs in who was launched, and shows them where they are."""
    with parts.of_app().database.writing() as session:
        user = people.sign_in(session, launch.person)
        context, link = places.remember(session, launch)
        ticket = None
        if launch.message_type == DEEP_LINKING:
            ticket = deep_linking.issue(session, launch, user, context)
        page = render_template(
            "lti/landed.html", launch=launch, user=user, context=context, link=link, ticket=ticket
        )
    return Response(page, content_type="text/html; charset=utf-8")


def choose(ticket: LtiTicket, form: MultiDict[str, str]) -> list[Item]:
    """What a teacher chose, by the form that `land` showed them; nothing if they went back without."""
    del ticket
    title = text(form.get("title"))
    if "cancel" in form or title is None:
        return []
    return [Item(title, f"{framing.origin()}/lti/launch", maximum=100)]
