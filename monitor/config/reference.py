"""What the file may hold, told to machines (JSON Schema) and to people (tables in Markdown); both from the models."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.config.schema import SOURCES, FileOptions

_Schema = Mapping[str, Any]
_DURATION = "duration"
_NULL: _Schema = {"type": "null"}


def json_schema() -> dict[str, Any]:
    """JSON Schema of the file, draft 2020-12."""
    made = _without_null(FileOptions.model_json_schema())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "agentmon configuration"}
    return {**head, **{key: value for key, value in made.items() if key != "title"}}


def _without_null(schema: Any) -> Any:
    """Options may be left out, never be empty: pydantic's `or null` is how a model says "unset"."""
    match schema:
        case {"anyOf": [inner, {"type": "null"}], **rest}:
            return _without_null({**inner, **{key: rest[key] for key in rest if key != "default"}})
        case dict():
            # A title that only repeats the key says nothing.
            kept = {key: value for key, value in schema.items() if key != "title" or isinstance(value, dict)}
            return {key: _without_null(value) for key, value in kept.items()}
        case list():
            return [_without_null(item) for item in schema]
        case _:
            return schema


def option_names(schema: _Schema) -> Iterator[str]:
    """Every key that the file may hold, as often as it occurs."""
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


def markdown() -> str:
    """The reference: one table for each section, in the order of the file."""
    schema = json_schema()
    names = {f"#/$defs/{model.__name__}": vendor for vendor, model in SOURCES.items()}
    sections = [_table("The file", schema, schema)]
    for path, part in _sections(schema, schema, ""):
        sections.append(_table(path, part, schema))
        if path == "sources[]":
            branches = schema["properties"]["sources"]["items"]["oneOf"]
            sections.extend(
                _table(f"sources[], vendor {names[branch['$ref']]}", _resolve(branch, schema), schema)
                for branch in branches
            )
    return "\n".join(sections)
