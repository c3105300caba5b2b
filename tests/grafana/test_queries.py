"""Queries of the dashboards, asked of a real Prometheus engine about series that are made up."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from realparts import require_tool

A = 'job="agentmon", instance="a:9877"'
B = 'job="agentmon", instance="b:9877"'
STATUSES = ("closed", "ok", "unknown", "unstaffed", "saturated", "tight")
VARIABLES = {"__rate_interval": "1m", "utc_offset": "0"}

Series = dict[str, float | str]


@pytest.fixture(scope="module")
def promtool() -> str:
    return require_tool("promtool", "prometheus")


@pytest.fixture
def queries(dashboards: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Map "dashboard/panel title/refId" to the query, with the variables put in."""
    return {
        f"{name.removeprefix('agentmon-')}/{panel['title']}/{target['refId']}": re.sub(
            r"\$(?!\d)(\w+)", lambda found: VARIABLES.get(found[1], ".+"), target["expr"]
        )
        for name, dashboard in dashboards.items()
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }


def status(replica: str, team: str, now: str, channel: str = "chat") -> Series:
    return {
        f'agentmon_team_status{{{replica}, team="{team}", channel="{channel}", status="{name}"}}': int(name == now)
        for name in STATUSES
    }


def counted(team: str, *, complete: bool, **counts: float) -> Series:
    """Counts of a team on chat: available, free, target."""
    chat = f'{A}, team="{team}", channel="chat"'
    families = {
        "available": f"agentmon_team_available_agents{{{chat}}}",
        "free": f'agentmon_team_slots{{{chat}, state="free"}}',
        "target": f"agentmon_team_target_available_agents{{{chat}}}",
        "occupancy": f"agentmon_team_slot_occupancy_ratio{{{chat}}}",
    }
    known: Series = {families[name]: value for name, value in counts.items()}
    return known | {f'agentmon_team_data_complete{{{A}, team="{team}"}}': int(complete)}


def run(promtool: str, path: Path, content: Any, *command: str) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
    done = subprocess.run([promtool, *command, path], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def ask(
    promtool: str,
    folder: Path,
    series: Series,
    expr: str,
    expected: dict[str, float],
    at: str = "10s",
    interval: str = "5s",
) -> None:
    """`expected` maps each series of the answer to its value; a number as a series stays as it is."""
    given = [
        {"series": name, "values": value if isinstance(value, str) else f"{value}x4"} for name, value in series.items()
    ]
    answers = [{"labels": labels, "value": value} for labels, value in expected.items()]
    asked = [{"expr": expr, "eval_time": at, "exp_samples": answers}]
    tests = [{"interval": interval, "input_series": given, "promql_expr_test": asked}]
    run(promtool, folder / "test.yml", {"rule_files": [], "tests": tests}, "test", "rules")


def test_every_query_parses(promtool: str, queries: dict[str, str], tmp_path: Path):
    rules = [{"record": f"query{i}", "expr": expr} for i, expr in enumerate(queries.values())]
    run(promtool, tmp_path / "rules.yml", {"groups": [{"name": "all", "rules": rules}]}, "check", "rules")


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("ok", "ok", (3, "✔ OK")),
        ("unknown", "tight", (4, "▲ TIGHT")),
        ("unknown", "unknown", (1, "? UNKNOWN")),
        ("closed", "unknown", (2, "○ CLOSED")),
        ("ok", "saturated", (5, "■ SATURATED")),
        ("ok", "unstaffed", (6, "✖ UNSTAFFED")),
    ],
)
def test_of_two_replicas_the_one_that_knows_is_shown_then_the_worse_news(
    promtool: str, queries: dict[str, str], tmp_path: Path, one: str, other: str, shown: tuple[int, str]
):
    series = status(A, "sales", one) | status(B, "sales", other)
    code, word = shown
    ask(promtool, tmp_path, series, queries["wall/$team/B"], {f'{{team="sales", word="{word}"}}': code})
    ask(promtool, tmp_path, series, queries["team/Status/A"], {'{team="sales", channel="chat"}': code})


