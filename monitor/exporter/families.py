"""What a metric family is: one declarative row, from which headers, documentation and checks derive.

A row says what it needs of the facts and nothing about how it is written. Absent is never 0: a value that is not
known yields no sample.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from monitor.model import Channel, ChannelReport, Report, SourceReport, TeamReport, Totals


class Kind(StrEnum):
    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one rendering describes. Counts of bytes, series and families left out are those of the rendering before."""

    report: Report
    version: str
    revision: str
    python: str
    config_loaded_at: float
    is_config_current: bool = True
    """Whether the last attempt to load the configuration succeeded."""
    missed_runs: int = 0
    tasks: int | None = None
    """Of the event loop, when the publication began; None before it runs."""
    exposition_bytes: dict[str, int] = {}
    series: int = 0
    series_limit: int = 0
    families_left_out: int = 0


Sample = tuple[tuple[str, ...], float]
"""Label values in the order of the family's labels, and the value."""


class Scope(StrEnum):
    """What the samples of a family are told of: one part of the facts after the other, each rendered by itself."""

    TEAM = "team"
    TOTALS = "totals"
    SOURCE = "source"
    AGENTS = "agents"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One metric family. `name` is whole, with `_total` for counters; `samples` gets a part as its scope says, and is
    None for those that prometheus-client renders.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    scope: Scope = Scope.WHOLE
    samples: Callable[[Any], Iterable[Sample]] | None = None

    @property
    def unit(self) -> str:
        """The unit that the name ends in, as OpenMetrics wants it; "" for none."""
        stem = self.name.removesuffix("_total")
        return next((unit for unit in ("seconds", "bytes", "ratio") if stem.endswith("_" + unit)), "")


TotalsPart = tuple[str, Channel, Totals]


def parts(scope: Scope, facts: Facts) -> Iterator[tuple[Hashable, object]]:
    """The parts that families of a scope are told of, each with a key that stays the same over renderings."""
    report = facts.report
    match scope:
        case Scope.TEAM:
            yield from ((team.name, team) for team in report.teams)
        case Scope.TOTALS:
            yield from ((key, (*key, totals)) for key, totals in report.totals.items())
        case Scope.SOURCE:
            yield from ((source.spec.name, source) for source in report.sources)
        case Scope.AGENTS:
            yield from ((found.source, found) for found in report.agents)
        case Scope.WHOLE:
            yield None, facts


TEAM = ("team",)
TEAM_CHANNEL = ("team", "channel")
SOURCE = ("source",)


def of_team(
    value: Callable[[TeamReport], float | None], *, with_data: bool = False
) -> Callable[[TeamReport], Iterator[Sample]]:
    """One sample of each team that has the value; `with_data`: only while the team has any."""

    def samples(team: TeamReport) -> Iterator[Sample]:
        found = value(team) if team.has_data or not with_data else None
        if found is not None:
            yield (team.name,), found

    return samples


def of_channels(
    value: Callable[[TeamReport, ChannelReport], float | None], *, with_data: bool = False
) -> Callable[[TeamReport], Iterator[Sample]]:
    def samples(team: TeamReport) -> Iterator[Sample]:
        for channel in team.channels if team.has_data or not with_data else ():
            found = value(team, channel)
            if found is not None:
                yield (team.name, channel.channel), found

    return samples


def of_source(value: Callable[[SourceReport], float | None]) -> Callable[[SourceReport], Iterator[Sample]]:
    def samples(source: SourceReport) -> Iterator[Sample]:
        found = value(source)
        if found is not None:
            yield (source.spec.name,), found

    return samples


def gauge(
    scope: Scope, name: str, help_: str, labels: tuple[str, ...], samples: Callable[[Any], Iterable[Sample]]
) -> Family:
    return Family(name=f"agentmon_{name}", kind=Kind.GAUGE, help=help_, labels=labels, scope=scope, samples=samples)


def counter(
    scope: Scope, name: str, help_: str, labels: tuple[str, ...], samples: Callable[[Any], Iterable[Sample]]
) -> Family:
    return Family(name=f"agentmon_{name}", kind=Kind.COUNTER, help=help_, labels=labels, scope=scope, samples=samples)
