"""What the counters must be, worked out second by second and by hand, without the program's own code.

Only values of the model are read here. Each second asks again what is fresh and who is open, so that the account can
be held against the reconciler, which works only when something changes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clocks import MINUTE, Span, is_open_on, reading
from crowds import Human, counted, coverage_of, human_of, merged, names, sees, status_of

from monitor.model import Channel, PeopleSpec, Reading, Selector, Snapshot, TeamSpec

BOOTED = 5_000
"""Elapsed time at the beginning of a script."""

Key = tuple[str, str, str, str]
"""Team, channel, counter, and the value of its label."""
AccountKey = tuple[str, str]


class Answer(NamedTuple):
    """How a live poll ended: with a snapshot, or (None) it failed."""

    at: int
    source: str
    snapshot: Snapshot | None


class RosterRead(NamedTuple):
    at: int
    source: str
    is_good: bool = True


class Step(NamedTuple):
    """The wall clock jumps by so many seconds; elapsed time does not."""

    at: int
    by: int


Happening = Answer | RosterRead | Step


class Hours(NamedTuple):
    """When a team is open, by hand: spans of the week, and days that have none."""

    spans: tuple[Span, ...]
    zone: str
    holidays: frozenset[date] = frozenset()

    def is_open(self, wall: int) -> bool:
        local = reading(wall, ZoneInfo(self.zone))
        return local.date() not in self.holidays and is_open_on(local, self.spans)


class Script(NamedTuple):
    """All that happens in `length` seconds from `start` (Unix seconds, a whole minute) on, in order.

    Things happen on even seconds and data expires on odd ones, so that no two of them are one instant. `asleep` are
    stretches in which the machine is suspended, so that nobody looks at anything.
    """

    start: int
    length: int
    happenings: tuple[Happening, ...]
    max_age: Mapping[str, int]
    teams: tuple[TeamSpec, ...]
    hours: Mapping[str, Hours]
    """By team; one that is missing is always open."""
    people: PeopleSpec = PeopleSpec()
    humans: Mapping[AccountKey, str] = {}
    """Whose an account is, by hand; one that is missing is a person of its own."""
    shared: Mapping[str, frozenset[str]] = {}
    """By team, the sources that it needs beside those of its members, because they hold somebody's other account."""
    asleep: tuple[tuple[int, int], ...] = ()


class Change(NamedTuple):
    """A status that began within a second."""

    at: int
    team: str
    channel: str
    status: str


class Worked(NamedTuple):
    totals: Mapping[Key, int]
    changes: tuple[Change, ...]


# ------------------------------------------------------------------ second by second


class Look(NamedTuple):
    """All that the state of every team follows from: which readings, which sources are fresh or were ever heard of,
    which teams are open."""

    told: int
    fresh: tuple[bool, ...]
    heard: int
    opened: tuple[bool, ...]


class Said(NamedTuple):
    """`is_begun`: all its sources have answered or failed once; what is said before that is no more than the start."""

    status: str
    is_begun: bool


def work_out(script: Script) -> Worked:
    world = World(script)
    totals: Counter[Key] = Counter()
    changes: list[Change] = []
    said: Mapping[tuple[str, str], Said] = {}
    passed = 0
    for look, seconds in groupby(range(script.length), world.look):
        before = said
        rates, said = world.evaluate(look)  # before the first second after them is looked at
        for whose, (status, _) in said.items():
            if whose in before and status != before[whose].status:
                changes.append(Change(passed, *whose, status))
                totals[*whose, "status_changes", status] += before[whose].is_begun
        alike = sum(1 for _ in seconds)
        for key, rate in rates.items():
            totals[key] += rate * alike
        passed += alike
    return Worked(totals, tuple(changes))


