"""Status and totals at the moment itself: of expiry, opening and closing, a suspended night, a clock step, a reload."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest
from builders import T0, accepting, everything, human, later, listed, reading, row, snapshot, spec, state, team

from monitor.clock import Now
from monitor.model import NO_PEOPLE, Channel, HoursSpec, PeopleSpec, Report, Targets, TeamSpec, Totals
from monitor.reconciler.reconcile import Memory
from monitor.reconciler.store import SourceState

FOUR = 3200.0
"""Seconds from T0, a Sunday at 15:06:40, to 16:00."""
AFTERNOON, EVENING = "Mo-Su 08:00-16:00", "Mo-Su 16:00-20:00"
LONG = 1e6


def one_idle(max_age: float) -> SourceState:
    return state(snapshot(accepting(used=0, free=3)), of=spec("a", max_age=max_age))


def of_hours(hours: str | None) -> TeamSpec:
    return msgspec.structs.replace(team(), hours=HoursSpec(hours) if hours else None)


def looked(moments: Sequence[Now | float], *, hours: str | None = None, max_age: float = LONG) -> Report:
    """The last report, of a team with one idle person, at T0 and these moments."""
    report, memory = everything([one_idle(max_age)], of_hours(hours))
    for moment in moments:
        now = moment if isinstance(moment, Now) else later(moment)
        report, memory = everything([one_idle(max_age)], of_hours(hours), now=now, memory=memory)
    return report


def totals(report: Report, name: str = "team") -> Totals:
    return report.totals[name, Channel.CHAT]


def some(values: Mapping[str, float]) -> dict[str, float]:
    """Those above 0, to a hundredth."""
    return {str(name): round(value, 2) for name, value in values.items() if value}


def status(report: Report) -> str:
    return str(report.teams[0].channels[0].status)


MOMENTS = [
    row("expiry", None, 60.0, 60.0, "ok", "unknown"),
    row("opening", EVENING, LONG, FOUR, "closed", "ok"),
    row("opening of a team that is not known", EVENING, 60.0, FOUR, "closed", "unknown"),
    row("closing", AFTERNOON, LONG, FOUR, "ok", "closed"),
    row("closing of a team that is not known", AFTERNOON, 60.0, FOUR, "unknown", "closed"),
]


@pytest.mark.parametrize(("hours", "max_age", "moment", "before", "after"), MOMENTS)
def test_a_status_changes_at_its_own_moment_without_a_new_poll(
    *, hours: str | None, max_age: float, moment: float, before: str, after: str
):
    just_before = looked([moment - 1], hours=hours, max_age=max_age)
    assert status(just_before) == before
    assert just_before.changes_at - T0.elapsed == pytest.approx(moment, abs=0.01)
    just_after = looked([moment - 1, moment + 0.01], hours=hours, max_age=max_age)
    assert status(just_after) == after
    changes = totals(just_before).status_changes
    assert totals(just_after).status_changes == {**changes, after: changes[after] + 1}


@pytest.mark.parametrize(("hours", "max_age", "moment", "before", "after"), MOMENTS)
def test_who_looks_too_late_finds_the_same(
    *, hours: str | None, max_age: float, moment: float, before: str, after: str
):
    in_time = looked([moment - 1, moment + 0.01, moment + 500], hours=hours, max_age=max_age)
    late = looked([moment + 500], hours=hours, max_age=max_age)
    for counter in ("agent_seconds", "slot_seconds", "coverage_seconds", "status_changes"):
        assert some(getattr(totals(late), counter)) == some(getattr(totals(in_time), counter))
    assert totals(late).status_changes[after] == 1


NIGHTS = [
    row("always open", None, {"covered": 60, "blind": 28_740}, {"unknown": 1}),
    row("closed meanwhile", AFTERNOON, {"covered": 60, "blind": FOUR - 60}, {"unknown": 1, "closed": 1}),
    row("opened and closed meanwhile", EVENING, {"blind": 4 * 3600}, {"unknown": 1, "closed": 1}),
    row("closed all the time", "Mo-Su 09:00-12:00", {}, {}),
]


@pytest.mark.parametrize(("hours", "coverage", "changes"), NIGHTS)
def test_a_night_in_suspend_is_an_expired_night(hours: str | None, coverage: dict[str, float], changes: dict[str, int]):
    """Eight hours in which nobody looks; the last poll is good for one minute."""
    found = totals(looked([8 * 3600.0], hours=hours, max_age=60.0))
    assert some(found.agent_seconds) == {"idle": 60}
    assert some(found.slot_seconds) == {"free": 180}
    assert some(found.coverage_seconds) == coverage
    assert some(found.status_changes) == changes


def stepped(*moments: tuple[float, float]) -> list[Now]:
    return [later(seconds, step=step) for seconds, step in moments]


HOUR = 3600.0
STEPS = [
    row("an hour forwards", stepped((10, 0), (10, HOUR), (20, HOUR)), None, {"covered": 20}, {}),
    row("an hour back", stepped((10, 0), (10, -HOUR), (20, -HOUR)), None, {"covered": 20}, {}),
    row("a year forwards", stepped((10, 3.2e7), (20, 3.2e7)), None, {"covered": 20}, {}),
    row("into the opening", stepped((10, 0), (10, HOUR), (20, HOUR)), EVENING, {"covered": 10}, {"ok": 1}),
    row("out of it", stepped((10, 0), (10, HOUR), (20, HOUR)), AFTERNOON, {"covered": 10}, {"closed": 1}),
    row("and back", stepped((10, HOUR), (20, 0), (30, 0)), AFTERNOON, {"covered": 20}, {"closed": 1, "ok": 1}),
    row("over the whole of it", stepped((10, 6 * HOUR), (20, 6 * HOUR)), EVENING, {}, {}),
    row("known only when somebody looks", stepped((100, HOUR), (110, HOUR)), EVENING, {"covered": 10}, {"ok": 1}),
]


@pytest.mark.parametrize(("moments", "hours", "coverage", "changes"), STEPS)
def test_a_step_of_the_clock_invents_no_time(
    moments: list[Now], hours: str | None, coverage: dict[str, float], changes: dict[str, int]
):
    report = looked(moments, hours=hours)
    assert some(totals(report).agent_seconds) == {"idle": report.at.elapsed - T0.elapsed}
    assert some(totals(report).coverage_seconds) == coverage
    assert some(totals(report).status_changes) == changes


# ------------------------------------------------------------------ start and reload

TEAM = team()
STARTS = [
    row("nothing is known", 0.0, None),
    row("somebody is there", LONG, None),
    row("it is closed", LONG, EVENING),
]


@pytest.mark.parametrize(("max_age", "hours"), STARTS)
def test_at_the_start_nothing_has_been_and_nothing_has_changed(max_age: float, hours: str | None):
    found = totals(looked([], hours=hours, max_age=max_age))
    assert not any(sum(getattr(found, counter).values()) for counter in found.__struct_fields__)


def loaded(*configurations: tuple[float, Sequence[TeamSpec]], who: PeopleSpec = NO_PEOPLE) -> Report:
    """What is reported after these teams were in force from these moments on; `who` comes with the last of them."""
    memory, report = Memory(), None
    for position, (moment, teams) in enumerate(configurations):
        people = who if position == len(configurations) - 1 else NO_PEOPLE
        report, memory = everything([one_idle(60.0)], *teams, now=later(moment), memory=memory, who=people)
    assert report is not None
    return report


def test_a_team_that_was_away_starts_anew():
    report = loaded((0, [TEAM]), (10, [team("other")]), (20, [TEAM]), (25, [TEAM]))
    assert some(totals(report).agent_seconds) == {"idle": 5}
    assert set(report.totals) == {("team", Channel.CHAT)}


def test_a_team_that_stays_keeps_what_it_has_whatever_else_changes():
    report = loaded((0, [TEAM]), (10, [team("other"), team(available_agents=2)]), (15, [team(available_agents=2)]))
    assert some(totals(report).agent_seconds) == {"idle": 15}
    assert some(totals(report).coverage_seconds) == {"covered": 10, "uncovered": 5}


def test_what_other_targets_say_of_the_same_people_is_no_change():
    report = loaded((0, [TEAM]), (10, [team(available_agents=2)]))
    assert status(report) == "tight"
    assert some(totals(report).status_changes) == {}


def test_what_other_hours_say_of_the_same_moment_is_no_change():
    report = loaded((0, [TEAM]), (10, [of_hours(EVENING)]))
    assert status(report) == "closed"
    assert some(totals(report).status_changes) == {}


def test_what_other_people_say_of_the_same_readings_is_no_change():
    report = loaded((0, [TEAM]), (10, [TEAM]), who=listed(human("a/1", "b/1", max_slots=1)))
    assert status(report) == "unknown"
    assert some(totals(report).status_changes) == {}


def test_a_channel_that_is_new_starts_at_0():
    both = msgspec.structs.replace(TEAM, targets={Channel.CHAT: Targets(), Channel.CALL: Targets()})
    report = loaded((0, [TEAM]), (10, [both]), (15, [both]))
    assert some(report.totals["team", Channel.CALL].coverage_seconds) == {"uncovered": 5}
    assert some(totals(report).coverage_seconds) == {"covered": 15}


def test_what_came_true_before_a_reload_is_told_by_the_teams_of_then():
    """Data expired at 60 s, and nobody looked until the reload at 100 s."""
    report = loaded((0, [TEAM]), (100, [team(available_agents=2), team("new")]))
    assert some(totals(report).coverage_seconds) == {"covered": 60, "blind": 40}
    assert some(totals(report).status_changes) == {"unknown": 1}
    assert some(totals(report, "new").coverage_seconds) == {}


def test_a_change_that_comes_with_the_reload_is_one_by_the_targets_of_before():
    gone = state(snapshot(reading(), at=later(5)))
    _, memory = everything([one_idle(60.0)], TEAM)
    report, _ = everything([gone], team(available_agents=2), now=later(5), memory=memory)
    assert some(totals(report).status_changes) == {"unstaffed": 1}
