"""Django, set up as Open edX sets it up where its LTI component looks."""

import secrets
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

APPS = ["auth", "contenttypes", "sessions", "lti_consumer", "campus"]


def application(url: str) -> Callable[..., Any]:
    """The whole campus, for a server that is reached at `url`."""
    settings.configure(
        SECRET_KEY=secrets.token_hex(),
        ALLOWED_HOSTS=["localhost"],
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPS[:3]), *APPS[3:]],
        MIDDLEWARE=[
            "edx_django_utils.cache.middleware.RequestCacheMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        ROOT_URLCONF="campus.pages",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        # One thread serves, and so one connection sees it all.
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MIGRATION_MODULES=dict.fromkeys(APPS),
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        # A tool brings its answer to Deep Linking from its own site, and the session must come along.
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_SECURE=True,
        OPENEDX_TELEMETRY=[],
        DEBUG_PROPAGATE_EXCEPTIONS=True,  # to the server, which prints them
        PLATFORM_NAME="Campus",
        LMS_ROOT_URL=url,
        LMS_BASE=url.removeprefix("http://"),
        USAGE_ID_PATTERN=r"(?P<usage_id>[^/]+)",
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    # What needs Django to be there.
    from . import people, surroundings

    people.enrol()
    surroundings.attach()
    return get_wsgi_application()
