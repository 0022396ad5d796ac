"""The campus's own pages. Those of Open edX's LTI code are below /api, as they are there."""

import json
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template import Context, Engine
from django.urls import include, path
from lti_consumer import api

from . import blocks
from .models import Profile
from .people import role

View = Callable[..., HttpResponse]
PAGE = Engine().from_string("""<!doctype html><title>Neural networks</title><h1>Neural networks</h1><ul>
{% for block in blocks %}<li><a class="open" href="/blocks/{{ block.place }}/open">{{ block.name }}</a>
{% if teaches %}<a class="choose" href="/blocks/{{ block.place }}/choose">Choose content</a>{% endif %}</li>
{% endfor %}</ul>""")


def teachers(view: View) -> View:
    """A page that students do not see."""

    @wraps(view)
    def seen(request: HttpRequest, **parts: str) -> HttpResponse:
        return view(request, **parts) if role(request) == "instructor" else HttpResponseForbidden()

    return seen


def sign_in(request: HttpRequest) -> HttpResponse:
    login(request, get_object_or_404(User, username=request.POST["username"]))
    return redirect("/course")


def course(request: HttpRequest) -> HttpResponse:
    listed = [{"place": key.block_id, "name": blocks.load(key).display_name} for key in blocks.FIELDS]
    return HttpResponse(PAGE.render(Context({"blocks": listed, "teaches": role(request) == "instructor"})))


@teachers
def add(request: HttpRequest, place: str) -> HttpResponse:
    """Puts a component on the page, with its fields; back comes what its tool must know of the platform."""
    blocks.add(place, json.loads(request.body))
    launch = blocks.find(place, request.user).get_lti_1p3_launch_data()
    told = api.get_lti_1p3_launch_info(launch) | {"issuer": settings.LMS_ROOT_URL}
    return JsonResponse(told, status=201)


def enter(request: HttpRequest, place: str) -> HttpResponse:
    """Into the tool, by what was chosen there if something was."""
    launch = blocks.find(place, request.user).get_lti_1p3_launch_data()
    return redirect(api.get_lti_1p3_content_url(launch))


@teachers
def choose(request: HttpRequest, place: str) -> HttpResponse:
    """Into the tool, to choose what the component shows."""
    launch = blocks.find(place, request.user).get_lti_1p3_launch_data()
    return redirect(api.get_lti_1p3_launch_start_url(launch, deep_link_launch=True))


@teachers
def gradebook(request: HttpRequest) -> HttpResponse:
    """Of each component, the grades of those who have one."""
    names = dict(User.objects.values_list("id", "username"))
    grades = {
        block: {names[id_]: grade for id_, grade in entries.items()}
        for block, entries in blocks.GRADES.items()
    }
    return JsonResponse(grades)


@teachers
def members(request: HttpRequest) -> HttpResponse:
    """What tools call the people here."""
    known = Profile.objects.values_list("user__username", "external_user_id")
    return JsonResponse({username: str(id_) for username, id_ in known})


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls")),
    path("signin", sign_in),
    path("course", course),
    path("blocks/<slug:place>", add),
    path("blocks/<slug:place>/open", enter),
    path("blocks/<slug:place>/choose", choose),
    path("gradebook", gradebook),
    path("members", members),
]
