"""The example, the schema and the reference say the same."""

import json
import re
from pathlib import Path

import pytest
from realparts import self_signed

from monitor.config import check_secrets, json_schema, load
from monitor.config.reference import option_names
from monitor.pollers.vendors import VENDORS

CONFIG = Path(__file__).parents[2] / "config"
EXAMPLE = CONFIG / "monitor.example.yml"


def _uncommented(text: str) -> str:
    """The example with its optional lines switched on."""
    return re.sub(r"(?m)^( *)# ( *(?:- )?[a-z_]+:(?: |$))", r"\1\2", text)


def test_the_example_has_no_mistake_and_no_warning() -> None:
    config = load(EXAMPLE)
    assert config.warnings == ()
    assert {secret.secret.is_plain for secret in config.secrets} == {False}
    assert len(check_secrets(config)) == len(config.secrets) or check_secrets(config) == ()
    assert {source.vendor.name for source in config.sources} == set(VENDORS)


def test_the_example_with_its_optional_lines_is_good_too(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_text(_uncommented(EXAMPLE.read_text(encoding="utf-8")), encoding="utf-8")
    self_signed(tmp_path)
    (tmp_path / "certificate.pem").rename(tmp_path / "authorities.pem")
    config = load(path)
    visit = next(source for source in config.sources if source.vendor.name == "iadvize")
    assert len(visit.options.views or []) == 4
    assert config.file.privacy.pseudonym_key is not None


def test_every_option_stands_in_the_example() -> None:
    words = set(re.findall(r"[a-z_]+(?=:)", EXAMPLE.read_text(encoding="utf-8")))
    assert option_names(json_schema()) - words == frozenset()


def test_the_reference_tells_every_option() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \|", (CONFIG / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert told == option_names(json_schema())


def test_the_schema_is_draft_2020_12_and_described() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "agentmon configuration"
    mappings = [part for part in (schema, *schema["$defs"].values()) if part["type"] == "object"]
    assert all(part["description"] and part["additionalProperties"] is False for part in mappings)
    options = [option for part in mappings for option in part["properties"].values()]
    assert all("description" in option or "$ref" in option for option in options)


def test_the_example_is_good_by_the_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from monitor.config.document import read  # noqa: PLC0415 - only where the schema can be tried

    validator = jsonschema.Draft202012Validator(json_schema())
    jsonschema.Draft202012Validator.check_schema(json_schema())
    text = EXAMPLE.read_text(encoding="utf-8")
    for data in (read(text).data, read(_uncommented(text)).data):
        assert list(validator.iter_errors(data)) == []
        assert list(validator.iter_errors({**json.loads(json.dumps(data)), "colour": "red"})) != []
        data["sources"][0]["poll"] = {"interval": None}
        assert list(validator.iter_errors(data)) != []
