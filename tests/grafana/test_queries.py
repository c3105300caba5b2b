"""The wall's queries, asked of a real Prometheus engine."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from realparts import require_tool

A = 'job="agentmon", instance="a:9877"'
B = 'job="agentmon", instance="b:9877"'
STATUSES = ("closed", "ok", "unknown", "unstaffed", "saturated", "tight")


@pytest.fixture(scope="module")
def promtool() -> str:
    return require_tool("promtool", "prometheus")


@pytest.fixture
def queries(dashboards: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Map "panel title/refId" to the query, with the variables put in."""
    return {
        f"{panel['title']}/{target['refId']}": target["expr"].replace("$job", ".+").replace("$instance", ".+")
        for dashboard in dashboards.values()
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }


def status(replica: str, team: str, now: str) -> dict[str, int]:
    return {
        f'agentmon_team_status{{{replica}, team="{team}", channel="chat", status="{name}"}}': int(name == now)
        for name in STATUSES
    }


def run(promtool: str, path: Path, content: Any, *command: str) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    done = subprocess.run([promtool, *command, path], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr


def ask(promtool: str, path: Path, series: dict[str, float], expr: str, expected: dict[str, float]) -> None:
    """Ask at ten seconds; `expected` maps each series of the answer to its value."""
    given = [{"series": name, "values": f"{value}x4"} for name, value in series.items()]
    answers = [{"labels": labels, "value": value} for labels, value in expected.items()]
    asked = [{"expr": expr, "eval_time": "10s", "exp_samples": answers}]
    tests = [{"interval": "5s", "input_series": given, "promql_expr_test": asked}]
    run(promtool, path, {"rule_files": [], "tests": tests}, "test", "rules")


def test_every_query_parses(promtool: str, queries: dict[str, str], tmp_path: Path):
    rules = [{"record": f"query{i}", "expr": expr} for i, expr in enumerate(queries.values())]
    run(promtool, tmp_path / "rules.yml", {"groups": [{"name": "wall", "rules": rules}]}, "check", "rules")


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [("ok", "ok", 3), ("unknown", "tight", 4), ("unknown", "unknown", 1), ("ok", "unstaffed", 6)],
)
def test_of_two_replicas_the_one_that_knows_is_shown_then_the_worse_news(
    promtool: str, queries: dict[str, str], tmp_path: Path, one: str, other: str, shown: int
):
    series = status(A, "sales", one) | status(B, "sales", other)
    expected = {'{team="sales", channel="chat"}': shown}
    ask(promtool, tmp_path / "test.yml", series, queries["Teams now/A"], expected)


def test_a_floor_of_zero_slots_is_no_number_and_a_proved_zero_is(
    promtool: str, queries: dict[str, str], tmp_path: Path
):
    series: dict[str, float] = {}
    for team, free, complete in (("floor-0", 0, 0), ("floor-2", 2, 0), ("exact-0", 0, 1)):
        series[f'agentmon_team_slots{{{A}, team="{team}", channel="chat", state="free"}}'] = free
        series[f'agentmon_team_data_complete{{{A}, team="{team}"}}'] = complete
    expected = {'{team="floor-2", channel="chat"}': 2, '{team="exact-0", channel="chat"}': 0}
    ask(promtool, tmp_path / "test.yml", series, queries["Teams in numbers/free"], expected)


def test_age_and_completeness_stand_beside_every_channel_of_the_team(
    promtool: str, queries: dict[str, str], tmp_path: Path
):
    series: dict[str, float] = {
        f'agentmon_team_status{{{A}, team="sales", channel="{channel}", status="ok"}}': 0
        for channel in ("chat", "call")
    }
    series[f'agentmon_team_data_timestamp_seconds{{{A}, team="sales"}}'] = 3
    expected = {'{team="sales", channel="chat"}': 7, '{team="sales", channel="call"}': 7}
    ask(promtool, tmp_path / "test.yml", series, queries["Teams in numbers/age"], expected)


def test_a_source_shows_one_reason_or_none(promtool: str, queries: dict[str, str], tmp_path: Path):
    series: dict[str, float] = {}
    for source, reason in (("good", ""), ("bad", "auth")):
        series[f'agentmon_source_info{{{A}, source="{source}", vendor="iadvize"}}'] = 1
        for value in ("auth", "timeout"):
            name = f'agentmon_source_failure{{{A}, source="{source}", reason="{value}"}}'
            series[name] = int(value == reason)
    expected = {'{source="good", reason="none"}': 0, '{source="bad", reason="auth"}': 1}
    ask(promtool, tmp_path / "test.yml", series, queries["Sources/reason"], expected)
