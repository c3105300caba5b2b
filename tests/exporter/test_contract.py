"""The metrics as the contract lists them, written out: name, type and labels of every family."""

import re

import pytest
from builders import T0, channel_report, facts, failed, report, source_report, team_report
from exporter.parsing import families, page_of

from monitor.exporter.catalogue import DOCUMENTED, FAMILIES, HISTOGRAMS
from monitor.exporter.exposition import Format, Page, Renderer
from monitor.exporter.families import Family, Kind
from monitor.exporter.telemetry import Telemetry
from monitor.model import AgentChannel, AgentReport, AgentsReport, Channel, Opening, Phase, State, Targets
from monitor.reconciler.ledger import NOTHING

CONTRACT = """
agentmon_team_agents                                    gauge    team channel state
agentmon_team_available_agents                          gauge    team channel
agentmon_team_slots                                     gauge    team channel state
agentmon_team_slot_occupancy_ratio                      gauge    team channel
agentmon_team_availability_ratio                        gauge    team channel
agentmon_team_inactive_agents                           gauge    team channel
agentmon_team_oldest_slot_seconds                       gauge    team channel phase
agentmon_team_queue_length                              gauge    team channel
agentmon_team_queue_longest_wait_seconds                gauge    team channel
agentmon_team_status                                    gauge    team channel status
agentmon_team_status_changes_total                      counter  team channel status
agentmon_team_agent_seconds_total                       counter  team channel state
agentmon_team_slot_seconds_total                        counter  team channel state
agentmon_team_coverage_seconds_total                    counter  team channel result
agentmon_team_open                                      gauge    team
agentmon_team_opened_timestamp_seconds                  gauge    team
agentmon_team_opening_change_timestamp_seconds          gauge    team
agentmon_team_opening_grace_seconds                     gauge    team
agentmon_team_sources                                   gauge    team state
agentmon_team_source_fresh                              gauge    team source
agentmon_team_data_complete                             gauge    team
agentmon_team_data_timestamp_seconds                    gauge    team
agentmon_team_selector_matches                          gauge    team source
agentmon_team_target_available_agents                   gauge    team channel
agentmon_team_target_free_slots                         gauge    team channel
agentmon_team_target_occupancy_ratio                    gauge    team channel
agentmon_team_target_coverage_ratio                     gauge    team channel
agentmon_people                                         gauge    channel state
agentmon_people_refused_joins                           gauge
agentmon_source_info                                    gauge    source vendor
agentmon_source_up                                      gauge    source
agentmon_source_failure                                 gauge    source reason
agentmon_source_fresh                                   gauge    source
agentmon_source_last_success_timestamp_seconds          gauge    source
agentmon_source_last_attempt_timestamp_seconds          gauge    source
agentmon_source_roster_last_success_timestamp_seconds   gauge    source
agentmon_source_poll_interval_seconds                   gauge    source
agentmon_source_max_age_seconds                         gauge    source
agentmon_source_request_limit_per_minute                gauge    source
agentmon_source_polls_total                             counter  source
agentmon_source_requests_total                          counter  source
agentmon_source_records_total                           counter  source
agentmon_source_poll_failures_total                     counter  source reason
agentmon_source_roster_failures_total                   counter  source reason
agentmon_source_poll_duration_seconds                   histogram source
agentmon_source_agents                                  gauge    source
agentmon_source_unassigned_agents                       gauge    source
agentmon_source_unlisted_agents                         gauge    source
agentmon_source_chatting_visitors                       gauge    source
agentmon_source_rejected_records_total                  counter  source
agentmon_source_unknown_statuses_total                  counter  source
agentmon_source_contradictions_total                    counter  source check
agentmon_build_info                                     gauge    version revision python
agentmon_config_last_reload_successful                  gauge
agentmon_config_last_reload_success_timestamp_seconds   gauge
agentmon_scheduler_missed_runs_total                    counter
agentmon_event_loop_tasks                               gauge
agentmon_exposition_bytes                               gauge    format
agentmon_series                                         gauge
agentmon_series_limit                                   gauge
agentmon_families_left_out                              gauge
agentmon_agent_state                                    gauge    source agent channel state
agentmon_agent_slots                                    gauge    source agent channel state
agentmon_agent_info                                     gauge    source agent name
agentmon_event_loop_lag_seconds                         histogram
agentmon_publish_duration_seconds                       histogram
"""
EXPECTED = {name: (kind, tuple(labels)) for name, kind, *labels in map(str.split, CONTRACT.strip().splitlines())}

