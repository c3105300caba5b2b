"""Who does nothing: staffed, loaded, and idle for too long or since before the team opened."""

from typing import Any

import msgspec
import pytest
from builders import (
    T0,
    accepting,
    everything,
    failed,
    human,
    later,
    listed,
    live,
    offline,
    people,
    reading,
    roster,
    row,
    snapshot,
    spec,
    state,
    team,
    unmapped,
)

from monitor.clock import Now
from monitor.model import NO_PEOPLE, Channel, ChannelReport, HoursSpec, Inactivity, Reading, TeamSpec
from monitor.reconciler.store import SourceState, apply, new_state

AFTER = 1200.0
PATIENT = spec("a", max_age=1e6)
BUSY = accepting(used=1, free=1)

Polls = list[tuple[float, Reading | None]]
"""What the polls at these seconds said; None: one failed."""


def polled(polls: Polls, *, max_age: float = 1e6) -> SourceState:
    known = apply(new_state(spec("a", max_age=max_age)), roster())
    for at, said in polls:
        known = apply(known, live(snapshot(said, at=later(at)) if said else failed(), at=later(at)))
    return known


def inactive_team(*, as_away: bool = False, after: float = AFTER, hours: HoursSpec | None = None) -> TeamSpec:
    return msgspec.structs.replace(team(), inactive=Inactivity(after, as_away), hours=hours)


def of_team(*states: SourceState, now: Now, **wanted: Any) -> ChannelReport:
    report, _ = everything(states, inactive_team(**wanted), now=now)
    return report.teams[0].channels[0]


def active(seconds_ago: float, at: float = 0, **slots: int) -> Reading:
    """Loaded, and active so long before the poll at `at`, as the vendor says."""
    return accepting(last_active=later(at - seconds_ago).wall, **{"used": 1, "free": 1, **slots})


OBSERVED = [
    row("the same look for longer than allowed", [(0, BUSY), (1195, BUSY)], 1201, 1),
    row("the same look for exactly as long as allowed", [(0, BUSY), (1195, BUSY)], 1200, 0),
    row("counted from the poll that first said so, not from its answer", [(0, offline()), (10, BUSY)], 1211, 1),
    row("another number of slots used", [(0, BUSY), (600, accepting(used=2, free=1))], 1201, 0),
    row("another number of slots free", [(0, BUSY), (600, accepting(used=1, free=2))], 1201, 0),
    row("came back from being away", [(0, reading(used=1, free=1)), (600, BUSY)], 1201, 0),
    row("came back from being offline", [(0, offline(used=1, free=1)), (600, BUSY)], 1201, 0),
    row("changed and changed back", [(0, BUSY), (600, accepting(used=2, free=0)), (615, BUSY)], 1201, 0),
    row("full people are staffed", [(0, accepting(used=2, free=0))], 1201, 1),
    row("people who tell no free slots are staffed", [(0, accepting(used=2))], 1201, 1),
    row("who holds nothing may wait for ever", [(0, accepting(used=0, free=2))], 9999, 0),
    row("who does not tell what they hold is not accused", [(0, accepting(free=2))], 9999, 0),
    row("finishing people are not staffed", [(0, reading(used=1, free=0))], 9999, 0),
    row("people in state unknown are not staffed", [(0, unmapped(used=1, free=0))], 9999, 0),
    row("load held offline is a contradiction", [(0, offline(used=1, free=0))], 9999, 0),
    row("a failed poll changes nothing", [(0, BUSY), (600, None), (1195, BUSY)], 1201, 1),
]


@pytest.mark.parametrize(("polls", "now", "inactive"), OBSERVED)
def test_by_our_own_observation(polls: Polls, now: float, inactive: int):
    assert of_team(polled(polls), now=later(now)).inactive == inactive


TOLD = [
    row("active longer ago than allowed", [(0, active(1195))], later(6), 1),
    row("active exactly as long ago as allowed", [(0, active(1195))], later(5), 0),
    row("the vendor's word goes before an unchanged look", [(0, active(0)), (1500, active(9, 1500))], later(1501), 0),
    row("the vendor's word goes before a changed look", [(0, active(0)), (1500, active(1500, 1500, used=2))], later(1501), 1),  # noqa: E501
    row("an activity in the future is none in the past", [(0, active(-500))], later(1699), 0),
    row("a step of the wall clock counts, because the vendor's clock is one too", [(0, active(0))], later(1, step=1200), 1),  # noqa: E501
    row("a step of the wall clock makes no observation older", [(0, BUSY)], later(1, step=5000), 0),
]  # fmt: skip


