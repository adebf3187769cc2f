"""The models of arguments and results: how they are checked, made and described."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import JsonSchemaMode

from .. import render
from ..errors import UsageError
from ..shorten import shorten
from .values import Arguments, Values

MOST_FAULTS = 3
"""Faults that an error names."""

MOST_NAME = 60
"""Characters of an argument's name that are repeated."""

Checked = TypeVar("Checked", bound=Arguments)
Made = TypeVar("Made", bound=Values)


def checked(model: type[Checked], arguments: object) -> Checked:
    """Return arguments as a model. Raises UsageError, in one line that says what is wrong."""
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        faults = [_fault(model, one) for one in error.errors()[:MOST_FAULTS]]
        raise UsageError("; ".join(faults)) from None


def made(model: type[Made], values: dict[str, Any]) -> Made:
    """Return JSON values as a model; what cannot be written as UTF-8 is replaced."""
    return model.model_validate_json(render.to_json(values))


UNTOLD = frozenset(("title", "maxLength", "minLength", "minItems", "minimum"))
"""Parts of a schema that clients need not read: titles made of names, and limits that calls seldom
reach. They are checked all the same."""


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON schema in few words."""
    mode: JsonSchemaMode = "serialization" if issubclass(model, Values) else "validation"
    found = model.model_json_schema(mode=mode)
    found.pop("description", None)
    told: dict[str, Any] = _told(found)
    return told


def _told(value: Any, *, are_names: bool = False) -> Any:
    """Return a part of a schema without what is untold; its keys can be names of fields."""
    if isinstance(value, list):
        return [_told(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _told(each, are_names=not are_names and key in ("properties", "$defs"))
        for key, each in value.items()
        if are_names or (key not in UNTOLD and (key, each) != ("default", ""))
    }


def _fault(model: type[Arguments], error: Any) -> str:
    """Return what is wrong with one argument."""
    name = shorten(".".join(str(part) for part in error["loc"]), MOST_NAME) or "the arguments"
    if error["type"] == "extra_forbidden":
        return f"there is no parameter {name!r}; known are {', '.join(model.model_fields)}"
    message = error["msg"]
    return f"{name}: {message[0].lower()}{message[1:]}"
