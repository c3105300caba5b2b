"""Everyone who is counted in some team: values, plain and serialisable.

People go by what `privacy.people` allows. What is not known is None.
"""

import msgspec

from monitor.model import Channel, State


class AccountEntry(msgspec.Struct, frozen=True):
    """An account of somebody in a fresh source. `id` is empty where it must not be told."""

    source: str
    name: str
    id: str


class ChannelEntry(msgspec.Struct, frozen=True):
    """Somebody on a channel: all their accounts there that some team selects, as one, with their limit.

    `state` is the one that they are counted in (a team may treat them as away, for doing nothing); None where part of
    what they hold is hidden, so that nothing proves them free. `teams` are those that select some of these accounts.
    """

    channel: Channel
    state: State | None
    used: int | None
    free: int | None
    accounts: tuple[AccountEntry, ...]
    teams: tuple[str, ...]


class PersonEntry(msgspec.Struct, frozen=True):
    """Somebody, with the channels on which some team counts them."""

    name: str
    channels: tuple[ChannelEntry, ...]


class Register(msgspec.Struct, frozen=True):
    """As published at `at` (Unix seconds). `is_named`: people go by their names, else by pseudonyms."""

    at: float
    is_named: bool
    people: tuple[PersonEntry, ...]

    def of(self, team: str) -> "Register":
        """Those who count in a team, with the channels on which they do."""
        here = (
            PersonEntry(person.name, tuple(entry for entry in person.channels if team in entry.teams))
            for person in self.people
        )
        return Register(self.at, self.is_named, tuple(person for person in here if person.channels))
