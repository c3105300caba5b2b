"""The pace of a source, and whether its budget of requests can keep it. Seconds and requests; pure."""

import math
from collections.abc import Iterator

import msgspec

from monitor.model import PollSpec
from monitor.pollers.vendors.base import PollOptions, RequestCount, Vendor

INTERVALS_OF_MAX_AGE = 4
BUSY = 0.8
"""Share of the budget above which retries and log-ins begin to push polls back."""
_MINUTE = 60
_TRIES = 200
_EXACT = 1e-9


def resolve(own: PollOptions, defaults: PollOptions, vendor: Vendor) -> PollSpec:
    """The source's options over the defaults of the file over those of vendor and program."""

    def pick(name: str, otherwise: float) -> float:
        for options in (own, defaults):
            value: float | None = getattr(options, name)
            if value is not None:
                return value
        return otherwise

    plain = PollSpec()
    interval = pick("interval", plain.interval)
    return PollSpec(
        interval=interval,
        timeout=pick("timeout", plain.timeout),
        max_age=pick("max_age", INTERVALS_OF_MAX_AGE * interval),
        roster_interval=pick("roster_interval", plain.roster_interval),
        requests_per_minute=int(pick("requests_per_minute", vendor.requests_per_minute)),
    )


def is_patient(spec: PollSpec) -> bool:
    """Whether data lives long enough to be renewed by the slowest poll that still counts."""
    return spec.max_age >= spec.interval + spec.timeout - _EXACT


def per_minute(requests: int, every: float) -> float:
    return requests * _MINUTE / every


def is_over(requests: int, spec: PollSpec) -> bool:
    """Whether polls of so many requests need more than the budget."""
    return per_minute(requests, spec.interval) > spec.requests_per_minute + _EXACT


def longest_wait(requests: int, spec: PollSpec) -> float:
    """Seconds until the last request of a poll may leave, in the worst of an endless row of polls.

    Where any minute holds at most B requests, request k leaves when its poll begins or a minute after request
    k - B, whichever is later; so at the latest of: m minutes after the poll of request k - m * B began.
    Needs polls that are not over the budget.
    """
    budget = spec.requests_per_minute
    back = ((requests - 1 - minutes * budget) // requests for minutes in range(requests + 1))
    return max(minutes * _MINUTE + polls * spec.interval for minutes, polls in enumerate(back))


def fits(requests: int, spec: PollSpec) -> bool:
    """Whether polls stay within the budget, and each within its deadline."""
    return not is_over(requests, spec) and longest_wait(requests, spec) < spec.deadline


def fitting_interval(requests: int, spec: PollSpec, *, fixed_age: bool) -> int | None:
    """The shortest interval in whole seconds that fits; None where only another `max_age` would help."""
    for interval in _intervals(max(spec.interval, per_minute(requests, spec.requests_per_minute))):
        max_age = spec.max_age if fixed_age else float(INTERVALS_OF_MAX_AGE * interval)
        slower = msgspec.structs.replace(spec, interval=float(interval), max_age=max_age)
        if is_patient(slower) and fits(requests, slower):
            return interval
    return None


def _intervals(least: float) -> Iterator[int]:
    first = math.ceil(least - _EXACT)
    return iter(range(first, first + _TRIES))


def total_per_minute(count: RequestCount, live: int, spec: PollSpec) -> float:
    return per_minute(live, spec.interval) + per_minute(count.roster, spec.roster_interval)


def roomy_interval(count: RequestCount, live: int, spec: PollSpec) -> int | None:
    """The shortest interval in whole seconds that leaves a fifth of the budget free, if any does."""
    free = BUSY * spec.requests_per_minute - per_minute(count.roster, spec.roster_interval)
    return math.ceil(per_minute(live, free) - _EXACT) if free > 0 else None
