"""What each row says and, as much, what it keeps silent: absent is never 0."""

import pytest
from builders import agents, channel_report, facts, failed, report, row, silent_source, source_report, spec, team_report
from exporter.parsing import page_of, values

from monitor.errors import Reason
from monitor.model import Channel, ChannelReport, Check, State, Status, Targets, TeamReport

STARRED = (
    "team_agents",
    "team_available_agents",
    "team_slots",
    "team_slot_occupancy_ratio",
    "team_availability_ratio",
    "team_data_timestamp_seconds",
)
"""Families that exist only while the team has a fresh source."""

BLIND = team_report(
    "team",
    channel_report(
        Status.UNKNOWN, agents=agents(), used=None, free=None, finishing=None, occupancy=None, availability=None
    ),
    sources={"a": False, "b": False},
    complete=False,
    data_at=None,
    matches={},
)


@pytest.mark.parametrize("name", STARRED)
def test_a_starred_family_is_there_with_a_fresh_source_and_gone_without(name: str):
    seeing = page_of(facts(report(team_report("team", channel_report(occupancy=0.5)))))
    blind = page_of(facts(report(BLIND)))
    assert values(seeing, name, "team")
    assert not values(blind, name)


def test_a_team_that_sees_is_not_hidden_by_one_that_does_not():
    page = page_of(facts(report(BLIND, team_report("other"))))
    assert set(values(page, "team_agents", "team")) == {("other",)}


def test_a_blind_team_is_told_in_all_other_families():
    page = page_of(facts(report(BLIND)))
    assert values(page, "team_sources", "state") == {("fresh",): 0, ("expired",): 2}
    assert values(page, "team_source_fresh", "team", "source") == {("team", "a"): 0, ("team", "b"): 0}
    assert values(page, "team_data_complete", "team") == {("team",): 0}
    assert values(page, "team_open", "team") == {("team",): 1}
    assert values(page, "team_status", "status")["unknown",] == 1
    assert values(page, "team_target_available_agents", "team", "channel") == {("team", "chat"): 1}


AVAILABLE = [
    row(
        "complete, somebody", agents(idle=1, partial=2, unmetered=3, full=5, away=7), "complete", {("team", "chat"): 6}
    ),
    row("complete, nobody: 0", agents(full=2), "complete", {("team", "chat"): 0}),
    row("incomplete, somebody: a floor", agents(idle=2), "incomplete", {("team", "chat"): 2}),
    row("incomplete, nobody: absent, for it may be anybody", agents(full=2), "incomplete", {}),
]


@pytest.mark.parametrize(("counts", "data", "expected"), AVAILABLE)
def test_available_agents(counts: dict[State, int], data: str, expected: dict[tuple[str, ...], float]):
    page = page_of(facts(report(team_report("team", channel_report(agents=counts), complete=data == "complete"))))
    assert values(page, "team_available_agents", "team", "channel") == expected


CHANNEL = [
    row(
        "slots in all three states", channel_report(used=1, free=0, finishing=2), {"used": 1, "free": 0, "finishing": 2}
    ),
    row("no slots where none is metered", channel_report(used=None, free=None, finishing=None), {}),
]


@pytest.mark.parametrize(("channel", "expected"), CHANNEL)
def test_slots(channel: ChannelReport, expected: dict[str, int]):
    page = page_of(facts(report(team_report("team", channel))))
    assert values(page, "team_slots", "state") == {(state,): value for state, value in expected.items()}


def test_a_ratio_that_is_not_defined_is_absent_and_0_is_0():
    none = page_of(facts(report(team_report("team", channel_report(occupancy=None, availability=None)))))
    zero = page_of(facts(report(team_report("team", channel_report(occupancy=0.0, availability=0.25)))))
    assert (values(none, "team_slot_occupancy_ratio"), values(none, "team_availability_ratio")) == ({}, {})
    assert values(zero, "team_slot_occupancy_ratio", "team") == {("team",): 0}
    assert values(zero, "team_availability_ratio", "team") == {("team",): 0.25}


def test_targets_that_are_not_set_are_absent():
    page = page_of(facts(report(team_report("team", channel_report(targets=Targets(3))))))
    assert values(page, "team_target_available_agents", "team") == {("team",): 3}
    for name in ("free_slots", "occupancy_ratio", "coverage_ratio"):
        assert not values(page, f"team_target_{name}")


def test_targets_that_are_set_are_told_also_where_they_are_0():
    page = page_of(facts(report(team_report("team", channel_report(targets=Targets(1, 0, 0.85, 0.99))))))
    assert values(page, "team_target_free_slots", "team") == {("team",): 0}
    assert values(page, "team_target_occupancy_ratio", "team") == {("team",): 0.85}
    assert values(page, "team_target_coverage_ratio", "team") == {("team",): 0.99}


def test_team_agents_has_every_state_zeros_included():
    page = page_of(facts(report(team_report("team", channel_report(agents=agents(away=2))))))
    found = values(page, "team_agents", "team", "channel", "state")
    assert found == {("team", "chat", state): 2 * (state == "away") for state in State}


@pytest.mark.parametrize("status", Status)
def test_team_status_is_1_for_the_one_that_holds(status: Status):
    page = page_of(facts(report(team_report("team", channel_report(status)))))
    assert values(page, "team_status", "status") == {(other,): other == status for other in Status}


def test_sources_of_a_team():
    found: TeamReport = team_report("team", sources={"a": True, "b": False, "c": True}, matches={"a": 4, "c": 0})
    page = page_of(facts(report(found)))
    assert values(page, "team_sources", "state") == {("fresh",): 2, ("expired",): 1}
    assert values(page, "team_source_fresh", "source") == {("a",): 1, ("b",): 0, ("c",): 1}
    assert values(page, "team_selector_matches", "team", "source") == {("team", "a"): 4, ("team", "c"): 0}


