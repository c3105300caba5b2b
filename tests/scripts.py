"""Hypothesis strategies: hours of polls and failures, openings, clock steps and suspends, as scripts to be played."""

from datetime import datetime
from itertools import accumulate

from bruteforce import BOOTED, Answer, Happening, Hours, RosterRead, Script, Step
from clocks import Span, written
from hypothesis import strategies as st

from monitor.clock import Now
from monitor.model import Account, Channel, HoursSpec, Presence, Reading, Selector, Snapshot, Targets, TeamSpec

ACCOUNTS = {"a": ("1", "2", "3"), "b": ("4", "5")}
CHANNELS = {"a": (Channel.CHAT, Channel.CALL), "b": (Channel.CHAT,)}
"""On which everybody of a source is told of, in each of its polls."""
MAX_AGE = {"a": 61, "b": 151}
KNOWN = {source: {id_: Account(id_) for id_ in accounts} for source, accounts in ACCOUNTS.items()}
EVERYONE = tuple(map(Selector, ACCOUNTS))

BEGINNINGS = [
    round(datetime.fromisoformat(f"2026-{text}:00+00:00").timestamp())
    for text in ("07-08T11:37", "07-11T21:00", "03-29T00:11", "10-24T23:41")  # the last two before clocks change
]
ZONES = ("UTC", "Europe/Paris", "Asia/Kathmandu")


HERE, OUT, ODD = Presence.CONNECTED, Presence.OFFLINE, Presence.UNKNOWN
LOOKS = [
    (HERE, True, 0, 2),
    (HERE, True, 1, 1),
    (HERE, True, 2, 0),
    (HERE, True, None, None),
    (HERE, True, 0, None),
    (HERE, True, 3, None),
    (HERE, False, 0, 0),
    (HERE, False, 1, 0),
    (HERE, False, None, None),
    (OUT, False, None, None),
    (OUT, False, 1, 0),
    (ODD, False, None, None),
]
"""Presence, accepting, used and free."""


def told(source: str) -> st.SearchStrategy[tuple[Reading, ...]]:
    """What a poll says: one reading of each account on each channel."""
    seen = [(account, channel) for account in ACCOUNTS[source] for channel in CHANNELS[source]]
    looks = st.lists(st.sampled_from(LOOKS), min_size=len(seen), max_size=len(seen))
    return looks.map(
        lambda found: tuple(
            Reading(account, channel, frozenset(), *look) for (account, channel), look in zip(seen, found, strict=True)
        )
    )


def even(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least // 2, most // 2).map(lambda half: 2 * half)


sources = st.sampled_from(sorted(ACCOUNTS))
waits = st.one_of(even(0, 20), even(0, 100), st.sampled_from([60, 62, 150, 152, 600]), even(0, 3 * 3600))
"""Until the next thing happens; a long one is a suspend, if nobody looks meanwhile."""
good = sources.flatmap(lambda source: st.tuples(st.just(source), told(source), even(0, 20)))
what = st.one_of(
    good,
    good,
    good,
    sources.map(lambda source: Answer(0, source, None)),
    st.builds(RosterRead, st.just(0), sources, st.booleans()),
    st.builds(Step, st.just(0), even(-7200, 7200)),
)

spans = st.builds(
    lambda start, length: Span(frozenset(range(7)), 15 * start, 15 * (start + length)),
    st.integers(0, 95),
    st.sampled_from([1, 2, 4, 8, 36, 95]),
)
hours = st.builds(
    lambda found, zone: Hours(tuple(found), zone), st.lists(spans, min_size=1, max_size=9), st.sampled_from(ZONES)
)
wanted = st.builds(
    Targets,
    available_agents=st.integers(1, 3),
    free_slots=st.none() | st.integers(0, 4),
    occupancy=st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0]),
)


@st.composite
def scripts(draw: st.DrawFn, *, ties: bool = False) -> Script:
    """Two teams on both sources, one always open. `ties`: data may expire at the very instant of something else."""
    opening = draw(hours)
    story = draw(st.lists(st.tuples(waits, what), min_size=draw(st.sampled_from([1, 20])), max_size=30))
    times = list(accumulate((wait for wait, _ in story), initial=2))[1:]
    rosters = [RosterRead(0, source) for source in ACCOUNTS if draw(st.integers(0, 9))]
    happenings = [happening(at, wait, found) for at, (wait, found) in zip(times, story, strict=True)]
    targets = {Channel.CHAT: draw(wanted), Channel.CALL: draw(wanted)}
    return Script(
        start=draw(st.sampled_from(BEGINNINGS)),
        length=times[-1] + draw(even(2, 400)),
        happenings=(*rosters, *happenings),
        max_age={source: age - ties for source, age in MAX_AGE.items()},
        teams=(
            TeamSpec("always", EVERYONE, targets),
            TeamSpec("shop", EVERYONE, targets, HoursSpec(written(opening.spans), opening.zone)),
        ),
        hours={"shop": opening},
    )


def happening(at: int, wait: int, found: Happening | tuple[str, tuple[Reading, ...], int]) -> Happening:
    if isinstance(found, Answer | RosterRead | Step):
        return found._replace(at=at)
    source, readings, latency = found
    sent = at - min(latency, wait)
    return Answer(at, source, Snapshot(source, Now(0.0, BOOTED + sent), KNOWN[source], readings))