class World:
    """What is known at a moment."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._happenings = iter(script.happenings)
        self._upcoming = next(self._happenings, None)
        self._rosters: set[str] = set()
        self._snapshots: dict[str, Snapshot] = {}
        self._expiry = dict.fromkeys(script.max_age, 0)
        self._told = 0
        self._heard: set[str] = set()
        self._matched: set[tuple[str, Selector]] = set()
        self._offset = 0
        self._open: dict[int, tuple[bool, ...]] = {}

    def _take(self, found: Happening) -> None:
        if isinstance(found, Answer):
            self._heard.add(found.source)
        match found:
            case Step():
                self._offset += found.by
            case RosterRead(_, source, is_good=True):
                self._rosters.add(source)
                self._age(source)
            case Answer(_, source, Snapshot() as snapshot):
                known = self._snapshots.get(source)
                if known is None or known.readings is not snapshot.readings or known.accounts is not snapshot.accounts:
                    self._told += 1
                self._snapshots[source] = snapshot
                self._age(source)

    def _age(self, source: str) -> None:
        """Data is fresh for so long after its poll was sent, once a roster was read."""
        if source in self._rosters and source in self._snapshots:
            sent = round(self._snapshots[source].observed_at.elapsed) - BOOTED
            self._expiry[source] = sent + self._script.max_age[source]

    def look(self, second: int) -> Look:
        """As it is in a second, which is the one after that of the last look."""
        while self._upcoming is not None and self._upcoming.at <= second:
            self._take(self._upcoming)
            self._upcoming = next(self._happenings, None)
        fresh = tuple([second < expiry for expiry in self._expiry.values()])
        minute = (self._script.start + second + self._offset) // MINUTE
        return Look(self._told, fresh, len(self._heard), self._opened(minute))

    def _opened(self, minute: int) -> tuple[bool, ...]:
        if minute not in self._open:
            hours = [self._script.hours.get(team.name) for team in self._script.teams]
            self._open[minute] = tuple(one is None or one.is_open(minute * MINUTE) for one in hours)
        return self._open[minute]

    def evaluate(self, look: Look) -> tuple[dict[Key, int], dict[tuple[str, str], Said]]:
        """What one second adds to each counter, and what is said of each team on each channel."""
        fresh = {
            source: self._snapshots[source]
            for source, is_fresh in zip(self._script.max_age, look.fresh, strict=True)
            if is_fresh
        }
        rates: dict[Key, int] = {}
        said: dict[tuple[str, str], Said] = {}
        for team, is_open in zip(self._script.teams, look.opened, strict=True):
            is_complete = self._is_complete(team, fresh)
            for channel, targets in team.targets.items():
                crowd = list(self._crowd(team, channel, fresh))
                whose = team.name, str(channel)
                status = status_of(crowd, targets, is_complete=is_complete) if is_open else "closed"
                said[whose] = Said(status, self._needed(team) <= self._heard)
                for key, rate in counted(crowd).items():
                    rates[*whose, *key] = rate
                if is_open:
                    covers = coverage_of(crowd, targets.available_agents, is_complete=is_complete)
                    rates[*whose, "coverage_seconds", covers] = 1
        return rates, said

    def _is_complete(self, team: TeamSpec, fresh: Mapping[str, Snapshot]) -> bool:
        for selector in team.selectors:
            snapshot = fresh.get(selector.source)
            if snapshot and any(names(selector, account) for account in snapshot.accounts.values()):
                self._matched.add((team.name, selector))
        has_matched = all((team.name, selector) in self._matched for selector in team.selectors)
        return has_matched and self._needed(team) <= fresh.keys()

    def _needed(self, team: TeamSpec) -> set[str]:
        return {selector.source for selector in team.selectors} | self._script.shared.get(team.name, set())

    def _crowd(self, team: TeamSpec, channel: Channel, fresh: Mapping[str, Snapshot]) -> Iterator[Human]:
        """Everybody whom the team sees on the channel."""
        seen: defaultdict[str, defaultdict[AccountKey, list[Reading]]] = defaultdict(lambda: defaultdict(list))
        for source, snapshot in fresh.items():
            for told in snapshot.readings:
                if told.channel == channel and any(
                    selector.source == source and sees(selector, snapshot.accounts[told.account], told)
                    for selector in team.selectors
                ):
                    key = source, told.account
                    seen[self._script.humans.get(key, "/".join(key))][key].append(told)
        for human, accounts in seen.items():
            most, is_hidden = self._limit(human, fresh)
            yield human_of([merged(found) for found in accounts.values()], most, is_hidden=is_hidden)

    def _limit(self, human: str, fresh: Mapping[str, Snapshot]) -> tuple[int | None, bool]:
        """How many more contacts somebody may hold, None for any number, and whether an account is out of sight."""
        limits = [person for person in self._script.people.listed if person.name == human]
        if not limits or limits[0].max_slots is None:
            return None, False
        held = 0
        for source, account in limits[0].accounts:
            for channel in Channel:
                found = [
                    told
                    for told in (fresh[source].readings if source in fresh else ())
                    if (told.account, told.channel) == (account, channel)
                ]
                if found and (whole := merged(found)).presence == "connected":
                    held += whole.used or 0
        return max(limits[0].max_slots - held, 0), any(source not in fresh for source, _ in limits[0].accounts)
