"""How the table is made: objects with checked arguments, and families of them that go by name."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from core.specs import wording


class Data(BaseModel):
    """Something a document may say: frozen, nothing unknown in it, errors in whole sentences."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    refused: ClassVar[Mapping[str, str]] = {}
    """Arguments that Keras has and that are not taken, each with the reason."""

    @classmethod
    def called(cls) -> str:
        """What errors call it."""
        return cls.__name__

    @classmethod
    def reasons(cls) -> dict[str, str]:
        """`refused`, with what the classes above refuse."""
        above = (vars(ancestor).get("refused", {}) for ancestor in reversed(cls.__mro__))
        return {name: reason for refused in above for name, reason in refused.items()}

    @model_validator(mode="wrap")
    @classmethod
    def _in_words(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(value)
        except ValidationError as error:
            raise wording.reworded(error, cls.called(), cls.model_fields, cls.reasons()) from None


class Named(Data):
    """An object of Keras's: its class here has Keras's name, and is written as `{"type": name, …}`."""

    withheld: ClassVar[frozenset[str]] = frozenset()
    """Fields that are no arguments of Keras's class."""

    family: ClassVar[str]
    """Where Keras keeps it: layer, initializer, regularizer, constraint, schedule, optimizer, loss or metric.
    """

    def keras_arguments(self) -> dict[str, object]:
        """What Keras's class is made with, by Keras's names."""
        return {
            info.alias or field: getattr(self, field)
            for field, info in type(self).model_fields.items()
            if field not in self.withheld
        }

    @classmethod
    def by_name(cls, name: str) -> Self:
        """The object that the bare string `name` stands for: this one with its defaults."""
        del name
        return cls()

    @model_serializer(mode="wrap")
    def _with_type(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"type": type(self).__name__, **handler(self)}


T = TypeVar("T", bound=Named)


class Family(Generic[T]):
    """All objects of one kind; as an annotation of a field, it reads any of them.

    Attributes:
        noun: what one of them is called, in errors.
        members: the classes that are taken, by Keras's name.
        aliases: other names that Keras takes for them.
        refused: names that Keras has and that are not taken, each with the reason.
        words: strings that stand for something else than a member, and are kept as they are.
    """

    def __init__(
        self,
        noun: str,
        members: Iterable[type[T]],
        *,
        aliases: Mapping[str, str] | None = None,
        refused: Mapping[str, str] | None = None,
        any_case: bool = False,
        bare_names: bool = True,
        words: Iterable[str] = (),
    ) -> None:
        self.noun = noun
        self.members: dict[str, type[T]] = {member.__name__: member for member in members}
        self.aliases = dict(aliases or {})
        self.refused = dict(refused or {})
        self.any_case = any_case
        self.bare_names = bare_names
        self.words = frozenset(words)
        self._found = {_folded(name, any_case): member for name, member in self.members.items()}
        self._found |= {_folded(alias, any_case): self.members[name] for alias, name in self.aliases.items()}

    def but(self, *, words: Iterable[str]) -> "Family[T]":
        """The same family, for a field that takes some words besides."""
        return Family(
            self.noun,
            self.members.values(),
            aliases=self.aliases,
            refused=self.refused,
            any_case=self.any_case,
            bare_names=self.bare_names,
            words=words,
        )

    def find(self, name: str) -> type[T]:
        """The class that goes by `name`; raises a Misfit that names what it may have been meant to be."""
        found = self._found.get(_folded(name, self.any_case))
        if found is not None:
            return found
        if name in self.refused:
            raise wording.Misfit(f"{name} is not taken: {self.refused[name]}")
        raise wording.Misfit(
            f"There is no {self.noun} {wording.short(name)!r}"
            f"{wording.guess(name, [*self.members, *self.aliases, *self.words])}"
        )

    def read(self, value: object) -> T | str:
        """The object that `value` describes; raises a ValidationError whose places are relative to it."""
        if isinstance(value, Named) and type(value) in self.members.values():
            return value  # type: ignore[return-value]  # mypy cannot follow `in`
        if isinstance(value, str):
            return self._by_name(value)
        if not isinstance(value, dict):
            wanted = "a name or an object" if self.bare_names else "an object"
            raise wording.misfit(f"This must be {wanted} such as {self._example()}")
        if not isinstance(value.get("type"), str):
            raise wording.misfit(f"This needs a 'type': the name of the {self.noun}", "type")
        try:
            member = self.find(value["type"])
        except wording.Misfit as error:
            raise wording.misfit(error.detail, "type") from None
        return member.model_validate({key: item for key, item in value.items() if key != "type"})

    def _by_name(self, name: str) -> T | str:
        if name in self.words:
            return name
        if not self.bare_names:
            raise wording.misfit(f"This must be an object such as {self._example()}")
        try:
            member = self.find(name)
        except wording.Misfit as error:
            raise wording.misfit(error.detail) from None
        try:
            return member.by_name(name)
        except ValidationError as error:
            # Its places are arguments that nobody wrote.
            needs = ", ".join(repr(found["loc"][0]) for found in error.errors())
            raise wording.misfit(
                f"{member.__name__} needs {needs}: write it as an object with a type"
            ) from None

    def _example(self) -> str:
        return f'{{"type": "{next(iter(self.members))}", …}}'

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(_written),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = {
            "type": "object",
            "properties": {"type": {"enum": list(self.members)}},
            "required": ["type"],
            "description": f"The {self.noun} with its arguments",
        }
        if not self.bare_names:
            return {"x-family": self.noun} | described
        names = [*sorted(self.words), *self.members, *self.aliases]
        return {"x-family": self.noun, "anyOf": [{"type": "string", "enum": names}, described]}


def _folded(name: str, any_case: bool) -> str:
    return name.lower() if any_case else name


def _written(value: object) -> Any:  # noqa: ANN401 - JSON
    return value.model_dump(mode="json") if isinstance(value, Named) else value