@pytest.mark.parametrize(("polls", "now", "inactive"), TOLD)
def test_by_the_vendors_last_activity(polls: Polls, now: Now, inactive: int):
    assert of_team(polled(polls), now=now).inactive == inactive


def test_after_a_gap_in_the_data_looking_begins_anew():
    polls: Polls = [(at, BUSY) for at in (0, 50, 100, 900, 950)]
    assert of_team(polled(polls, max_age=1000), now=later(1000), after=600).inactive == 1
    assert of_team(polled(polls, max_age=60), now=later(1000), after=600).inactive == 0


def test_each_channel_is_looked_at_by_itself():
    call = accepting(channel=Channel.CALL, used=1, free=0)
    known = state(snapshot(BUSY, call), of=PATIENT)
    known = apply(known, live(snapshot(BUSY, msgspec.structs.replace(call, used=2), at=later(600))))
    both = msgspec.structs.replace(team(), targets={channel: team().targets[Channel.CHAT] for channel in Channel})
    report, _ = everything([known], both, now=later(1201))
    assert {one.channel: one.inactive for one in report.teams[0].channels if one.inactive} == {Channel.CHAT: 1}


# ------------------------------------------------------------------ since before the team opened
# T0 is a Sunday, 15:06:40 UTC; the next opening is 60,800 s later, on Monday at 08:00.

DAILY = HoursSpec("Mo-Su 08:00-20:00")
MONDAY = 60_800.0
A_DAY = 86_400.0
WORKED_ON = accepting(used=2, free=0)

OPENING = [
    row("left logged in overnight: at the opening", [(0, BUSY)], MONDAY, DAILY, 1),
    row("not before the opening, for the last one was before their last sign", [(0, BUSY)], MONDAY - 1, DAILY, 0),
    row("without hours only the time counts", [(0, BUSY)], MONDAY, None, 0),
    row("who stirs after the opening is active", [(0, BUSY), (MONDAY + 5, WORKED_ON)], MONDAY + 60, DAILY, 0),
    row("who stirred only before it is not", [(0, BUSY), (MONDAY - 5, WORKED_ON)], MONDAY + 60, DAILY, 1),
    row("the vendor knows of an activity since", [(0, active(-MONDAY - 5))], MONDAY + 60, DAILY, 0),
    row("the vendor knows of none since", [(0, active(0))], MONDAY + 60, DAILY, 1),
]


@pytest.mark.parametrize(("polls", "now", "hours", "inactive"), OPENING)
def test_since_before_the_team_last_opened(polls: Polls, now: float, hours: HoursSpec | None, inactive: int):
    assert of_team(polled(polls), now=later(now), after=A_DAY, hours=hours).inactive == inactive


# ------------------------------------------------------------------ what comes of it


def test_a_zombie_is_counted_and_stays_staffed_by_default():
    channel = of_team(polled([(0, BUSY)]), now=later(1201))
    assert (people(channel.agents), channel.inactive, channel.used, channel.free) == ({"partial": 1}, 1, 1, 1)
    assert channel.status == "ok"


def test_counted_as_away_a_zombie_staffs_nobody_and_offers_nothing():
    channel = of_team(polled([(0, BUSY)]), now=later(1201), as_away=True)
    assert (people(channel.agents), channel.inactive, channel.used, channel.free) == ({"away": 1}, 1, 0, 0)
    assert (channel.status, channel.coverage) == ("unstaffed", "uncovered")


def test_of_two_who_look_alike_only_the_idle_one_is_away():
    idle, busy = active(1195), msgspec.structs.replace(active(5), account="2")
    channel = of_team(state(snapshot(idle, busy), of=PATIENT), now=later(10), as_away=True)
    assert (people(channel.agents), channel.inactive, channel.used) == ({"partial": 1, "away": 1}, 1, 1)


def test_one_team_may_count_as_away_whom_another_does_not():
    strict = msgspec.structs.replace(inactive_team(as_away=True), name="strict")
    report, _ = everything([polled([(0, BUSY)])], inactive_team(), strict, now=later(1201))
    assert [people(found.channels[0].agents) for found in report.teams] == [{"partial": 1}, {"away": 1}]
    assert people(report.people[Channel.CHAT]) == {"partial": 1}, "people overall are in no team's eyes"


