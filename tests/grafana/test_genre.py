"""Every dashboard against every rule of the genre."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from genre import LINTER, OURS, Complaints, Dashboard
from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[2] / "grafana/dashboards"
NAMES = ("agentmon-monitor", "agentmon-sources", "agentmon-team", "agentmon-wall")
RULES = {**LINTER, **OURS}
LINT = YAML(typ="safe").load((FOLDER / ".lint").read_text(encoding="utf-8"))["exclusions"]


def excluded(rule: str) -> list[str]:
    """Return the panels to which a rule does not apply."""
    return [entry["panel"] for entry in LINT.get(rule, {}).get("entries", [])]


def complaints(rule: str, dashboard: Dashboard) -> Iterator[str]:
    for complaint in RULES[rule](dashboard):
        if not any(complaint.startswith(f"{panel}:") for panel in excluded(rule)):
            yield complaint


def test_the_four_dashboards_are_there_and_have_their_uid_as_name(dashboards: dict[str, Any]):
    assert tuple(dashboards) == NAMES
    assert all(dashboard["uid"] == name for name, dashboard in dashboards.items())


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", NAMES)
def test_a_dashboard_keeps_the_rule(dashboards: dict[str, Any], name: str, rule: str):
    assert list(complaints(rule, dashboards[name])) == []


@pytest.mark.parametrize("rule", LINT)
def test_an_exclusion_has_a_reason_and_is_needed(dashboards: dict[str, Any], rule: str):
    assert LINT[rule]["reason"]
    found = [complaint for dashboard in dashboards.values() for complaint in RULES[rule](dashboard)]
    for panel in excluded(rule):
        assert any(complaint.startswith(f"{panel}:") for complaint in found), panel


def changed(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set one place of the wall, as in `panels.0.title`."""

    def change(dashboard: dict[str, Any]) -> None:
        node: Any = dashboard
        *way, last = path.split(".")
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        if value is None:
            del node[last]
        else:
            node[last] = value

    return change


EXPR = "panels.0.targets.0.expr"
OURS_ONLY = 'job=~"$job", instance=~"$instance"'
BROKEN: Mapping[str, tuple[str, Any]] = {
    "template-datasource-rule": ("templating.list.0.name", "prometheus"),
    "template-job-rule": ("templating.list.1.allValue", ".*"),
    "template-instance-rule": ("templating.list.2.multi", False),
    "template-label-promql-rule": ("templating.list.1.query.query", "label_values(job"),
    "template-on-time-change-reload-rule": ("templating.list.3.refresh", 1),
    "panel-datasource-rule": ("panels.0.datasource.uid", "abc"),
    "panel-title-description-rule": ("panels.0.description", ""),
    "panel-units-rule": ("panels.0.fieldConfig.defaults.unit", None),
    "panel-no-targets-rule": ("panels.0.targets", []),
    "target-rate-interval-rule": (EXPR, f"rate(agentmon_source_polls_total{{{OURS_ONLY}}}[5m])"),
    "target-job-rule": (EXPR, 'up{job="agentmon", instance=~"$instance"}'),
    "target-instance-rule": (EXPR, 'up{job=~"$job"}'),
    "target-counter-agg-rule": (EXPR, f"agentmon_source_polls_total{{{OURS_ONLY}}}"),
    "target-histogram-rule": (EXPR, f"agentmon_publish_duration_seconds_bucket{{{OURS_ONLY}}}"),
    "uneditable-dashboard-rule": ("editable", True),
    "is portable": ("__inputs", []),
    "is one of a family": ("tags", []),
    "panels have places": ("panels.1.gridPos.y", 1),
    "nothing has a word": ("panels.0.fieldConfig.defaults.noValue", "0"),
    "null stays null": ("panels.0.options.reduceOptions.calcs", ["lastNotNull"]),
    "legends speak": ("panels.0.targets.1.legendFormat", "in trouble"),
    "words stand with colours": ("panels.1.fieldConfig.defaults.mappings.0.options.1.text", ""),
    "the wall fits a screen": ("panels.1.gridPos.h", 8),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_noticed(dashboards: dict[str, Any], rule: str):
    broken = json.loads(json.dumps(dashboards["agentmon-wall"]))
    changed(*BROKEN[rule])(broken)
    found: Complaints = RULES[rule](broken)
    assert list(found)


def test_dashboards_without_marks_of_alerts_are_noticed(dashboards: dict[str, Any]):
    assert list(RULES["alerts are marked"]({**dashboards["agentmon-team"], "annotations": {"list": []}}))


def test_every_rule_is_seen_to_fail():
    assert {*BROKEN, "alerts are marked"} == set(RULES)


@pytest.mark.parametrize("name", NAMES)
def test_dashboard_linter_agrees_where_it_is_installed(name: str):
    linter = shutil.which("dashboard-linter")
    if linter is None:
        # Not asked for under CI either: Go modules are not to be had everywhere, and its rules are the table above.
        pytest.skip("dashboard-linter is not installed: go install github.com/grafana/dashboard-linter@latest")
    command = [linter, "lint", "--strict", "--verbose", FOLDER / f"{name}.json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
