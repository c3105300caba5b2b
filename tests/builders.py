"""Values for tests behind the pollers: short to write, complete, and made through the public functions."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from monitor.clock import Now
from monitor.errors import Reason
from monitor.exporter.families import Facts
from monitor.model import (
    NO_PEOPLE,
    Account,
    Channel,
    ChannelReport,
    Failure,
    Group,
    PeopleSpec,
    PersonSpec,
    PollKind,
    PollOutcome,
    PollSpec,
    Presence,
    Reading,
    Report,
    Selector,
    Snapshot,
    SourceReport,
    SourceSpec,
    State,
    Status,
    Targets,
    TeamReport,
    TeamSpec,
)
from monitor.reconciler.reconcile import Memory, reconcile
from monitor.reconciler.store import SourceState, apply, new_state

T0 = Now(wall=1_750_000_000.0, elapsed=5_000.0)


def row(sentence: str, *values: Any):
    """One row of a truth table; its sentence is its id."""
    return pytest.param(*values, id=sentence)


def later(seconds: float, *, step: float = 0.0) -> Now:
    """`seconds` after T0; `step` is what wall time has jumped meanwhile."""
    return Now(T0.wall + seconds + step, T0.elapsed + seconds)


# ------------------------------------------------------------------ what a source says


def reading(account: str = "1", groups: Iterable[str] = (), /, **fields: Any) -> Reading:
    """On chat, connected and not accepting unless told otherwise."""
    given = {"channel": Channel.CHAT, "presence": Presence.CONNECTED, "accepting": False, **fields}
    return Reading(account=account, groups=frozenset(groups), **given)


def accepting(account: str = "1", groups: Iterable[str] = (), /, **fields: Any) -> Reading:
    return reading(account, groups, accepting=True, **fields)


def offline(account: str = "1", groups: Iterable[str] = (), /, **fields: Any) -> Reading:
    return reading(account, groups, presence=Presence.OFFLINE, **fields)


def unmapped(account: str = "1", groups: Iterable[str] = (), /, **fields: Any) -> Reading:
    return reading(account, groups, presence=Presence.UNKNOWN, **fields)


def snapshot(
    *readings: Reading,
    source: str = "a",
    at: Now = T0,
    accounts: Iterable[Account] = (),
    groups: Iterable[Group] = (),
    **fields: Any,
) -> Snapshot:
    """Accounts are those given, and one with nothing but an id for each reading that has none."""
    known = {found.account: Account(found.account, groups=found.groups) for found in readings}
    known |= {account.id: account for account in accounts}
    return Snapshot(source=source, observed_at=at, accounts=known, readings=readings, groups=tuple(groups), **fields)


def spec(name: str = "a", vendor: str = "comm100", **poll: Any) -> SourceSpec:
    return SourceSpec(name, vendor, PollSpec(**poll))


def live(found: Snapshot | Failure, *, at: Now = T0, source: str = "a", interval: float = 15.0) -> PollOutcome:
    """A live poll that ended in a snapshot or in a failure."""
    good = found if isinstance(found, Snapshot) else None
    return PollOutcome(
        source=source,
        kind=PollKind.LIVE,
        sent_at=good.observed_at if good else at,
        duration=0.5,
        interval=interval,
        snapshot=good,
        failure=found if isinstance(found, Failure) else None,
    )


def roster(failure: Failure | None = None, *, at: Now = T0, source: str = "a", **fields: Any) -> PollOutcome:
    return PollOutcome(
        source=source, kind=PollKind.ROSTER, sent_at=at, duration=0.5, interval=15.0, failure=failure, **fields
    )


def failed(reason: Reason = Reason.TIMEOUT, detail: str = "no answer within 10 s") -> Failure:
    return Failure(reason, detail)


def state(found: Snapshot, *, of: SourceSpec | None = None) -> SourceState:
    """A source with one roster read and one good live poll."""
    known = apply(new_state(of or spec(found.source)), roster(at=found.observed_at, source=found.source))
    return apply(known, live(found, source=found.source))


# ------------------------------------------------------------------ reconciling


def team(name: str = "team", *selectors: Selector, **targets: Any) -> TeamSpec:
    """On chat; by default everyone of source a."""
    return TeamSpec(name, selectors or (Selector("a"),), {Channel.CHAT: Targets(**targets)})


def everything(
    states: Iterable[SourceState],
    *teams: TeamSpec,
    now: Now = T0,
    memory: Memory | None = None,
    who: PeopleSpec = NO_PEOPLE,
) -> tuple[Report, Memory]:
    sources = {state.spec.name: state for state in states}
    return reconcile(sources, teams or (team(),), memory or Memory(), now, {}, who)


def human(*accounts: str, name: str = "jane", max_slots: int | None = None) -> PersonSpec:
    """A person by hand, whose accounts are written as source/id."""
    keys = tuple((source, id_) for source, _, id_ in (account.partition("/") for account in accounts))
    return PersonSpec(name, keys, max_slots)


def listed(*humans: PersonSpec) -> PeopleSpec:
    return PeopleSpec(listed=humans)


def on_chat(*readings: Reading, incomplete: bool = False, **targets: Any) -> ChannelReport:
    """What a team of everyone in source a publishes; `incomplete` adds a source that never answered."""
    others = (Selector("silent"),) if incomplete else ()
    states = [state(snapshot(*readings, accounts=[Account("nobody")])), new_state(spec("silent"))]
    report, _ = everything(states, team("team", Selector("a"), *others, **targets))
    return report.teams[0].channels[0]


def people(counts: Mapping[State, int]) -> dict[str, int]:
    """The states that somebody is in."""
    return {str(state): count for state, count in counts.items() if count}


# ------------------------------------------------------------------ what is published


def agents(**counts: int) -> dict[State, int]:
    return dict.fromkeys(State, 0) | {State(name): count for name, count in counts.items()}


def channel_report(status: Status = Status.OK, **fields: Any) -> ChannelReport:
    given: dict[str, Any] = {
        "channel": Channel.CHAT,
        "targets": Targets(),
        "agents": agents(idle=1),
        "used": 0,
        "free": 3,
        "finishing": 0,
        "occupancy": 0.0,
        "availability": 1.0,
    }
    return ChannelReport(status=status, **given | fields)


def team_report(name: str = "team", *channels: ChannelReport, **fields: Any) -> TeamReport:
    given: dict[str, Any] = {"sources": {"a": True}, "complete": True, "data_at": T0.wall, "matches": {"a": 1}}
    return TeamReport(name=name, channels=channels or (channel_report(),), **given | fields)


def source_report(name: str = "a", **fields: Any) -> SourceReport:
    """Fresh and well, after a few polls."""
    given: dict[str, Any] = {
        "spec": spec(name),
        "up": True,
        "fresh": True,
        "failure": None,
        "roster_failure": None,
        "last_attempt": T0.wall,
        "last_success": T0.wall,
        "data_age": 0.0,
        "roster_last_success": T0.wall - 100,
        "interval": 15.0,
        "requests": 9,
        "polls": 4,
        "records": 8,
        "rejected": 0,
        "unknown_statuses": 0,
        "contradictions": {},
        "poll_failures": {},
        "roster_failures": {},
        "agents": 2,
        "unassigned": 0,
        "unlisted": 0,
    }
    return SourceReport(**given | fields)


def silent_source(name: str = "b", **fields: Any) -> SourceReport:
    """Configured, and never heard of."""
    never = dict.fromkeys(
        ("last_attempt", "last_success", "data_age", "roster_last_success", "agents", "unassigned", "unlisted"), None
    )
    counts = dict.fromkeys(("requests", "polls", "records"), 0)
    return source_report(name, **{"up": False, "fresh": False, **never, **counts, **fields})


def report(*parts: TeamReport | SourceReport, **fields: Any) -> Report:
    given: dict[str, Any] = {
        "at": T0,
        "teams": tuple(part for part in parts if isinstance(part, TeamReport)),
        "sources": tuple(part for part in parts if isinstance(part, SourceReport)),
        "people": {},
    }
    return Report(**given | fields)


def facts(of: Report, **fields: Any) -> Facts:
    told: dict[str, Any] = {"version": "1.2.3", "revision": "abc", "python": "3.11.7", "config_loaded_at": T0.wall}
    return Facts(report=of, **told | {"tasks": 12} | fields)
