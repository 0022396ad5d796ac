"""What a launch ends in: somebody is signed in, and led to what they came for."""

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from core.courses import arrivals, assignments
from core.courses.arrivals import CUSTOM, Arrival
from core.lti import deep_linking, people, places
from core.lti.deep_linking import Item
from core.lti.launch import DEEP_LINKING, Launch
from core.tables import Assignment, Course, LtiContext, LtiLink, LtiTicket, User
from service import language, parts, sessions
from service.lti import framing

MAXIMUM = 100


def land(launch: Launch, *, again: dict[str, str] | None) -> Response:
    """Signs in who was launched, and leads them to where they wanted to go.

    `again` are the parameters of a login in a window of its own, where this browser keeps no cookie of ours:
    all that follows would be lost on it.
    """
    language.prefer(launch.locale)
    with parts.of_app().database.writing() as session:
        user = people.sign_in(session, launch.person)
        context, link = places.remember(session, launch)
        arrival = arrivals.arrive(session, launch, user, context, link)
        if launch.message_type == DEEP_LINKING:
            secret = deep_linking.issue(session, launch, user, context)
            response = offer(session, deep_linking.find(session, secret), secret)
        elif again is not None:
            return _page("lti/window_only.html", again=again)
        else:
            response = redirect(_to(arrival, link), 303)  # type: ignore[assignment]
    framed = _is_framed()
    sessions.begin(response, arrival.user, framed=framed)
    language.keep(response, framed=framed)
    return response


def offer(session: Session, ticket: LtiTicket, secret: str) -> Response:
    """What a teacher may put into the platform's course: the assignments of ours that is bound to it."""
    language.prefer(ticket.launch["locale"])
    own = _course(session, ticket)
    return _page(
        "lti/choose.html",
        course=own,
        assignments=_offered(session, own),
        several=ticket.launch["accept_multiple"],
        ticket=secret,
    )


def visit(secret: str) -> Response:
    """Leads who is choosing to their course, in a window of its own: what a frame keeps is not kept there."""
    with parts.of_app().database.reading() as session:
        ticket = deep_linking.find(session, secret)
        user, own = session.get_one(User, ticket.user_id), _course(session, ticket)
    to = url_for("pages.course", course=own.id) if own else url_for("pages.courses")
    response: Response = redirect(to, 303)  # type: ignore[assignment]
    # Asked for by another site, it would sign somebody in as whom they do not know.
    if framing.is_own_page():
        sessions.begin(response, user, framed=_is_framed())
    return response


def choose(session: Session, ticket: LtiTicket, form: MultiDict[str, str]) -> list[Item]:
    """What a teacher chose, by the form that `offer` showed them; nothing if they went back without."""
    if "cancel" in form:
        return []
    offered = {row.id: row for row in _offered(session, _course(session, ticket))}
    return [_item(offered[one]) for one in form.getlist("assignment") if one in offered]


def _item(assignment: Assignment) -> Item:
    # The address stays that of all launches: some platforms log in with the one that was registered.
    return Item(
        assignment.title,
        f"{framing.origin()}/lti/launch",
        custom={CUSTOM: assignment.id},
        maximum=MAXIMUM,
        resource_id=assignment.id,
    )


def _offered(session: Session, own: Course | None) -> list[Assignment]:
    return [] if own is None else list(assignments.of_course(session, own))


def _course(session: Session, ticket: LtiTicket) -> Course | None:
    context = session.get(LtiContext, ticket.context_row) if ticket.context_row else None
    return session.get(Course, context.course_id) if context and context.course_id else None


def _to(arrival: Arrival, link: LtiLink | None) -> str:
    if arrival.assignment is not None:
        return url_for("pages.assignment", assignment=arrival.assignment.id)
    if arrival.course is not None and link is not None:
        return url_for("pages.link", link=link.id)
    if arrival.course is not None:
        return url_for("pages.course", course=arrival.course.id)
    return url_for("pages.courses")


def _page(template: str, **what: object) -> Response:
    return Response(render_template(template, **what), content_type="text/html; charset=utf-8")


def _is_framed() -> bool:
    """Whether cookies must be such as frames keep. A browser that does not tell is taken to show one."""
    plain = parts.of_app().settings.lti_plain_cookies
    return not plain and request.headers.get("Sec-Fetch-Dest", "iframe") != "document"