def test_two_replicas_that_agree_are_one_team_in_trouble(promtool: str, queries: dict[str, str], tmp_path: Path):
    series = status(A, "sales", "unstaffed") | status(B, "sales", "unstaffed") | status(A, "care", "saturated")
    ask(promtool, tmp_path, series, queries["wall/Now/trouble"], {"{}": 2})
    ask(promtool, tmp_path, series, queries["wall/Now/unknown"], {"{}": 0})


@pytest.mark.parametrize(
    ("counts", "complete", "shown"),
    [
        ({"available": 0, "free": 0, "target": 2}, True, ("0", "2", "0", "–")),
        ({"available": 3, "free": 4, "target": 2, "occupancy": 2 / 3}, True, ("3", "2", "4", "67 %")),
        ({"available": 3, "target": 2}, True, ("3", "2", "–", "–")),
        ({"available": 1, "free": 4, "target": 2}, False, ("≥ 1", "2", "≥ 4", "?")),
        ({"free": 0, "target": 2}, False, ("?", "2", "?", "?")),
        ({"target": 2}, False, ("?", "2", "?", "?")),
    ],
)
def test_a_tile_tells_zero_a_floor_the_untold_and_the_unknown_apart(
    promtool: str,
    queries: dict[str, str],
    tmp_path: Path,
    counts: dict[str, float],
    complete: bool,
    shown: tuple[str, str, str, str],
):
    series = status(A, "sales", "tight") | counted("sales", complete=complete, **counts)
    available, target, free, full = shown
    labels = f'team="sales", channel="chat", available="{available}", target="{target}", free="{free}", full="{full}"'
    ask(promtool, tmp_path, series, queries["wall/$team/C"], {f"{{{labels}}}": 4})


def test_a_closed_team_shows_that_it_is_closed_and_no_numbers(promtool: str, queries: dict[str, str], tmp_path: Path):
    series = status(A, "night", "closed") | counted("night", complete=True, available=0, free=0, target=2)
    ask(promtool, tmp_path, series, queries["wall/$team/B"], {'{team="night", word="○ CLOSED"}': 2})
    for line in "CD":
        ask(promtool, tmp_path, series, queries[f"wall/$team/{line}"], {})


def test_a_team_of_several_channels_has_a_line_for_each(promtool: str, queries: dict[str, str], tmp_path: Path):
    series = status(A, "care", "ok", "chat") | status(A, "care", "unstaffed", "call")
    series |= counted("care", complete=True, available=3, free=1, target=2, occupancy=0.5)
    for line in "BC":
        ask(promtool, tmp_path, series, queries[f"wall/$team/{line}"], {})
    common = f'{{{A}, team="care"'
    expected: dict[str, float] = {
        f'{common}, channel="chat", status="ok", word="✔ OK", available="3", target="2", free="1", full="50 %"}}': 3,
        f'{common}, channel="call", status="unstaffed", word="✖ UNSTAFFED", available="–", target="–", free="–", '
        'full="–"}': 6,
    }
    ask(promtool, tmp_path, series, queries["wall/$team/D"], expected)


@pytest.mark.parametrize(("written", "age"), [(3, "7 s old"), (None, "no data")])
def test_a_tile_tells_the_age_of_its_data(
    promtool: str, queries: dict[str, str], tmp_path: Path, written: int | None, age: str
):
    series = status(A, "sales", "ok")
    if written is not None:
        series[f'agentmon_team_data_timestamp_seconds{{{A}, team="sales"}}'] = written
    ask(promtool, tmp_path, series, queries["wall/$team/A"], {f'{{team="sales", age="{age}"}}': 3})


