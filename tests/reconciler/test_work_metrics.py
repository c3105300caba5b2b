"""A team that wants no metrics of work: its sums would be those of a person."""

import msgspec
from builders import T0, accepting, everything, facts, later, snapshot, spec, state, team

from monitor.exporter.catalogue import FAMILIES
from monitor.exporter.exposition import Format, Renderer
from monitor.model import Inactivity, Phase, Reading, Report, SlotAge, TeamSpec
from monitor.privacy import pseudonymous
from monitor.reconciler.explain import explain
from monitor.reconciler.reconcile import Memory
from monitor.reconciler.store import SourceState
from monitor.web.telling import tell
from monitor.web.views import team_view

OF_WORK = {
    "agentmon_team_agent_seconds_total",
    "agentmon_team_slot_seconds_total",
    "agentmon_team_inactive_agents",
    "agentmon_team_oldest_slot_seconds",
}
IMPATIENT = Inactivity(after=600.0, as_away=True)
WATCHED = msgspec.structs.replace(team("watched"), inactive=IMPATIENT)
ALONE = msgspec.structs.replace(team("alone"), inactive=IMPATIENT, work_metrics=False)


def idle_for(seconds: float) -> Reading:
    """Somebody who holds a contact and does nothing, with a contact that has been open for a while."""
    ages = (SlotAge(Phase.OPEN, longest=900.0),)
    return accepting(used=1, free=1, last_active=T0.wall - seconds, slot_ages=ages)


SOURCE: SourceState = state(snapshot(idle_for(3600.0)), of=spec(max_age=1e6))


def after_an_hour(*teams: TeamSpec, memory: Memory | None = None) -> tuple[Report, Memory]:
    _, memory = everything([SOURCE], *teams, memory=memory)
    return everything([SOURCE], *teams, now=later(3600), memory=memory)


def families_of(name: str, report: Report) -> set[str]:
    text = Renderer().render(facts(report), (b"", b"")).bytes_of(Format.TEXT).decode()
    return {line.partition("{")[0] for line in text.splitlines() if f'team="{name}"' in line}


def test_the_families_of_work_are_absent_and_no_others() -> None:
    report, _ = after_an_hour(team("watched"), ALONE)
    told = families_of("watched", report)
    assert told >= OF_WORK
    assert families_of("alone", report) == told - OF_WORK


def test_the_catalogue_says_so_of_each_of_them() -> None:
    assert {family.name for family in FAMILIES if "Absent without work_metrics." in family.help} == OF_WORK


def test_nobody_is_treated_as_away_for_doing_nothing() -> None:
    report, _ = after_an_hour(WATCHED, ALONE)
    watched, alone = (found.channels[0] for found in report.teams)
    assert (watched.available, watched.inactive) == (0, 1)
    assert (alone.available, alone.inactive) == (1, None)


def test_explain_does_not_tell_how_long_somebody_has_done_nothing() -> None:
    _, memory = after_an_hour(WATCHED, ALONE)
    watched, alone = (explain(name, memory, pseudonymous("k")) for name in ("watched", "alone"))
    assert watched is not None
    assert alone is not None
    assert "nothing done for" in tell(watched)
    assert not any(word in tell(alone) for word in ("nothing done", "inactive", "has done nothing"))
    assert [account.idle for person in alone.channels[0].people for account in person.accounts] == [None]


def test_the_view_says_why_inactivity_is_absent() -> None:
    report, _ = after_an_hour(ALONE)
    (channel,) = team_view(report.teams[0]).channels
    assert (channel.inactive, channel.absent["inactive"]) == (None, "the team wants no metrics of work")
    assert channel.oldest_slots == {}


def test_coverage_and_changes_of_status_are_kept() -> None:
    report, _ = after_an_hour(ALONE)
    totals = report.totals["alone", "chat"]
    assert (totals.agent_seconds, totals.slot_seconds) == ({}, {})
    assert sum(totals.coverage_seconds.values()) == 3600


def test_a_reload_forgets_the_sums_and_begins_them_at_0() -> None:
    wants = msgspec.structs.replace(ALONE, work_metrics=True)
    _, memory = after_an_hour(wants)
    report, memory = everything([SOURCE], ALONE, now=later(3600), memory=memory)
    assert report.totals["alone", "chat"].agent_seconds == {}
    assert sum(report.totals["alone", "chat"].coverage_seconds.values()) == 3600
    report, _ = everything([SOURCE], wants, now=later(3700), memory=memory)
    assert set(report.totals["alone", "chat"].agent_seconds.values()) == {0.0}
