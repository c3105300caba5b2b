"""What a metric family is: one declarative row, from which headers, documentation and checks derive.

A row says what it needs of the facts and nothing about how it is written. Absent is never 0: a value that is not
known yields no sample.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from monitor.model import ChannelReport, Report, SourceReport, TeamReport


class Kind(StrEnum):
    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What one rendering describes. Byte and series counts are those of the rendering before."""

    report: Report
    version: str
    revision: str
    python: str
    config_loaded_at: float
    missed_runs: int = 0
    exposition_bytes: dict[str, int] = {}
    series: int = 0


Sample = tuple[tuple[str, ...], float]
"""Label values in the order of the family's labels, and the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One metric family. `name` is whole, with `_total` for counters; `samples` is None for those that
    prometheus-client renders.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    samples: Callable[[Facts], Iterable[Sample]] | None = None

    @property
    def unit(self) -> str:
        """The unit that the name ends in, as OpenMetrics wants it; "" for none."""
        stem = self.name.removesuffix("_total")
        return next((unit for unit in ("seconds", "bytes", "ratio") if stem.endswith("_" + unit)), "")


TEAM = ("team",)
TEAM_CHANNEL = ("team", "channel")
SOURCE = ("source",)

TeamValue = Callable[[TeamReport], float | None]
SourceValue = Callable[[SourceReport], float | None]


def of_teams(value: TeamValue, *, with_data: bool = False) -> Callable[[Facts], Iterator[Sample]]:
    def samples(facts: Facts) -> Iterator[Sample]:
        for team in facts.report.teams:
            found = value(team) if team.has_data or not with_data else None
            if found is not None:
                yield (team.name,), found

    return samples


def of_channels(
    value: Callable[[TeamReport, ChannelReport], float | None], *, with_data: bool = False
) -> Callable[[Facts], Iterator[Sample]]:
    def samples(facts: Facts) -> Iterator[Sample]:
        for team in facts.report.teams:
            for channel in team.channels if team.has_data or not with_data else ():
                found = value(team, channel)
                if found is not None:
                    yield (team.name, channel.channel), found

    return samples


def of_sources(value: SourceValue) -> Callable[[Facts], Iterator[Sample]]:
    def samples(facts: Facts) -> Iterator[Sample]:
        for source in facts.report.sources:
            found = value(source)
            if found is not None:
                yield (source.spec.name,), found

    return samples


def gauge(name: str, help_: str, labels: tuple[str, ...], samples: Callable[[Facts], Iterable[Sample]]) -> Family:
    return Family(name=f"agentmon_{name}", kind=Kind.GAUGE, help=help_, labels=labels, samples=samples)


def counter(name: str, help_: str, labels: tuple[str, ...], samples: Callable[[Facts], Iterable[Sample]]) -> Family:
    return Family(name=f"agentmon_{name}", kind=Kind.COUNTER, help=help_, labels=labels, samples=samples)
