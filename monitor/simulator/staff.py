"""The values of the simulated world: people, their accounts, and what an account is doing now."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from monitor.simulator.directory import Channel, Team, Vendor

NEW_SECONDS = 10.0
BURNING_SECONDS = 45.0
SLEEPING_SECONDS = 60.0


class Presence(StrEnum):
    """`away` is signed in but on a break; `offline` is signed out."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class Duty(StrEnum):
    OFF = "off"
    BREAK = "break"
    WORK = "work"


class Phase(StrEnum):
    """What CoBrowser tells of a slot; `closed` is over but still occupies it."""

    NEW = "new"
    OPEN = "open"
    BURNING = "burning"
    SLEEPING = "sleeping"
    CLOSED = "closed"


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A repeating pattern in simulated seconds: on duty for `length` of every `cycle`, with breaks."""

    cycle: float
    start: float
    length: float
    break_every: float
    break_start: float
    break_length: float
    break_reason: str | None = None

    def duty(self, at: float) -> Duty:
        if (at - self.start) % self.cycle >= self.length:
            return Duty.OFF
        resting = (at - self.break_start) % self.break_every < self.break_length
        return Duty.BREAK if resting else Duty.WORK


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One person's account in one tool; `number` makes the ids, `slots` says what it serves at most."""

    vendor: Vendor
    number: int
    username: str
    teams: tuple[Team, ...]
    slots: Mapping[Channel, int]
    has_logged_in: bool = True
    active: bool = True
    auto_accept: bool = True
    chat_and_call: bool = True


class Person(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    first: str
    last: str
    email: str
    teams: tuple[Team, ...]
    accounts: tuple[Account, ...]
    shift: Shift | None = None
    drowsy: bool = False

    def account(self, vendor: str) -> Account:
        """Return the account in that tool; KeyError if there is none."""
        for account in self.accounts:
            if account.vendor == vendor:
                return account
        raise KeyError(f"{self.key} has no account in {vendor}")


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in simulated seconds; `phase` is set where a script decides it."""

    number: int
    channel: Channel
    started: float
    ends: float
    leaves: float
    phase: Phase | None = None

    def phase_at(self, at: float) -> Phase:
        if self.phase is not None:
            return self.phase
        if at >= self.ends:
            return Phase.CLOSED
        age = at - self.started
        if age < NEW_SECONDS:
            return Phase.NEW
        if self.number % 7 == 0 and age >= BURNING_SECONDS:
            return Phase.BURNING
        if self.number % 5 == 0 and age >= SLEEPING_SECONDS:
            return Phase.SLEEPING
        return Phase.OPEN


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A contact that nobody has taken yet; it leaves at `leaves`, which a script puts off for ever."""

    number: int
    vendor: Vendor
    team: Team
    started: float
    leaves: float


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """What an account does now; a pinned presence or load is a script's, and time leaves it alone."""

    presence: Presence = Presence.OFFLINE
    reason: str = ""
    muted: frozenset[Channel] = frozenset()
    contacts: tuple[Contact, ...] = ()
    last_active: float = 0.0
    pinned: bool = False
    scripted: frozenset[Channel] = frozenset()


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A person at an account at one moment: what the vendor files make their rows of."""

    person: Person
    account: Account
    seat: Seat
    at: float

    @property
    def connected(self) -> bool:
        return self.seat.presence is not Presence.OFFLINE

    def serves(self, channel: Channel) -> bool:
        return channel in self.account.slots

    def accepting(self, channel: Channel) -> bool:
        """Whether the channel is switched on, full or not."""
        on = self.seat.presence is Presence.ONLINE and channel not in self.seat.muted
        return on and self.serves(channel)

    def slots(self, channel: Channel) -> int:
        return self.account.slots.get(channel, 0)

    def held(self, channel: Channel, *phases: Phase) -> tuple[Contact, ...]:
        """Return the contacts of a channel that are in one of the phases; every contact without any."""
        mine = (contact for contact in self.seat.contacts if contact.channel is channel)
        return tuple(contact for contact in mine if not phases or contact.phase_at(self.at) in phases)

    def closed(self, channel: Channel) -> int:
        return len(self.held(channel, Phase.CLOSED))

    def used(self, channel: Channel) -> int:
        return len(self.held(channel)) - self.closed(channel)

    def free(self, channel: Channel) -> int:
        """Return the slots that nothing occupies, whether or not anybody would take them."""
        return max(0, self.slots(channel) - len(self.held(channel)))