@pytest.mark.parametrize(
    ("up", "fresh", "reason", "line", "expected"),
    [
        (1, 1, "", "A", {'{source="s", age="4"}': 3}),
        (0, 1, "timeout", "B", {'{source="s", reason="timeout"}': 2}),
        (0, 0, "auth", "C", {'{source="s", reason="auth"}': 1}),
        (0, 0, "", "C", {'{source="s", reason="not read yet"}': 1}),
    ],
)
def test_a_source_is_fresh_failing_or_out_and_says_why(
    promtool: str,
    queries: dict[str, str],
    tmp_path: Path,
    up: int,
    fresh: int,
    reason: str,
    line: str,
    expected: dict[str, float],
):
    series: Series = {
        f'agentmon_source_up{{{A}, source="s"}}': up,
        f'agentmon_source_fresh{{{A}, source="s"}}': fresh,
        f'agentmon_source_last_success_timestamp_seconds{{{A}, source="s"}}': 6,
    }
    for value in ("auth", "timeout"):
        series[f'agentmon_source_failure{{{A}, source="s", reason="{value}"}}'] = int(value == reason)
    for other in "ABC":
        ask(promtool, tmp_path, series, queries[f"wall/Sources/{other}"], expected if other == line else {})


@pytest.mark.parametrize(
    ("available", "complete", "labels", "met"),
    [(3, True, ("3", "2"), 1), (1, True, ("1", "2"), 0), (1, False, ("≥ 1", "2"), 0), (None, False, ("?", "2"), 2)],
)
def test_a_team_is_held_against_its_own_target(
    promtool: str,
    queries: dict[str, str],
    tmp_path: Path,
    available: int | None,
    complete: bool,
    labels: tuple[str, str],
    met: int,
):
    counts = {"target": 2.0} if available is None else {"target": 2.0, "available": float(available)}
    series = status(A, "sales", "ok") | counted("sales", complete=complete, **counts)
    expected = f'{{team="sales", channel="chat", value="{labels[0]}", want="{labels[1]}"}}'
    ask(promtool, tmp_path, series, queries["team/Against the targets/people"], {expected: met})


def test_missed_time_is_told_by_the_hour_and_the_weekday_in_which_it_was(
    promtool: str, queries: dict[str, str], tmp_path: Path
):
    # Unix time begins on a Thursday. The record at 09:00 looks back on the hour from 08:00: half of it was missed in
    # the first week, nothing in the second.
    errors = f'instance_team_channel:agentmon_coverage_errors:ratio_increase1h{{{A}, team="sales", channel="chat"}}'
    series: Series = {errors: "_x9 0.5 _x167 0 _x4"}
    expected = {'{weekday="4 Thu", hour="08"}': 0.25}
    ask(promtool, tmp_path, series, queries["team/Who is short when/A"], expected, at="178h", interval="1h")
    moved = queries["team/Who is short when/A"].replace("3600 * (0)", "3600 * (-9)")
    expected = {'{weekday="3 Wed", hour="23"}': 0.25}
    ask(promtool, tmp_path, series, moved, expected, at="178h", interval="1h")


def test_the_budget_left_is_what_was_not_missed_of_what_may_be(promtool: str, queries: dict[str, str], tmp_path: Path):
    chat = f'{A}, team="sales", channel="chat"'
    series: Series = {f"agentmon_team_target_coverage_ratio{{{chat}}}": "0.9x20"}
    for result, step in (("covered", 57), ("uncovered", 3), ("blind", 20)):
        series[f'agentmon_team_coverage_seconds_total{{{chat}, result="{result}"}}'] = f"0+{step}x20"
    team = '{team="sales", channel="chat"}'
    panel = "team/Coverage, last 28d"
    for query, value in (("covered", 0.95), ("budget", 0.5), ("blind", 0.25)):
        expr = f"round({queries[f'{panel}/{query}']}, 0.0001)"
        ask(promtool, tmp_path, series, expr, {team: value}, at="20m", interval="1m")


def test_a_source_shows_one_reason_or_none(promtool: str, queries: dict[str, str], tmp_path: Path):
    series: Series = {}
    for source, reason in (("good", ""), ("bad", "auth")):
        series[f'agentmon_source_info{{{A}, source="{source}", vendor="iadvize"}}'] = 1
        for value in ("auth", "timeout"):
            name = f'agentmon_source_failure{{{A}, source="{source}", reason="{value}"}}'
            series[name] = int(value == reason)
    expected = {'{source="good", reason="none"}': 0, '{source="bad", reason="auth"}': 1}
    ask(promtool, tmp_path, series, queries["sources/Sources now/reason"], expected)
