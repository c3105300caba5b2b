"""What the operator wants: sources, teams with their targets and hours, people."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from monitor.model.words import AccountKey, Channel


class PollSpec(msgspec.Struct, frozen=True):
    """Pace and limits of a source; all in seconds but the last, in requests a minute."""

    interval: float = 15.0
    timeout: float = 10.0
    max_age: float = 60.0
    roster_interval: float = 600.0
    requests_per_minute: int = 60

    @property
    def deadline(self) -> float:
        """Seconds that one whole live poll may take."""
        return max(self.max_age / 2, self.timeout)


class SourceSpec(msgspec.Struct, frozen=True):
    name: str
    vendor: str
    poll: PollSpec


class Selector(msgspec.Struct, frozen=True):
    """One entry of a team's members: groups and agents must both match; empty means every one."""

    source: str
    groups: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Targets(msgspec.Struct, frozen=True):
    """What a team wants on a channel; None takes no part."""

    available_agents: int = 1
    free_slots: int | None = None
    occupancy: float | None = None
    coverage: float | None = None


class HoursSpec(msgspec.Struct, frozen=True):
    """Opening hours in OpenStreetMap's syntax, in a time zone; `country` (two letters) gives PH its meaning."""

    open: str
    timezone: str = "UTC"
    country: str | None = None


class Inactivity(msgspec.Struct, frozen=True):
    """Who counts as inactive: staffed, loaded, and without activity for longer than `after` seconds.

    With `as_away` they are treated as away; else they stay staffed.
    """

    after: float = 1200.0
    as_away: bool = False


class TeamSpec(msgspec.Struct, frozen=True):
    """`hours` is None for a team that is always open; `grace` is the time after opening, in seconds.

    Without `work_metrics` nothing is told of how its people work over time: no agent- or slot-seconds, no inactivity,
    no age of a contact. `inactive` then takes no part.
    """

    name: str
    selectors: tuple[Selector, ...]
    targets: Mapping[Channel, Targets]
    """One entry for each channel of the team, in the order of the configuration."""
    hours: HoursSpec | None = None
    grace: float = 300.0
    inactive: Inactivity = Inactivity()
    work_metrics: bool = True

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(selector.source for selector in self.selectors))


class Match(StrEnum):
    """What accounts of different sources must agree in to be one person's; case is ignored."""

    EMAIL = "email"
    EXTERNAL_ID = "external_id"
    USERNAME = "username"


class PersonSpec(msgspec.Struct, frozen=True):
    """One human by hand; `max_slots` limits what they hold in all tools together."""

    name: str
    accounts: tuple[AccountKey, ...]
    max_slots: int | None = None


class PeopleSpec(msgspec.Struct, frozen=True):
    """Which accounts are one human's; empty: each account is a person."""

    match: tuple[Match, ...] = ()
    listed: tuple[PersonSpec, ...] = ()


NO_PEOPLE = PeopleSpec()
