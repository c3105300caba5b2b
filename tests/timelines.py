"""Timelines of alerts, and promtool run on them against any rules."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mutations import Rules, rules_of
from ruamel.yaml import YAML

from monitor.rules import ALERTS, Alert, Group, Installation, render

FOLDER = Path(__file__).parent / "deploy/timelines"
TIMELINES = sorted(FOLDER.glob("*.yml"))
"""Named after their alert; what follows a hyphen tells several of one alert apart."""

_ENVIRONMENT = {**os.environ, "GOGC": "400"}
"""A quarter less time, for memory that is there."""

COMMITTED = "../../../deploy/prometheus/rules/agentmon.yml"


def alert_of(path: Path) -> str:
    return path.stem.partition("-")[0]


def timelines_of(name: str) -> list[Path]:
    return [path for path in TIMELINES if alert_of(path) == name]


def verdict(promtool: str, path: Path) -> str:
    """What promtool says of a timeline against the rows of its alert, texts and all; "" where it holds.

    The rows alone, because all rules together take twenty times as long.
    """
    rows = dict.fromkeys(row for alert in ALERTS if alert.name == alert_of(path) for row in rules_of(alert))
    rules = sorted(rows, key=lambda row: isinstance(row, Alert))
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "rules.yml").write_text(render(groups=[Group(name="one", rules=tuple(rules))]), encoding="utf-8")
        text = path.read_text(encoding="utf-8").replace(COMMITTED, "rules.yml")
        (Path(name) / path.name).write_text(text, encoding="utf-8")
        done = subprocess.run(
            [promtool, "test", "rules", Path(name) / path.name],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=_ENVIRONMENT,
        )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def survivors(promtool: str, alert: Alert, mutants: Mapping[str, Rules]) -> list[str]:
    """Those of the rules under which no test of the alert's timelines fails.

    One process asks one test of all that are still alive, which is much less than every test of each. Texts are left
    out: they cost a query each, and here only labels and times count.
    """
    alive = dict(mutants)
    for path in timelines_of(alert.name):
        tests = list(_split(read(path), Installation().labels_of(alert)))
        if not any(check["exp_alerts"] for test in tests for check in test["tests"][0]["alert_rule_test"]):
            continue  # it tells of other rows of the same name
        for test in tests:
            failed = _failed(promtool, test, alive.values()) if alive else []
            alive = {what: rules for (what, rules), gone in zip(alive.items(), failed, strict=True) if not gone}
    return list(alive)


@cache
def read(path: Path) -> dict[str, Any]:
    """Every scalar as text: to YAML 1.2, a series of `0x60` is a hexadecimal number."""
    timeline: dict[str, Any] = YAML(typ="base").load(path.read_text(encoding="utf-8"))
    return timeline


def _split(timeline: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """One timeline for each test, without texts and without what other rows of the same name say."""
    for test in timeline["tests"]:
        checks = [
            {
                **check,
                "exp_alerts": [
                    {"exp_labels": alert["exp_labels"]}
                    for alert in check["exp_alerts"]
                    if labels.items() <= alert["exp_labels"].items()
                ],
            }
            for check in test["alert_rule_test"]
        ]
        yield {**timeline, "tests": [{**test, "alert_rule_test": checks}]}


def _failed(promtool: str, timeline: Mapping[str, Any], candidates: Iterable[Rules]) -> list[bool]:
    with tempfile.TemporaryDirectory() as name:
        paths = []
        for number, rules in enumerate(candidates):
            (Path(name) / f"{number}.rules.yml").write_text(json.dumps(_bare(rules)), encoding="utf-8")  # JSON is YAML
            paths.append(Path(name) / f"{number}.yml")
            paths[-1].write_text(json.dumps({**timeline, "rule_files": [f"{number}.rules.yml"]}), encoding="utf-8")
        command = [promtool, "test", "rules", *paths]
        # What holds is told on the one stream, what does not on the other: in one pipe they keep their order.
        told = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
            env=_ENVIRONMENT,
        ).stdout
        assert "parse error" not in told, told
        verdicts = re.findall(r"^  (SUCCESS|FAILED):?$", told, re.MULTILINE)
        assert len(verdicts) == len(paths), told
        return [found == "FAILED" for found in verdicts]


def _bare(rules: Rules) -> dict[str, Any]:
    at = Installation()
    made = []
    for rule in rules:
        expr = at.expr(rule.expr, is_alert=False)
        if isinstance(rule, Alert):
            hold = {"keep_firing_for": rule.hold} if rule.hold else {}
            made.append({"alert": rule.name, "expr": expr, "for": rule.wait, "labels": at.labels_of(rule), **hold})
        else:
            made.append({"record": rule.name, "expr": expr, "labels": dict(rule.labels)})
    return {"groups": [{"name": "one", "rules": made}]}
