"""One team in one situation: what it publishes on chat."""

from typing import Any

import msgspec
from builders import T0, everything, later, snapshot, spec, state, team

from monitor.model import NO_PEOPLE, Account, HoursSpec, Inactivity, PeopleSpec, Reading, Selector, TeamReport
from monitor.reconciler.store import new_state

ALL, OTHER = (Selector("a"),), (Selector("b"),)
EVERYONE = (*ALL, *OTHER)


def published(
    a: list[Reading],
    *,
    b: list[Reading] | None = None,
    expired: bool = False,
    members: tuple[Selector, ...] = ALL,
    who: PeopleSpec = NO_PEOPLE,
    hours: HoursSpec | None = None,
    inactive: Inactivity | None = None,
    uncertain: str = "",
    **targets: Any,
) -> TeamReport:
    """A team, by default everyone of source a; `b` is another source: `expired` if it was heard too long ago, and
    never heard of without readings."""
    accounts = [Account("nobody", groups=frozenset("xy")), *map(Account, uncertain)]
    states = [state(snapshot(*a, accounts=accounts, uncertain=frozenset(uncertain))), new_state(spec("b"))]
    if b is not None:
        at = later(-500) if expired else T0
        states[1] = state(snapshot(*b, source="b", at=at, accounts=[Account("nobody")]), of=spec("b"))
    wanted = msgspec.structs.replace(team("team", *members, **targets), hours=hours, inactive=inactive or Inactivity())
    report, _ = everything(states, wanted, who=who)
    return report.teams[0]
