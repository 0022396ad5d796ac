"""Templates: networks to start from, fitted to a data set."""

from typing import Any

from flask import Response

from core.datasets import catalogue
from core.specs import templates
from core.tables import Dataset, User
from service import answers, auth, parts, routes
from service.views.datasets import DatasetPath

api = routes.blueprint("templates", "/v1/datasets")

DESCRIPTIONS = {
    "dense": "Layers in which everything is connected with everything: a first network for any data.",
    "convolutional": "Small kernels that slide over pictures, and pooling in between: for pictures.",
    "recurrent": "A layer that reads a row step by step and remembers: for texts and other sequences.",
}


@api.get("/<dataset>/templates")
def listed(path: DatasetPath) -> Response:
    """List networks to start from that suit a data set, the best first, each as a job."""
    user = auth.caller()
    with parts.of_app().database.reading() as session:
        told = suiting(user, catalogue.find(session, user, path.dataset))
    return answers.tagged({"object": "list", "data": told, "has_more": False})


def suiting(user: User, dataset: Dataset) -> list[dict[str, Any]]:
    """The templates for a data set, as the API tells them."""
    # A name is looked up among the caller's own.
    named = dataset.name if dataset.owner_id == user.id else dataset.id
    return [
        {
            "name": template.name,
            "object": "template",
            "description": DESCRIPTIONS[template.name],
            "spec": {"dataset": named, "model": template.model, "training": template.training},
        }
        for template in templates.suiting(catalogue.facts(dataset))
    ]