def test_people_have_every_state_and_are_absent_without_a_fresh_source():
    page = page_of(facts(report(people={Channel.CALL: agents(full=1)})))
    assert values(page, "people", "channel", "state") == {("call", state): state == "full" for state in State}
    assert not values(page_of(facts(report(BLIND))), "people")


# ------------------------------------------------------------------ sources


@pytest.mark.parametrize("reason", [None, *Reason])
def test_source_failure_is_1_for_the_reason_and_all_0_after_success(reason: Reason | None):
    found = source_report(failure=failed(reason, "told") if reason else None)
    page = page_of(facts(report(found)))
    assert values(page, "source_failure", "source", "reason") == {("a", other): other == reason for other in Reason}


COUNTERS = [
    ("source_polls_total", ("source",), {("b",)}),
    ("source_requests_total", ("source",), {("b",)}),
    ("source_records_total", ("source",), {("b",)}),
    ("source_rejected_records_total", ("source",), {("b",)}),
    ("source_unknown_statuses_total", ("source",), {("b",)}),
    ("source_poll_failures_total", ("source", "reason"), {("b", reason) for reason in Reason}),
    ("source_roster_failures_total", ("source", "reason"), {("b", reason) for reason in Reason}),
    ("source_contradictions_total", ("source", "check"), {("b", check) for check in Check}),
    ("scheduler_missed_runs_total", (), {()}),
]


@pytest.mark.parametrize(("name", "labels", "expected"), COUNTERS)
def test_counters_start_at_0_for_every_known_label_value(
    name: str, labels: tuple[str, ...], expected: set[tuple[str, ...]]
):
    page = page_of(facts(report(silent_source("b"))))
    assert values(page, name, *labels) == dict.fromkeys(expected, 0)


def test_counters_tell_what_was_counted():
    found = source_report(
        poll_failures={Reason.TIMEOUT: 3}, roster_failures={Reason.AUTH: 2}, contradictions={Check.FREE_FLAG: 5}
    )
    page = page_of(facts(report(found), missed_runs=7))
    assert values(page, "source_poll_failures_total", "reason")["timeout",] == 3
    assert values(page, "source_roster_failures_total", "reason")["auth",] == 2
    assert values(page, "source_contradictions_total", "check")["free_flag",] == 5
    assert values(page, "scheduler_missed_runs_total") == {(): 7}


SILENT = [
    ("source_up", 0),
    ("source_fresh", 0),
    ("source_poll_interval_seconds", 15),
    ("source_max_age_seconds", 60),
    ("source_request_limit_per_minute", 60),
    ("source_last_success_timestamp_seconds", None),
    ("source_last_attempt_timestamp_seconds", None),
    ("source_roster_last_success_timestamp_seconds", None),
    ("source_agents", None),
    ("source_unassigned_agents", None),
    ("source_unlisted_agents", None),
    ("source_chatting_visitors", None),
]


@pytest.mark.parametrize(("name", "value"), SILENT)
def test_a_source_that_never_answered(name: str, value: float | None):
    page = page_of(facts(report(silent_source("b"))))
    assert values(page, name, "source") == ({} if value is None else {("b",): value})


SPOKEN = [
    ("source_up", 1),
    ("source_fresh", 1),
    ("source_poll_interval_seconds", 2.5),
    ("source_max_age_seconds", 45),
    ("source_request_limit_per_minute", 120),
    ("source_last_success_timestamp_seconds", 10.25),
    ("source_last_attempt_timestamp_seconds", 11.5),
    ("source_roster_last_success_timestamp_seconds", 9.0),
    ("source_agents", 8),
    ("source_unassigned_agents", 6),
    ("source_unlisted_agents", 0),
    ("source_chatting_visitors", 0),
    ("source_polls_total", 21),
    ("source_requests_total", 22),
    ("source_records_total", 23),
    ("source_rejected_records_total", 24),
    ("source_unknown_statuses_total", 25),
]
TALKATIVE = source_report(
    spec=spec(max_age=45.0, requests_per_minute=120),
    interval=2.5,
    last_success=10.25,
    last_attempt=11.5,
    roster_last_success=9.0,
    agents=8,
    unassigned=6,
    unlisted=0,
    chatting_visitors=0,
    polls=21,
    requests=22,
    records=23,
    rejected=24,
    unknown_statuses=25,
)


@pytest.mark.parametrize(("name", "value"), SPOKEN)
def test_a_source_that_answers(name: str, value: float):
    assert values(page_of(facts(report(TALKATIVE))), name, "source") == {("a",): value}


# ------------------------------------------------------------------ agentmon itself


def test_agentmon_itself():
    page = page_of(facts(report(source_report()), exposition_bytes={"text": 10, "openmetrics": 12}, series=34))
    assert values(page, "build_info", "version", "revision", "python") == {("1.2.3", "abc", "3.11.7"): 1}
    assert values(page, "source_info", "source", "vendor") == {("a", "comm100"): 1}
    assert values(page, "config_last_reload_successful") == {(): 1}
    assert values(page, "config_last_reload_success_timestamp_seconds") == {(): 1_750_000_000}
    assert values(page, "exposition_bytes", "format") == {("text",): 10, ("openmetrics",): 12}
    assert values(page, "series") == {(): 34}


def test_before_the_first_exposition_there_is_no_size_of_one():
    assert not values(page_of(facts(report())), "exposition_bytes")
