"""What stands in a network's list: a layer, or one of the same list that is applied once more."""

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from core.specs.base import Data
from core.specs.layers import AnyLayer
from core.specs.layers.base import Inputs, Layer
from core.specs.scalars import Identifier


class Again(Data):
    """A layer that is applied to other inputs too, with the same weights: a shared layer."""

    layer: Identifier
    name: Identifier | None = None
    inputs: Inputs


Entry = Layer | Again

_LAYER: TypeAdapter[Layer] = TypeAdapter(AnyLayer)


class _Entries:
    """As an annotation of a field, it reads either."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            read_entry, serialization=core_schema.plain_serializer_function_ser_schema(_written)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [_LAYER.json_schema(), Again.model_json_schema()]}


def read_entry(value: object) -> Entry:
    """A layer, or one that is applied again; raises a ValidationError whose places are relative to it."""
    if isinstance(value, Again):
        return value
    if isinstance(value, dict) and "layer" in value and "type" not in value:
        return Again.model_validate(value)
    return _LAYER.validate_python(value)


def _written(value: Entry) -> Any:  # noqa: ANN401 - JSON
    return value.model_dump(mode="json")


AnyEntry = Annotated[Entry, _Entries()]
