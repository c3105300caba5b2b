"""Whether a configuration fits its vendors: who is matched by whom, and who is missed; behind `check --online`."""

from collections.abc import Iterator, Mapping

import msgspec

from monitor.clock import Clock
from monitor.config import Config
from monitor.model import Account, Match
from monitor.probe import Polled, Trouble, poll_once, trouble, unassigned
from monitor.reconciler.membership import select
from monitor.reconciler.reconcile import Memory, reconcile

NAMED = 10
"""Accounts in no team that are named; the rest is only counted."""


class SourceSurvey(msgspec.Struct, frozen=True):
    """A source as its rosters show it. `accounts` is None where it could not be read.

    `keys` counts the accounts that tell what `people.match` goes by; `unassigned` are those in no team.
    """

    source: str
    vendor: str
    troubles: tuple[Trouble, ...]
    accounts: int | None
    unassigned: tuple[str, ...]
    unlisted: int
    keys: Mapping[Match, int]


class MemberSurvey(msgspec.Struct, frozen=True):
    """One entry of a team's members: accounts that it matches, None where its source could not be read."""

    team: str
    position: int
    source: str
    accounts: int | None


class Survey(msgspec.Struct, frozen=True):
    """`joined` counts people with accounts in several sources."""

    sources: tuple[SourceSurvey, ...]
    members: tuple[MemberSurvey, ...]
    joined: int
    problems: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        return not any(source.troubles for source in self.sources)


async def survey(config: Config, clock: Clock) -> Survey:
    """Poll every source once and hold the configuration against what it tells."""
    polled = await poll_once(config.sources, clock)
    report, memory = reconcile(polled.states, config.teams, Memory(), clock.now(), polled.requests, config.people)
    return Survey(
        sources=tuple(_source(name, polled, config) for name in polled.states),
        members=tuple(_members(polled, config)),
        joined=memory.people.joined,
        problems=report.all_problems,
    )


def _source(name: str, polled: Polled, config: Config) -> SourceSurvey:
    state = polled.states[name]
    accounts = state.index.accounts if state.index else None
    failures = (state.roster_failure, state.failure)
    return SourceSurvey(
        source=name,
        vendor=state.spec.vendor,
        troubles=tuple(found for failure in failures if (found := trouble(failure)) is not None),
        accounts=None if accounts is None else len(accounts),
        unassigned=tuple(map(_called, unassigned(state, config.teams))),
        unlisted=state.snapshot.unlisted if state.snapshot else 0,
        keys={
            match: sum(bool(getattr(account, match)) for account in (accounts or {}).values())
            for match in config.people.match
        },
    )


def _called(account: Account) -> str:
    return account.username or account.email or f"id:{account.id}"


def _members(polled: Polled, config: Config) -> Iterator[MemberSurvey]:
    for team in config.teams:
        for position, selector in enumerate(team.selectors, start=1):
            index = polled.states[selector.source].index
            matched = None if index is None else len(select(selector, index).accounts)
            yield MemberSurvey(team.name, position, selector.source, matched)