FULL = facts(
    report(
        team_report(
            "team",
            channel_report(
                targets=Targets(1, 2, 0.8, 0.99), oldest={Phase.NEW: 1.0}, queue_length=2, queue_longest_wait=9.5
            ),
            opening=Opening(is_open=True, since=T0.wall - 60, opened_at=T0.wall - 60, changes_at=T0.wall + 60),
        ),
        source_report(failure=failed(), chatting_visitors=3),
        people={Channel.CHAT: channel_report().agents},
        totals={("team", Channel.CHAT): NOTHING},
        agents=(AgentsReport("a", (AgentReport("17", "Jane Doe", (AgentChannel(Channel.CHAT, State.IDLE, 0, 2),)),)),),
    ),
    exposition_bytes={"text": 1, "openmetrics": 2},
)
"""Every family has something to say."""


@pytest.fixture(scope="module")
def published():
    telemetry = Telemetry(["a"])
    return Renderer().render(FULL, telemetry.render())


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("name", EXPECTED)
def test_the_contract_is_kept(published: Page, name: str, format_: Format):
    kind, labels = EXPECTED[name]
    family_name = name.removesuffix("_total") if kind == "counter" else name
    (found,) = [family for family in families(published, format_) if family.name == family_name]
    assert found.type == kind
    sample_names = {"histogram": {f"{name}_bucket", f"{name}_sum", f"{name}_count"}}.get(kind, {name})
    assert {sample.name for sample in found.samples} == sample_names
    assert {tuple(label for label in sample.labels if label != "le") for sample in found.samples} == {labels}


def test_nothing_else_is_published_but_process_and_python_metrics(published: Page):
    ours = {family.name for family in families(published) if family.name.startswith("agentmon_")}
    assert ours == {name.removesuffix("_total") for name in EXPECTED}
    others = {family.name.partition("_")[0] for family in families(published)} - {"agentmon"}
    assert others == {"process", "python"}


def test_the_catalogue_documents_what_the_contract_lists():
    assert {family.name: (family.kind, family.labels) for family in DOCUMENTED} == EXPECTED


def test_rows_that_prometheus_client_renders_have_no_samples_of_their_own():
    assert {family.name for family in DOCUMENTED if family.samples is None} == {family.name for family in HISTOGRAMS}
    assert {family.kind for family in HISTOGRAMS} == {Kind.HISTOGRAM}


@pytest.mark.parametrize("family", DOCUMENTED, ids=lambda family: family.name)
def test_names_and_help_keep_to_the_rules(family: Family):
    assert re.fullmatch(r"agentmon_[a-z]+(_[a-z]+)*", family.name)
    assert family.name.endswith("_total") == (family.kind is Kind.COUNTER)
    assert family.help.endswith(".")
    assert not set('\\\n"') & set(family.help), "would have to be escaped"
    assert not re.search(r"(^|_)(age|ago|since)(_|$)", family.name.replace("_max_age_", "_")), "ages are never exported"


def test_a_later_look_at_the_same_report_publishes_the_same():
    """Timestamps and no ages: what is published does not depend on when it is looked at."""
    kept = {name: getattr(FULL.report, name) for name in ("people", "totals", "agents")}
    moved = report(*FULL.report.teams, *FULL.report.sources, at=type(T0)(T0.wall + 99, 0.0), **kept)
    again = facts(moved, exposition_bytes=FULL.exposition_bytes)
    assert page_of(again).bytes_of(Format.TEXT) == page_of(FULL).bytes_of(Format.TEXT)


UNITS = [
    ("agentmon_team_slot_occupancy_ratio", "ratio"),
    ("agentmon_team_target_coverage_ratio", "ratio"),
    ("agentmon_team_data_timestamp_seconds", "seconds"),
    ("agentmon_source_poll_interval_seconds", "seconds"),
    ("agentmon_source_poll_duration_seconds", "seconds"),
    ("agentmon_event_loop_lag_seconds", "seconds"),
    ("agentmon_publish_duration_seconds", "seconds"),
    ("agentmon_team_agents", ""),
    ("agentmon_source_request_limit_per_minute", ""),
    ("agentmon_source_polls", ""),
]


@pytest.mark.parametrize(("name", "unit"), UNITS)
def test_openmetrics_is_told_the_unit_that_a_name_ends_in(published: Page, name: str, unit: str):
    (found,) = [family for family in families(published, Format.OPENMETRICS) if family.name == name]
    assert found.unit == unit


def test_every_name_that_ends_in_a_unit_has_it(published: Page):
    lines = published.bytes_of(Format.OPENMETRICS).decode().splitlines()
    told = {tuple(line.split()[2:]) for line in lines if line.startswith("# UNIT agentmon_")}
    names = {line.split()[2] for line in lines if line.startswith("# TYPE agentmon_")}
    assert told == {
        (name, unit) for name in names for unit in ("seconds", "bytes", "ratio") if name.endswith(f"_{unit}")
    }


def test_samples_follow_the_order_of_the_catalogue():
    found = [family.name for family in families(page_of(FULL))]
    assert found == [family.name.removesuffix("_total") for family in FAMILIES]
