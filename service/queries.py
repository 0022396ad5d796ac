"""What stands in addresses: the parts of paths, and queries."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import Fault, InvalidRequestError, pointer


class Query(BaseModel):
    """A query. A parameter that is not known is an error: a filter that was mistyped must not find all."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Query):
    """Which part of a list is wanted."""

    limit: int = Field(20, ge=1, le=100, description="How many at most")
    after: str | None = Field(None, max_length=100, description="The id of the last item seen")


class StoryQuery(Query):
    """Which part of a job's story is wanted."""

    after: int = Field(0, ge=0, le=2**31 - 1, description="The number of the last item seen")
    limit: int = Field(100, ge=1, le=1000, description="How many at most")


def refuse(error: ValidationError) -> None:
    """Turns Pydantic's findings about an address into ours; flask-openapi3 calls it.

    Raises:
        InvalidRequestError: always.
    """
    faults = []
    for found in error.errors(include_url=False):
        name = str(found["loc"][0]) if found["loc"] else ""
        unknown = found["type"] == "extra_forbidden"
        told = "there is no such parameter" if unknown else found["msg"][:1].lower() + found["msg"][1:]
        detail = f"{name[:60]}: {told}"
        faults.append(Fault(pointer("query", name[:60]), detail))
    raise InvalidRequestError("; ".join(fault.detail for fault in faults[:5]), faults)
