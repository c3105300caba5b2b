"""What the file may hold, told to machines (JSON Schema) and to people (Markdown); both from the models."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from monitor.config.schema import FileOptions

_Schema = Mapping[str, Any]
_DEFAULT = re.compile(r" ?\(default:? ([^)]*)\)")
_REQUIRED = "**required**"


def json_schema(model: type[BaseModel] = FileOptions, title: str = "agentmon configuration") -> dict[str, Any]:
    """JSON Schema of a file, draft 2020-12."""
    made = _tidy(model.model_json_schema())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return {**head, **made}


def _tidy(schema: Any) -> Any:
    """Without what only the models need: options may be left out but never be null; titles repeat the keys."""
    match schema:
        case {"anyOf": [inner, {"type": "null"}], **rest}:
            return _tidy({**inner, **{key: rest[key] for key in rest if key != "default"}})
        case dict():
            return {key: _tidy(value) for key, value in schema.items() if not _is_noise(key, value)}
        case list():
            return [_tidy(item) for item in schema]
        case _:
            return schema


def _is_noise(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and isinstance(value, dict))


def option_names(schema: _Schema) -> frozenset[str]:
    """Every key that the file may hold, but for the names that `channels` maps."""
    parts = (schema, *schema["$defs"].values())
    return frozenset(name for part in parts for name in part.get("properties", {}))


def markdown(model: type[BaseModel] = FileOptions) -> str:
    """The reference: a table for each kind of mapping, in the order of the file, with all its places."""
    schema = json_schema(model)
    places: dict[str, list[str]] = {}
    _collect(schema, schema, "", places)
    tables = [_table("The whole file", schema)]
    for name, where in places.items():
        title = ", ".join(f"`{place}`" for place in dict.fromkeys(where))
        tables.append(_table(title, schema["$defs"][name]))
    return "\n".join(tables)


def _collect(part: _Schema, schema: _Schema, place: str, places: dict[str, list[str]]) -> None:
    """Fills `places`: the name of each mapping's definition, and everywhere it stands in the file."""
    for key, option in part.get("properties", {}).items():
        where = f"{place}.{key}" if place else key
        for name, suffix in _definitions(option):
            inner = schema["$defs"][name]
            if inner["type"] == "object":
                vendor = inner["properties"].get("vendor", {}).get("const")
                title = f"{where}{suffix}" + (f" (vendor: {vendor})" if vendor else "")
                places.setdefault(name, []).append(title)
                _collect(inner, schema, f"{where}{suffix}", places)


def _definitions(option: _Schema) -> Iterator[tuple[str, str]]:
    """Definitions that an option leads to, with what stands between in a place."""
    if "$ref" in option:
        yield option["$ref"].rpartition("/")[2], ""
    for inner in option.get("oneOf", ()):
        yield from _definitions(inner)
    for key, suffix in (("items", "[]"), ("additionalProperties", ".CHANNEL")):
        if isinstance(option.get(key), dict):
            for name, rest in _definitions(option[key]):
                yield name, suffix + rest


def _table(title: str, part: _Schema) -> str:
    lines = [f"### {title}", "", part["description"].replace("\n", " "), ""]
    lines += ["| option | type | default | meaning |", "|---|---|---|---|"]
    required = part.get("required", ())
    lines += [_row(name, option, is_required=name in required) for name, option in part["properties"].items()]
    return "\n".join([*lines, ""])


def _row(name: str, option: _Schema, *, is_required: bool) -> str:
    description = option["description"].replace("\n", " ")
    told = _DEFAULT.search(description)
    if is_required:
        default = _REQUIRED
    elif told:
        default = told[1]
    else:
        default = _shown(option.get("default"))
    return f"| `{name}` | {_kind(option)} | {default} | {_DEFAULT.sub('', description)} |"


def _shown(default: object) -> str:
    match default:
        case None | []:
            return ""
        case bool():
            return f"`{str(default).lower()}`"
        case list():
            return f"`[{', '.join(map(str, default))}]`"
        case _:
            return f"`{default}`"


def _kind(option: _Schema) -> str:
    """The type in the operator's words."""
    match option:
        case {"const": word}:
            return f"`{word}`"
        case {"enum": [*words]}:
            return " or ".join(f"`{word}`" for word in words)
        case {"oneOf": [{"type": "string"}, {"type": "array"}]}:
            return "text or list of texts"
        case {"oneOf": [{"properties": _}, *_]}:
            return "`{env: NAME}` or `{file: PATH}`"
        case {"pattern": str(pattern)} if r"ms" in pattern:
            return "duration"
        case {"format": "uri"}:
            return "address"
        case {"type": "array", "items": inner}:
            return f"list of {_plural(inner)}"
        case {"type": "integer" | "number" as kind}:
            return f"{'whole number' if kind == 'integer' else 'number'}{_bounds(option)}"
        case {"type": "boolean"}:
            return "`true` or `false`"
        case {"type": "string"}:
            return "text"
        case {"$ref": reference} if reference.endswith("/Channel"):
            return "channel"
        case _:
            return "mapping"


def _plural(inner: _Schema) -> str:
    kind = _kind(inner)
    return {
        "text": "texts",
        "mapping": "mappings",
        "whole number, at least 1": "whole numbers",
        "channel": "channels (`chat`, `call`, `video`, `ticket`)",
    }.get(kind, kind)


def _bounds(option: _Schema) -> str:
    words = (
        ("minimum", "at least"),
        ("exclusiveMinimum", "above"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "below"),
    )
    said = [f"{word} {option[key]:g}" for key, word in words if key in option]
    return f", {', '.join(said)}" if said else ""
