"""Pages for people. They show what the API tells, and what they change they change through it."""

from flask import Flask

from service.pages import (
    administration,
    assigning,
    assignments,
    beginning,
    building,
    classes,
    comparing,
    courses,
    datasets,
    entrance,
    handing_in,
    home,
    jobs,
    links,
    models,
    people,
    platforms,
    site,
    students,
    submissions,
    teaching,
    tokens,
    workers,
)

__all__ = ["add_to"]

# Each has its routes on `site.pages`.
PAGES = (
    administration,
    assigning,
    assignments,
    beginning,
    building,
    classes,
    comparing,
    courses,
    datasets,
    entrance,
    handing_in,
    home,
    jobs,
    links,
    models,
    people,
    platforms,
    students,
    submissions,
    teaching,
    tokens,
    workers,
)


def add_to(app: Flask) -> None:
    """The pages, their styles and scripts."""
    site.add_to(app)
