"""What one reconciliation costs at full size, by what happened before it: CPU time, rounds of all cases in turn.

10,000 accounts in four sources and 50 teams, each of which selects in all four; every number of every account is new
in each round, so that nothing can be kept but the rosters.
"""

import gc
import time
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from statistics import median

import msgspec
from benchmarks.results import Row, at_most
from builders import T0, later, live, state

from monitor.clock import Now
from monitor.model import (
    NO_PEOPLE,
    Account,
    Channel,
    Group,
    Match,
    PeopleSpec,
    PersonSpec,
    Presence,
    Reading,
    Selector,
    Snapshot,
    Targets,
    TeamSpec,
)
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply

SOURCES = ("a", "b", "c", "d")
TEAMS = 50
ACCOUNTS = 2500
"""Of each source."""
BUDGET_MS = 60.0
"""The share of a reconciliation in the budget of a cycle."""

BY_HAND = PeopleSpec(
    listed=tuple(
        PersonSpec(f"p-{number}", tuple((source, str(number)) for source in SOURCES), max_slots=6)
        for number in range(0, ACCOUNTS, 25)
    )
)


class Case(msgspec.Struct, frozen=True):
    """What happens between two reconciliations, and who is who."""

    title: str
    changed: Sequence[str]
    people: PeopleSpec = NO_PEOPLE


CASES = (
    Case("all sources changed", SOURCES),
    Case("all changed, 100 people with a limit in all four", SOURCES, BY_HAND),
    Case("all changed, everyone joined by e-mail", SOURCES, PeopleSpec(match=(Match.EMAIL,))),
    Case("one source changed", SOURCES[:1]),
    Case("nothing changed", ()),
)


class Office:
    """Everyone there is, with new numbers whenever asked."""

    def __init__(self) -> None:
        self._random = Random(1)
        self._accounts = {
            str(number): Account(
                str(number), email=f"agent{number}@example.com", groups=frozenset({f"g{number % TEAMS}"})
            )
            for number in range(ACCOUNTS)
        }
        self._groups = tuple(Group(f"g{number}", f"Group {number}") for number in range(TEAMS))
        self.teams = tuple(
            TeamSpec(
                f"team-{number}",
                tuple(Selector(source, groups=(f"g{number}",)) for source in SOURCES),
                {Channel.CHAT: Targets(available_agents=2)},
            )
            for number in range(TEAMS)
        )

    def snapshot(self, source: str, at: Now) -> Snapshot:
        return Snapshot(
            source=source,
            observed_at=at,
            accounts=self._accounts,
            readings=tuple(self._reading(account) for account in self._accounts.values()),
            groups=self._groups,
        )

    def _reading(self, account: Account) -> Reading:
        used = self._random.randint(0, 4)
        match self._random.randrange(5):
            case 0:
                return Reading(account.id, Channel.CHAT, account.groups, Presence.OFFLINE, accepting=False)
            case 1:
                return Reading(account.id, Channel.CHAT, account.groups, Presence.CONNECTED, False, used, 0)
            case _:
                return Reading(account.id, Channel.CHAT, account.groups, Presence.CONNECTED, True, used, 4 - used)


class Line:
    """One case from round to round."""

    def __init__(self, case: Case, office: Office) -> None:
        self.case = case
        self._office = office
        self._states: Mapping[str, SourceState] = {source: state(office.snapshot(source, T0)) for source in SOURCES}
        _, self._memory = reconcile(self._states, office.teams, Memory(), T0, {}, case.people)

    def measure(self, now: Now) -> tuple[float, float]:
        """Milliseconds to take in what changed, and to reconcile."""
        snapshots = [self._office.snapshot(source, now) for source in self.case.changed]
        gc.collect()
        begun = time.process_time()
        changed = {one.source: apply(self._states[one.source], live(one, source=one.source)) for one in snapshots}
        taken_in = time.process_time()
        self._states = {**self._states, **changed}
        _, self._memory = reconcile(self._states, self._office.teams, self._memory, now, {}, self.case.people)
        return (taken_in - begun) * 1000, (time.process_time() - taken_in) * 1000


def run(rounds: int) -> list[Row]:
    office = Office()
    lines = [Line(case, office) for case in CASES]
    found: dict[str, list[tuple[float, float]]] = {case.title: [] for case in CASES}
    for number in range(1, rounds + 1):
        for line in lines:
            found[line.case.title].append(line.measure(later(number)))
    return [row(title, times, rounds) for title, times in found.items()]


def row(title: str, times: Iterable[tuple[float, float]], rounds: int) -> Row:
    taken_in, reconciled = (median(column) for column in zip(*times, strict=True))
    how = f"median of {rounds} rounds; taking in before it {taken_in:.1f} ms"
    return at_most(title, reconciled, BUDGET_MS, "ms", how)
