"""Checks of the pace of each source: patience, budget, deadline."""

from collections.abc import Iterator

from monitor.config.arithmetic import (
    BUSY,
    fits,
    fitting_interval,
    is_over,
    is_patient,
    longest_wait,
    per_minute,
    resolve,
    roomy_interval,
    total_per_minute,
)
from monitor.config.parts import Parts
from monitor.config.problem import Place, Problem
from monitor.fields import show_duration
from monitor.model import PollSpec
from monitor.pollers.vendors import VENDORS
from monitor.pollers.vendors.base import Demand, SourceOptions, Vendor


def vendor_of(options: SourceOptions) -> Vendor:
    return VENDORS[options.vendor]  # type: ignore[attr-defined]


def spec_of(parts: Parts, options: SourceOptions) -> PollSpec:
    return resolve(options.poll, parts.file.defaults.poll, vendor_of(options))


def demand_of(parts: Parts, options: SourceOptions) -> Demand:
    """What the teams select of a source; broken selectors and groups are left out."""
    pattern = vendor_of(options).group_pattern
    groups: dict[str, None] = {}
    everyone, is_selected = False, False
    for team_index, team in enumerate(parts.file.teams):
        for index, member in enumerate(team.members):
            if member.source == options.name and parts.is_whole(("teams", team_index, "members", index)):
                is_selected = True
                everyone = everyone or not member.groups
                named = [group for group in member.groups or () if pattern and pattern.fullmatch(group)]
                groups.update(dict.fromkeys(named))
    return Demand(groups=tuple(groups), everyone=everyone or not is_selected)


def check_polls(parts: Parts) -> Iterator[Problem]:
    """Errors of pace. A source whose pace was not understood is left alone."""
    for index, options in enumerate(parts.file.sources):
        place: Place = ("sources", index)
        paced = parts.is_whole((*place, "poll")) and parts.is_whole(("defaults", "poll"))
        if not paced or getattr(options, "vendor", None) not in VENDORS:
            continue
        spec = spec_of(parts, options)
        if not is_patient(spec):
            yield _impatient(parts, place, options, spec)
        if parts.is_whole(place):
            yield from _check_budget(parts, place, options, spec)


def _impatient(parts: Parts, place: Place, options: SourceOptions, spec: PollSpec) -> Problem:
    least = spec.interval + spec.timeout
    message = (
        f"max_age of {show_duration(spec.max_age)} is shorter than interval and timeout together "
        f"({show_duration(spec.interval)} + {show_duration(spec.timeout)})"
    )
    hint = f"a max_age of at least {show_duration(least)}, or a shorter timeout"
    return parts.problem(_blamed(parts, place, options), message, hint)


def _blamed(parts: Parts, place: Place, options: SourceOptions) -> Place:
    """The option that the operator wrote, the source's own before the defaults."""
    for poll, above in ((options.poll, place), (parts.file.defaults.poll, ("defaults",))):
        for name in ("max_age", "timeout", "interval"):
            if getattr(poll, name) is not None:
                return (*above, "poll", name)
    return place


def _check_budget(parts: Parts, place: Place, options: SourceOptions, spec: PollSpec) -> Iterator[Problem]:
    live = vendor_of(options).count(options, demand_of(parts, options)).live
    # A poll that is impatient anyway is told of its deadline once, and here of its budget alone.
    if live is None or fits(live, spec) or not (is_over(live, spec) or is_patient(spec)):
        return
    fixed_age = (options.poll.max_age or parts.file.defaults.poll.max_age) is not None
    interval = fitting_interval(live, spec, fixed_age=fixed_age)
    every = show_duration(spec.interval)
    if is_over(live, spec):
        rate = per_minute(live, spec.interval)
        message = (
            f"{live} requests every {every} are {_number(rate)} a minute, over the budget of {spec.requests_per_minute}"
        )
    else:
        wait = show_duration(longest_wait(live, spec))
        message = (
            f"the budget of {spec.requests_per_minute} requests a minute lets the last of {live} requests out "
            f"after {wait}, and a poll may take {show_duration(spec.deadline)} (half of max_age, at least timeout)"
        )
    hint = f"an interval of {interval}s fits" if interval else "no interval fits this max_age; raise max_age"
    yield parts.problem((*place, "poll", "interval"), message, hint)


def warn_polls(parts: Parts) -> Iterator[Problem]:
    """Sources that leave little of their budget for log-ins and retries. Needs a file without errors."""
    for index, options in enumerate(parts.file.sources):
        spec = spec_of(parts, options)
        count = vendor_of(options).count(options, demand_of(parts, options))
        if count.live is None:
            continue
        total = total_per_minute(count, count.live, spec)
        share = total / spec.requests_per_minute
        if share > BUSY:
            uses = f"uses {share:.0%} of" if share < 1 else "fills"
            message = (
                f"{count.live} requests every {show_duration(spec.interval)} and {count.roster} every "
                f"{show_duration(spec.roster_interval)} are {_number(total)} a minute; "
                f"that {uses} the budget of {spec.requests_per_minute}"
            )
            room = roomy_interval(count, count.live, spec)
            hint = f"an interval of {room}s leaves room for retries" if room else "roster_interval is too short"
            yield parts.problem(("sources", index, "poll", "interval"), message, hint)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
