"""The configuration as it may be shown: as it was written, without secrets and without anybody's name."""

from collections.abc import Mapping
from io import StringIO

from pydantic import BaseModel
from ruamel.yaml import YAML

from monitor.config.parts import Parts
from monitor.config.schema import MemberOptions, PeopleOptions
from monitor.fields import Secret

MASK = "<masked>"
_WIDTH = 120
_NAMES_OF_PEOPLE = {MemberOptions: ("agents", "exclude"), PeopleOptions: ("list",)}
"""Options that name people, by their mapping; of each the number of entries is left."""


def shown(parts: Parts) -> str:
    """YAML. Where a secret is to be found stays, what it is does not; aliases are written out, comments are gone."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # typed as its default
    yaml.width = _WIDTH
    out = StringIO()
    yaml.dump(_shown(parts.file, parts.document.data), out)
    return out.getvalue()


def _shown(value: object, written: object) -> object:
    """What was written, for a value that was made of it."""
    match value, written:
        case Secret(), {**reference}:
            return dict(reference)
        case Secret(), _:
            return MASK
        case BaseModel(), {**options}:
            hidden = _NAMES_OF_PEOPLE.get(type(value), ())
            return {
                name: _masked(option) if name in hidden else _shown(getattr(value, str(name)), option)
                for name, option in options.items()
            }
        case tuple(), list():
            return [_shown(one, other) for one, other in zip(value, written, strict=True)]
        case Mapping(), {**options}:
            return {name: _shown(value[name], option) for name, option in options.items()}
        case _:
            return written


def _masked(written: object) -> object:
    return [MASK for _ in written] if isinstance(written, list) else MASK
