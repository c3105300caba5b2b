"""The committed JSON is what the code says, and what Grafana's own schema knows."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from realparts import missing

GENERATOR = Path(__file__).parents[2] / "grafana/generate.py"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    if importlib.util.find_spec("grafana_foundation_sdk") is None:
        missing("grafana-foundation-sdk", "install the development dependencies of pyproject.toml")
    return importlib.import_module("generate")


def test_the_committed_files_are_what_the_code_says(generator: ModuleType, capsys: pytest.CaptureFixture[str]):
    assert generator.main(["--check"]) == 0, capsys.readouterr().out


def test_no_file_lies_there_that_the_code_does_not_write(generator: ModuleType, dashboards: dict[str, Any]):
    assert set(dashboards) == set(generator.DASHBOARDS)


def test_check_tells_the_difference_and_writes_nothing(
    generator: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(generator, "OUTPUT", tmp_path)
    assert generator.main(["--check"]) == 1
    assert '+  "uid": "agentmon-wall"' in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0


def test_the_generator_runs_as_a_program(generator: ModuleType):
    done = subprocess.run(
        [sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")


def lost(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """Name what is not there any more, or not the same; what was added are defaults."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from lost(value, after.get(name), f"{at}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from lost(one, other, f"{at}.{i}")
    elif before != after and before not in ({}, []):
        yield f"{at}: {before!r} became {after!r}"


def through_the_schema(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Read and write it with the models of the SDK, which are generated from Grafana's schema."""
    encoder, plugins, models = (
        importlib.import_module(f"grafana_foundation_sdk.{name}")
        for name in ("cog.encoder", "cog.plugins", "models.dashboard")
    )
    plugins.register_default_plugins()
    text = json.dumps(models.Dashboard.from_json(dashboard), cls=encoder.JSONEncoder)
    again: dict[str, Any] = json.loads(text)
    return again


def test_grafanas_schema_knows_every_field_and_its_place(generator: ModuleType, dashboards: dict[str, Any]):
    for dashboard in dashboards.values():
        assert list(lost(dashboard, through_the_schema(dashboard))) == []


def test_a_field_that_grafanas_schema_does_not_know_is_noticed(generator: ModuleType, dashboards: dict[str, Any]):
    wall = json.loads(json.dumps(dashboards["agentmon-wall"]))
    wall["panels"][0]["options"]["textSize"] = 12
    assert list(lost(wall, through_the_schema(wall))) == [".panels.0.options.textSize: 12 became None"]
