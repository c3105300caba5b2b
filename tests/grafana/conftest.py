import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

TEAM, CHANNEL, SOURCE = ("team",), ("team", "channel"), ("source",)
# What the exporter promises, as long as its catalogue can't be imported.
PROMISED = {
    "agentmon_team_agents": (*CHANNEL, "state"),
    "agentmon_team_available_agents": CHANNEL,
    "agentmon_team_slots": (*CHANNEL, "state"),
    "agentmon_team_slot_occupancy_ratio": CHANNEL,
    "agentmon_team_availability_ratio": CHANNEL,
    "agentmon_team_status": (*CHANNEL, "status"),
    "agentmon_team_open": TEAM,
    "agentmon_team_opened_timestamp_seconds": TEAM,
    "agentmon_team_opening_grace_seconds": TEAM,
    "agentmon_team_sources": (*TEAM, "state"),
    "agentmon_team_source_fresh": (*TEAM, "source"),
    "agentmon_team_data_complete": TEAM,
    "agentmon_team_data_timestamp_seconds": TEAM,
    "agentmon_team_selector_matches": (*TEAM, "source"),
    "agentmon_team_target_available_agents": CHANNEL,
    "agentmon_team_target_free_slots": CHANNEL,
    "agentmon_team_target_occupancy_ratio": CHANNEL,
    "agentmon_people": ("channel", "state"),
    "agentmon_source_info": ("source", "vendor"),
    "agentmon_source_up": SOURCE,
    "agentmon_source_failure": ("source", "reason"),
    "agentmon_source_fresh": SOURCE,
    "agentmon_source_last_success_timestamp_seconds": SOURCE,
    "agentmon_source_last_attempt_timestamp_seconds": SOURCE,
    "agentmon_source_roster_last_success_timestamp_seconds": SOURCE,
    "agentmon_source_poll_interval_seconds": SOURCE,
    "agentmon_source_max_age_seconds": SOURCE,
    "agentmon_source_request_limit_per_minute": SOURCE,
    "agentmon_source_polls_total": SOURCE,
    "agentmon_source_requests_total": SOURCE,
    "agentmon_source_records_total": SOURCE,
    "agentmon_source_poll_failures_total": ("source", "reason"),
    "agentmon_source_roster_failures_total": ("source", "reason"),
    "agentmon_source_poll_duration_seconds": SOURCE,
    "agentmon_source_agents": SOURCE,
    "agentmon_source_unassigned_agents": SOURCE,
    "agentmon_source_unlisted_agents": SOURCE,
    "agentmon_source_rejected_records_total": SOURCE,
    "agentmon_source_unknown_statuses_total": SOURCE,
    "agentmon_source_contradictions_total": ("source", "check"),
    "agentmon_build_info": ("version", "revision", "python"),
}
HISTOGRAMS = ("agentmon_source_poll_duration_seconds",)
# The opening families may come later than the catalogue: rules guard against their absence.
OPENING = ("agentmon_team_opened_timestamp_seconds", "agentmon_team_opening_grace_seconds")


def catalogue() -> dict[str, tuple[str, ...]]:
    """Name every family with its labels: from the exporter if it is there, else as promised."""
    try:
        families = importlib.import_module("monitor.exporter.catalogue").FAMILIES
    except ModuleNotFoundError:
        return dict(PROMISED)
    return {name: PROMISED[name] for name in OPENING} | {row.name: tuple(row.labels) for row in families}


@pytest.fixture(scope="session")
def metrics() -> Mapping[str, frozenset[str]]:
    """Map each name that a query may use to the labels that it may use with it."""
    families = catalogue() | {"up": ()}
    for name in HISTOGRAMS:
        families |= {f"{name}_{part}": families[name] for part in ("sum", "count")}
        families[f"{name}_bucket"] = (*families[name], "le")
    return {name: frozenset({*labels, "job", "instance"}) for name, labels in families.items()}


@pytest.fixture(scope="session")
def dashboards() -> dict[str, dict[str, Any]]:
    files = sorted((ROOT / "grafana/dashboards").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}
