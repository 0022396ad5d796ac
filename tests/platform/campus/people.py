"""Who is in the course. Nobody has a password: the campus is on one machine, for a test."""

from django.contrib.auth.models import User
from django.http import HttpRequest

from .models import Profile

PEOPLE = {
    "teacher": ("Grace", "Hopper", "instructor"),
    "ada": ("Ada", "Lovelace", "student"),
    "alan": ("Alan", "Turing", "student"),
}


def enrol() -> None:
    """Makes everybody's account."""
    for username, (first, last, role) in PEOPLE.items():
        account = User.objects.create(
            username=username, first_name=first, last_name=last, email=f"{username}@campus.example"
        )
        Profile.objects.create(user=account, role=role)


def role(request: HttpRequest) -> str | None:
    """The role of who is signed in."""
    return request.user.profile.role if request.user.is_authenticated else None
