import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from realparts import require_tool
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "deploy/prometheus/prometheus.yml"
RULES = sorted((ROOT / "deploy/prometheus/rules").glob("*.yml"))
TIMELINES = sorted((Path(__file__).parent / "timelines").glob("*.yml"))


def read(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


ALERTS = [rule for path in RULES for group in read(path)["groups"] for rule in group["rules"] if "alert" in rule]
NAMES = sorted({alert["alert"] for alert in ALERTS})


def identify(alert: dict[str, Any]) -> str:
    return "-".join([alert["alert"], *alert["labels"].values()])


@pytest.fixture
def promtool():
    program = require_tool("promtool", "prometheus")

    def run(*arguments: str | Path) -> None:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def test_promtool_accepts_the_rules(promtool: Callable[..., None]):
    promtool("check", "rules", *RULES)


def test_promtool_accepts_the_configuration_and_the_rules_it_loads(promtool: Callable[..., None]):
    promtool("check", "config", CONFIG)


@pytest.mark.parametrize("timeline", TIMELINES, ids=lambda path: path.stem)
def test_timeline(promtool: Callable[..., None], timeline: Path):
    promtool("test", "rules", timeline)


def test_the_configuration_loads_every_rule_file_by_a_relative_path():
    entries = read(CONFIG)["rule_files"]
    assert [CONFIG.parent / entry for entry in entries] == RULES
    assert not any(Path(entry).is_absolute() for entry in entries)


def test_the_scrape_job_has_the_name_that_rules_and_dashboards_expect():
    assert [job["job_name"] for job in read(CONFIG)["scrape_configs"]] == ["agentmon"]


def test_every_alert_has_its_timelines_and_every_timeline_its_alert():
    assert [path.stem for path in TIMELINES] == NAMES


@pytest.mark.parametrize("timeline", TIMELINES, ids=lambda path: path.stem)
def test_timelines_fire_once_and_stay_quiet_once_under_a_title(timeline: Path):
    tests = read(timeline)["tests"]
    verdicts = [
        [check["exp_alerts"] for check in test["alert_rule_test"] if check["alertname"] == timeline.stem]
        for test in tests
    ]
    assert any(any(fired) for fired in verdicts), "no timeline fires"
    assert any(fired and not any(fired) for fired in verdicts), "no timeline stays quiet to its end"
    titles = [test["name"] for test in tests]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("alert", ALERTS, ids=identify)
def test_an_alert_is_complete(alert: dict[str, Any]):
    assert alert["for"]
    assert alert["labels"]["severity"] in {"critical", "warning"}
    notes = alert["annotations"]
    assert set(notes) == {"summary", "description", "runbook_url"}
    assert "query" in notes["description"], "the description carries numbers of now"
    base = "{{ with $externalLabels.runbooks }}{{ . }}/{{ end }}"
    assert notes["runbook_url"] == f"{base}deploy/runbooks/{alert['alert']}.md"


@pytest.mark.parametrize("alert", [a for a in ALERTS if "Team" in a["alert"]], ids=identify)
def test_a_team_alert_knows_hours_grace_sources_and_replicas(alert: dict[str, Any]):
    expr = alert["expr"]
    assert expr.startswith("max by (team, channel) (")
    assert re.search(r"unless on \(job, instance, team\)\s+agentmon_team_open == 0", expr)
    assert "time() - agentmon_team_opened_timestamp_seconds" in expr
    assert "agentmon_team_opening_grace_seconds" in expr
    assert "agentmon_team_source_fresh == 0" in expr
