"""Accounts of one person merge by rule 2: every pair of them against the rule, written down once more."""

from itertools import product

import pytest
from builders import accepting, everything, human, listed, offline, people, reading, snapshot, state, team, unmapped

from monitor.model import Channel, ChannelReport, Presence, Reading, Selector
from monitor.reconciler.merge import merge_accounts

USED = (None, 0, 1, 2)
FREE = (None, 0, 1)
LOOKS = (
    *(accepting(used=used, free=free) for used, free in product(USED, FREE)),
    *(make(used=used, free=free) for make in (reading, unmapped, offline) for used, free in product(USED, (None, 0))),
)
"""Everything that a vendor may say of an account, in numbers small enough to try them all."""

WHO = listed(human("a/1", "b/1"))
BOTH = team("team", Selector("a"), Selector("b"))


def sums(accounts: tuple[Reading, ...]) -> tuple[int | None, int | None]:
    """Used of connected accounts and free of accepting ones, as far as they are known."""
    used = [one.used for one in accounts if one.presence is Presence.CONNECTED and one.used is not None]
    willing = [one.free for one in accounts if one.accepting]
    known = [free for free in willing if free is not None]
    free = sum(known) if known else None
    return sum(used) if used else None, None if free == 0 and len(known) < len(willing) else free


def by_the_rule(accounts: tuple[Reading, ...]) -> str:
    used, free = sums(accounts)
    if any(one.accepting for one in accounts):
        table = [
            ("full", free == 0),
            ("idle", used == 0),  # free is above 0 or not known
            ("partial", bool(used and free)),
        ]
        return next((state for state, holds in table if holds), "unmetered")
    presences = [one.presence for one in accounts]
    if Presence.UNKNOWN in presences:
        return "unknown"
    if Presence.CONNECTED in presences:
        return "finishing" if used else "away"
    return "offline"


def metered(accounts: tuple[Reading, ...]) -> tuple[int, int] | None:
    """Slots that a staffed person brings to a team: of connected accounts that tell both numbers."""
    both = [one for one in accounts if one.presence is Presence.CONNECTED and None not in (one.used, one.free)]
    return (sum(one.used or 0 for one in both), sum(one.free or 0 for one in both)) if both else None


def of_two(in_a: Reading, in_b: Reading) -> ChannelReport:
    report, _ = everything([state(snapshot(in_a)), state(snapshot(in_b, source="b"))], BOTH, who=WHO)
    assert report.people == {Channel.CHAT: report.teams[0].channels[0].agents}
    return report.teams[0].channels[0]


@pytest.mark.parametrize(
    "in_a", LOOKS, ids=lambda one: f"{one.presence}{' accepting' * one.accepting} {one.used} {one.free}"
)
def test_any_two_accounts_of_one_person(in_a: Reading):
    for in_b in LOOKS:
        pair = (in_a, in_b)
        channel = of_two(*pair)
        expected = by_the_rule(pair)
        assert people(channel.agents) == {expected: 1}, pair
        if expected in ("idle", "partial", "full", "unmetered"):
            slots = metered(pair)
            assert (channel.used, channel.free) == (slots or (None, None)), pair


def test_any_three_accounts_of_one_person():
    for three in product(LOOKS, repeat=3):
        person = merge_accounts(three)
        assert (person.state, person.used, person.free) == (by_the_rule(three), *sums(three)), three
