"""What a job may say, as JSON schemas that refer to one another: for an OpenAPI document."""

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from core.specs import activations, catalogue
from core.specs.base import Family
from core.specs.sketch import Sketch, SketchedTarget
from core.specs.spec import JobSpec

REF = "#/components/schemas/{model}"


@cache
def components() -> dict[str, Any]:
    """JSON schemas for an OpenAPI document: the job's, and one for each class, such as `layers.Dense`."""
    _, whole = models_json_schema([(JobSpec, "validation"), (SketchedTarget, "validation")], ref_template=REF)
    schemas: dict[str, Any] = whole["$defs"]
    schemas["AnyActivation"] = {
        "type": ["string", "null"],
        "enum": [*activations.NAMES, *activations.ALIASES, None],
    }
    for module, family in catalogue.FAMILIES.items():
        for name, member in family.members.items():
            schema = catalogue.schema_of(member, REF)
            schemas |= schema.pop("$defs", {})
            schemas[f"{module}.{name}"] = _with_type(name, schema)
        schemas[_any(family.noun)] = _choice(module, family)
    schemas["CheckSpec"] = _check(schemas["JobSpec"])
    referred: dict[str, Any] = _referring(schemas)
    return referred


def _check(job: dict[str, Any]) -> dict[str, Any]:
    """A job's document with a sketch of a data set in its place, if need be."""
    sketch = Sketch.model_json_schema(ref_template=REF)
    described = {
        "description": "A job, or one with a sketch of a data set in place of its name",
        "properties": job["properties"] | sketch["properties"],
        "required": ["model"],
    }
    return job | described


def _with_type(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    properties = {"type": {"const": name}, **schema["properties"]}
    return schema | {"properties": properties, "required": ["type", *schema.get("required", [])]}


def _choice(module: str, family: Family[Any]) -> dict[str, Any]:
    """Any one of a family: by its type, or by its name alone."""
    places = {name: REF.format(model=f"{module}.{name}") for name in family.members}
    objects = {
        "oneOf": [{"$ref": place} for place in places.values()],
        "discriminator": {"propertyName": "type", "mapping": places},
    }
    if not family.bare_names:
        return objects
    return {"anyOf": [{"type": "string", "enum": [*family.members, *family.aliases]}, objects]}


def _any(noun: str) -> str:
    return "Any" + noun.title().replace(" ", "")


def _referring(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """With a reference wherever a field takes any one of a family."""
    if isinstance(schema, list):
        return [_referring(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-family" not in schema:
        return {key: _referring(item) for key, item in catalogue.untitled(schema).items()}
    place = {"$ref": REF.format(model=_any(schema["x-family"]))}
    kept = {key: schema[key] for key in ("default",) if key in schema}
    words = _words(schema)
    return kept | ({"anyOf": [{"type": "string", "enum": words}, place]} if words else place)


def _words(schema: dict[str, Any]) -> list[str]:
    """The words that a field takes beside the names of a family."""
    family = next((one for one in catalogue.FAMILIES.values() if one.noun == schema["x-family"]), None)
    if family is None or "anyOf" not in schema:
        return []
    names = {*family.members, *family.aliases}
    return [name for name in schema["anyOf"][0]["enum"] if name not in names]
