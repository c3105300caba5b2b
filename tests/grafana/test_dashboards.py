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
UNPAINTED = "text"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    if importlib.util.find_spec("grafana_foundation_sdk") is None:
        missing("grafana-foundation-sdk", "install the development dependencies of pyproject.toml")
    spec = importlib.util.spec_from_file_location("generate", GENERATOR)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def everything(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON tree."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from everything(child)


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


def test_a_dashboard_can_be_provisioned_as_it_is(dashboards: dict[str, Any]):
    for name, dashboard in dashboards.items():
        assert dashboard["uid"] == name
        assert dashboard["editable"] is False
        assert dashboard["title"].startswith("agentmon")
        assert dashboard["description"]
        assert not {"__inputs", "__requires", "id"} & set(dashboard)
        assert [v["name"] for v in dashboard["templating"]["list"]] == ["datasource", "job", "instance"]
        ids = [panel["id"] for panel in dashboard["panels"]]
        assert len(set(ids)) == len(ids)


def test_every_panel_says_what_it_shows_and_in_which_unit(dashboards: dict[str, Any]):
    for dashboard in dashboards.values():
        titles = [panel["title"] for panel in dashboard["panels"]]
        assert len(set(titles)) == len(titles)
        for panel in dashboard["panels"]:
            assert panel["description"]
            assert panel["fieldConfig"]["defaults"]["unit"]
            assert panel["fieldConfig"]["defaults"]["noValue"] not in {"", "0"}


def test_every_data_source_is_the_variable(dashboards: dict[str, Any]):
    for dashboard in dashboards.values():
        used = [node["datasource"] for node in everything(dashboard) if "datasource" in node]
        assert len(used) > len(dashboard["panels"])
        assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in used)


def test_every_query_is_filtered_by_job_and_instance(dashboards: dict[str, Any]):
    for dashboard in dashboards.values():
        targets = [target for panel in dashboard["panels"] for target in panel["targets"]]
        for target in targets:
            selectors = target["expr"].count("{")
            assert selectors == target["expr"].count('{job=~"$job", instance=~"$instance"')
            assert selectors > 0


def test_what_is_not_known_is_never_turned_into_a_number(dashboards: dict[str, Any]):
    for dashboard in dashboards.values():
        text = json.dumps(dashboard)
        for filler in ("or vector(", "nullValueMode", "fillBelowTo", "lastNotNull"):
            assert filler not in text
        for node in everything(dashboard):
            assert not node.get("spanNulls")


def test_each_status_has_a_word_and_a_colour_of_its_own(dashboards: dict[str, Any]):
    statuses = ("closed", "ok", "unknown", "unstaffed", "saturated", "tight")
    seen = 0
    for node in everything(dashboards["agentmon-wall"]):
        if node.get("type") == "value" and len(node["options"]) == len(statuses):
            seen += 1
            shown = list(node["options"].values())
            assert sorted(word["text"].removeprefix("? ") for word in shown) == sorted(statuses)
            assert len({word["color"] for word in shown} - {UNPAINTED}) == len(statuses)
            assert "0" not in node["options"]
    assert seen == 3, "tiles, table and history"
