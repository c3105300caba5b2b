import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor.exporter.catalogue import DOCUMENTED
from monitor.exporter.families import Kind
from monitor.rules import GROUPS, Record

ROOT = Path(__file__).parents[2]

FOREIGN: Mapping[str, tuple[str, ...]] = {
    # Prometheus' own, of every target and of alerts.
    "up": (),
    "scrape_duration_seconds": (),
    "ALERTS": ("alertname", "alertstate", "severity", "team", "channel", "source"),
    # prometheus-client's, which the live test finds or not.
    "process_resident_memory_bytes": (),
    "process_cpu_seconds_total": (),
    "process_start_time_seconds": (),
    "process_open_fds": (),
    "process_max_fds": (),
}


def names() -> dict[str, tuple[str, ...]]:
    """Name everything that a query may ask for, with its labels."""
    found = dict(FOREIGN)
    for family in DOCUMENTED:
        found[family.name] = family.labels
        if family.kind is Kind.HISTOGRAM:
            found |= {f"{family.name}_{part}": family.labels for part in ("sum", "count")}
            found[f"{family.name}_bucket"] = (*family.labels, "le")
    level = {"team": ("team", "channel"), "source": ("source", "kind")}
    records = [rule for group in GROUPS for rule in group.rules if isinstance(rule, Record)]
    return found | {
        record.name: level["team" if "team" in record.name.split(":")[0] else "source"] for record in records
    }


@pytest.fixture(scope="session")
def metrics() -> Mapping[str, frozenset[str]]:
    """Map each name that a query may use to the labels that it may use with it."""
    return {name: frozenset({*labels, "job", "instance"}) for name, labels in names().items()}


@pytest.fixture(scope="session")
def dashboards() -> dict[str, dict[str, Any]]:
    files = sorted((ROOT / "grafana/dashboards").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}