# ------------------------------------------------------------------ people with several accounts

TOGETHER = listed(human("a/1", "b/1"))
MANY = [
    row("idle in both", active(1300), active(1400), 1),
    row("idle for exactly as long as allowed", active(1199), active(1400), 0),
    row("active in one, idle in the other", active(1300), active(5), 0),
    row("idle where they hold something, active where they hold nothing", active(1300), active(5, used=0), 0),
    row("nothing is known of where they hold nothing", active(1300), accepting(used=0, free=1), 1),
    row("idle in one, offline in the other", active(1300), offline(used=1, last_active=later(-5).wall), 1),
    row("holding nothing in either", active(1300, used=0), active(1300, used=0), 0),
]


@pytest.mark.parametrize(("in_a", "in_b", "inactive"), MANY)
@pytest.mark.parametrize("turn", [1, -1], ids=["as listed", "the other way round"])
def test_one_person_with_two_accounts(turn: int, in_a: Reading, in_b: Reading, inactive: int):
    first, second = [in_a, in_b][::turn]
    states = [state(snapshot(first)), state(snapshot(second, source="b"))]
    report, _ = everything(states, everyone_of("a", "b"), now=later(1), who=TOGETHER)
    assert report.teams[0].channels[0].inactive == inactive


def test_coming_online_in_another_tool_is_an_activity():
    in_a, in_b = snapshot(BUSY), snapshot(offline(used=1), source="b")
    wanted, back = everyone_of("a", "b"), live(snapshot(reading(used=1), source="b", at=later(600)), source="b")
    states = [state(in_a, of=PATIENT), state(in_b, of=spec("b", max_age=1e6))]
    for known, inactive in ((states, 1), ([states[0], apply(states[1], back)], 0)):
        report, _ = everything(known, wanted, now=later(1201), who=TOGETHER)
        assert report.teams[0].channels[0].inactive == inactive


def test_counted_as_away_somebody_with_two_accounts_offers_nothing():
    wanted = msgspec.structs.replace(everyone_of("a", "b"), inactive=Inactivity(AFTER, as_away=True))
    states = [state(snapshot(active(1300))), state(snapshot(accepting(used=0, free=5), source="b"))]
    report, _ = everything(states, wanted, now=later(1), who=TOGETHER)
    channel = report.teams[0].channels[0]
    assert (people(channel.agents), channel.inactive, channel.used, channel.free) == ({"away": 1}, 1, 0, 0)


def everyone_of(*sources: str) -> TeamSpec:
    wanted = inactive_team()
    selector = wanted.selectors[0]
    return msgspec.structs.replace(
        wanted, selectors=tuple(msgspec.structs.replace(selector, source=source) for source in sources)
    )


# ------------------------------------------------------------------ when it becomes true

BECOMING = [
    row("seen just now", [(0, BUSY)], AFTER),
    row("active just now, as the vendor says", [(0, active(0))], AFTER),
    row("active some time ago, as the vendor says", [(0, active(300))], AFTER - 300),
    row("active in the future, by a clock that is ahead", [(0, active(-50))], AFTER + 50),
]


@pytest.mark.parametrize(("polls", "seconds"), BECOMING)
@pytest.mark.parametrize("who", [NO_PEOPLE, listed(human("a/1"))], ids=["an account", "a person"])
def test_becoming_inactive_is_foreseen_and_not_missed(who: Any, polls: Polls, seconds: float):
    wanted = inactive_team()
    report, memory = everything([polled(polls)], wanted, who=who)
    assert report.changes_at == pytest.approx(T0.elapsed + seconds, abs=0.01)
    report, _ = everything([polled(polls)], wanted, now=later(seconds + 1), memory=memory, who=who)
    assert report.teams[0].channels[0].inactive == 1, "though nothing new was heard"


def test_who_is_not_staffed_never_becomes_inactive_however_long_they_are_idle():
    known = polled([(0, reading(used=1, free=0))])
    report, _ = everything([known], inactive_team(), now=later(5000), who=listed(human("a/1")))
    assert report.changes_at > later(5000).elapsed, "a change in the past would be waited for without end"
    assert people(report.teams[0].channels[0].agents) == {"finishing": 1}
