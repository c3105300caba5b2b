"""Requests a minute and a day, from the configuration, against what the vendors' documents allow."""

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.config.arithmetic import BUSY, total_per_minute
from monitor.config.parts import Parts
from monitor.config.polls import demand_of, spec_of, vendor_of
from monitor.config.problem import Problem
from monitor.fields import show_duration
from monitor.pollers.vendors.base import Limit, SourceOptions

MINUTES_OF_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRate:
    """What one source asks of its vendor while all is well; `per_minute` is None where only the vendor knows."""

    source: str
    per_minute: float | None
    budget: int
    limit: Limit | None

    def tell(self) -> str:
        """One line for the operator."""
        if self.per_minute is None:
            return f"{self.source}: at most {self.budget} requests a minute; how many it takes only the vendor knows"
        told = f"{self.source}: {_number(self.per_minute)} requests a minute of a budget of {self.budget}"
        if self.limit is None:
            return told
        if self.limit.per_minute is None:
            return f"{told}, {self.per_minute * MINUTES_OF_A_DAY:,.0f} a day; {self.limit.says}"
        return f"{told}; {self.limit.says}"


def request_rates(parts: Parts) -> tuple[RequestRate, ...]:
    """One for each source. Needs a file without structural errors."""
    return tuple(_rate(parts, options) for options in parts.file.sources)


def _rate(parts: Parts, options: SourceOptions) -> RequestRate:
    vendor = vendor_of(options)
    spec = spec_of(parts, options)
    count = vendor.count(options, demand_of(parts, options))
    return RequestRate(
        source=options.name,
        per_minute=None if count.live is None else total_per_minute(count, count.live, spec),
        budget=spec.requests_per_minute,
        limit=vendor.limit(options),
    )


def check_limits(parts: Parts) -> Iterator[Problem]:
    """Errors: sources that together ask more than a vendor allows for what they share."""
    for index, rate, total, limit in _shares(parts):
        if total > limit:
            yield parts.problem(("sources", index, "poll", "interval"), *_sentence(parts, index, rate, total, limit))


def warn_limits(parts: Parts) -> Iterator[Problem]:
    """Warnings: the same, where it comes near."""
    for index, rate, total, limit in _shares(parts):
        if BUSY * limit < total <= limit:
            yield parts.problem(("sources", index, "poll", "interval"), *_sentence(parts, index, rate, total, limit))


def _shares(parts: Parts) -> Iterator[tuple[int, RequestRate, float, int]]:
    """Index and rate of each source under a limit a minute, with the sum of those that share it, and the limit.

    A source whose requests only the vendor knows takes part with none: its budget may be far from what it needs.
    """
    rates = [
        (index, _rate(parts, options))
        for index, options in enumerate(parts.file.sources)
        if parts.is_whole(("sources", index)) and parts.is_whole(("defaults", "poll"))
    ]
    for index, rate in rates:
        if rate.limit is None or rate.limit.per_minute is None or rate.per_minute is None:
            continue
        shared = [other for _, other in rates if other.limit and other.limit.shared == rate.limit.shared]
        yield index, rate, sum(other.per_minute or 0.0 for other in shared), rate.limit.per_minute


def _sentence(parts: Parts, index: int, rate: RequestRate, total: float, limit: int) -> tuple[str, str]:
    options = parts.file.sources[index]
    interval = spec_of(parts, options).interval
    says = rate.limit.says if rate.limit else ""
    alone = rate.per_minute == total
    who = "this source makes" if alone else "this source and those that share its allowance make"
    verdict = "over" if total > limit else "near"
    # Every source of the group slowed down by the same factor brings the sum to four fifths of the limit.
    slower = -(-interval * total // (BUSY * limit))
    return (
        f"{who} {_number(total)} requests a minute, {verdict} the limit of {limit}: {says}",
        f"an interval of {show_duration(slower)} fits",
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
