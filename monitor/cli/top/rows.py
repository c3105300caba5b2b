"""The rows: which are wanted, and in which order."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import msgspec

from monitor.model import Channel
from monitor.web.views import ChannelView, SourceState, SourceView, StateView, TeamView


class Row(msgspec.Struct, frozen=True):
    """A team on one of its channels."""

    team: TeamView
    channel: ChannelView


class Wanted(msgspec.Struct, frozen=True):
    """What is to be shown; empty: everything."""

    teams: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()

    def rows(self, state: StateView) -> list[Row]:
        return [
            Row(team, channel)
            for team in self._teams(state)
            for channel in team.channels
            if not self.channels or channel.channel in self.channels
        ]

    def missing_teams(self, state: StateView) -> list[str]:
        known = {team.name for team in state.teams}
        return [name for name in self.teams if name not in known]

    def missing_channels(self, state: StateView) -> list[Channel]:
        known = {channel.channel for team in state.teams for channel in team.channels}
        return [channel for channel in self.channels if channel not in known]

    def troubled(self, state: StateView) -> list[SourceView]:
        """Sources of the wanted teams that do not do what they should."""
        ours = {source.name for team in self._teams(state) for source in team.sources}
        return [source for source in state.sources if _is_troubled(source) and (not self.teams or source.name in ours)]

    def _teams(self, state: StateView) -> list[TeamView]:
        return [team for team in state.teams if not self.teams or team.name in self.teams]


def _is_troubled(source: SourceView) -> bool:
    return source.state is not SourceState.FRESH or not source.is_up or source.roster_error is not None


_NUMBER = re.compile(r"([0-9]{1,18})")

Key: TypeAlias = tuple[int | str, ...]


class Order(msgspec.Struct, frozen=True):
    """Least value first; rows without a value come last, also where it is reversed: what is not known is no extreme."""

    value: Callable[[Row], float | Key | None]


ORDERS = {
    "t": Order(lambda row: row.channel.trouble),
    "n": Order(lambda row: _natural(row.team.name)),
    "a": Order(lambda row: row.channel.available),
    "o": Order(lambda row: _most(row.channel.occupancy)),
    "w": Order(lambda row: _most(row.channel.queue_length)),
}
"""By the key that asks for it: the worst, the emptiest, the fullest, the longest queue first."""


def sort(rows: Iterable[Row], order: str, *, is_reversed: bool = False) -> list[Row]:
    """Rows of equal value stand by trouble, then by name."""
    value = ORDERS[order].value
    known: list[tuple[float | Key, Row]] = []
    unknown: list[Row] = []
    for row in sorted(rows, key=_by_trouble):
        found = value(row)
        if found is None:
            unknown.append(row)
        else:
            known.append((found, row))
    known.sort(key=lambda pair: pair[0], reverse=is_reversed)
    return [row for _, row in known] + unknown


def has_several_channels(rows: Sequence[Row]) -> bool:
    return len({row.channel.channel for row in rows}) > 1


def _most(number: float | None) -> float | None:
    return None if number is None else -number


def _by_trouble(row: Row) -> tuple[int, Key, str]:
    return row.channel.trouble, _natural(row.team.name), row.channel.channel


def _natural(name: str) -> Key:
    """Numbers in names by their size: team-9 before team-10."""
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_NUMBER.split(name)))
