"""A job's network, in the words of a spec or in Keras's own."""

from typing import Any, Literal

from flask import Response
from pydantic import Field

from core import jobs, specs
from core.specs.keras_json import writing
from service import answers, auth, parts, routes
from service.queries import Query
from service.views.jobs import JobPath

api = routes.blueprint("networks", "/v1/jobs")


class NetworkQuery(Query):
    """In which form it is wanted."""

    format: Literal["layers", "keras_json"] = Field(
        "layers",
        description="A spec's `model` with every default, or what `keras.models.model_from_json` reads",
    )


@api.get("/<job>/network")
def show(path: JobPath, query: NetworkQuery) -> Response:
    """Show a job's network, untrained."""
    with parts.of_app().database.reading() as session:
        resolved = jobs.find(session, auth.caller(), path.job).resolved
    network = specs.Resolved.model_validate(resolved)
    return answers.tagged(writing.write(network) if query.format == "keras_json" else _layers(network))


def _layers(network: specs.Resolved) -> dict[str, Any]:
    """As a spec's `model` says it."""
    return {
        "inputs": [{"name": one.name, "shape": one.shape} for one in network.inputs],
        "layers": [entry.model_dump(mode="json") for entry in network.layers],
        "outputs": [output.name for output in network.outputs],
    }
