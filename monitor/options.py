"""Base of every mapping that a configuration file holds, and what its options mean."""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Options(BaseModel):
    """Strict, frozen, quiet about its values. The text below each option is its description, see `meanings`."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,  # a command that reads no configuration need not wait for its models
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, meaning in meanings(cls).items():
            properties[name].setdefault("description", meaning)
        return schema


@cache
def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """What each option of a model means, by its name.

    Read from the source on the first call: few commands need it, and pydantic's own way (`use_attribute_docstrings`)
    parses the files of all models before any command can start.
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Options) and base.__module__ != __name__:
            found |= _written_below(base)
    given = {name: field.description for name, field in model.model_fields.items() if field.description}
    return {name: text for name, text in (found | given).items() if name in model.model_fields}


def _written_below(model: type) -> Mapping[str, str]:
    """Nothing where the source is not that of the model: it was made while the program runs, or replaced since.

    What only completes a message must not be the end of it.
    """
    found: dict[str, str] = {}
    try:
        read = ast.parse(dedent(inspect.getsource(model))).body
    except (OSError, SyntaxError):
        return found
    match read:
        case [ast.ClassDef(name=model.__name__, body=lines)]:
            for option, text in pairwise(lines):
                match option, text:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(meaning))):
                        found[name] = inspect.cleandoc(meaning)
    return found
