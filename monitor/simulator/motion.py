"""How the world moves by itself: duty, breaks, contacts that arrive and end. Time and chance are given."""

from collections import deque
from collections.abc import Mapping
from math import pi, sin
from random import Random
from typing import Final

import msgspec
from msgspec import structs

from monitor.simulator.directory import COMM100_AWAY_STATUSES, Channel, Vendor
from monitor.simulator.queueing import Callers, Place, Queues
from monitor.simulator.staff import Account, Contact, Duty, Person, Phase, Presence, Seat

MEAN_CONTACT_SECONDS: Final = 60.0
WRAP_UP_SECONDS: Final = 6.0
TIDE_SECONDS: Final = 240.0
OFFERED_LOAD: Final = 0.4
TIDE_SHARE: Final = 0.6
TRIES: Final = 8
ACTIVITY_EVERY: Final = 10
SHARE_OF_TICKET_DAYS: Final = 0.15

Key = tuple[str, Vendor]
Line = tuple[Vendor, Channel]


class Crowd(msgspec.Struct):
    """The state that moves: seats by person and tool, and who stands in which line of contacts."""

    people: dict[str, Person] = {}
    seats: dict[Key, Seat] = {}
    lines: dict[Line, list[Key]] = {}
    slots: dict[Line, int] = {}
    queues: Queues = msgspec.field(default_factory=Queues)

    def admit(self, person: Person) -> None:
        """Add a person, or replace the one by that key and keep what their accounts were doing."""
        self.dismiss(person.key, forget=False)
        self.people[person.key] = person
        for account in person.accounts:
            key = (person.key, account.vendor)
            self.seats.setdefault(key, Seat())
            for channel, slots in account.slots.items():
                line = (account.vendor, channel)
                self.lines.setdefault(line, []).append(key)
                self.slots[line] = self.slots.get(line, 0) + slots

    def account(self, key: Key) -> Account:
        return self.people[key[0]].account(key[1])

    def dismiss(self, key: str, *, forget: bool = True) -> None:
        person = self.people.get(key) if not forget else self.people.pop(key)
        for account in person.accounts if person else ():
            if forget:
                del self.seats[key, account.vendor]
            for channel, slots in account.slots.items():
                self.lines[account.vendor, channel].remove((key, account.vendor))
                self.slots[account.vendor, channel] -= slots


class Motion:
    """Moves a crowd by one step of a second; the same seed and steps give the same moves."""

    def __init__(self, seed: int, rate: float) -> None:
        self._rng = Random(seed)
        self._callers = Callers(seed)
        self._rate = rate
        self._contacts = 0
        self._room: dict[Place, deque[Key]] = {}
        self._at_work: dict[Place, bool] = {}

    def step(self, crowd: Crowd, at: float) -> None:
        for person in crowd.people.values():
            for account in person.accounts:
                key = (person.key, account.vendor)
                crowd.seats[key] = self._lived(person, account, crowd.seats[key], at)
        self._room.clear()
        self._at_work.clear()
        for place in tuple(crowd.queues.waiting):
            self._call_up(crowd, place, at)
        for line, keys in crowd.lines.items():
            for _ in range(self._arrivals(line, crowd.slots[line], at)):
                self._route(crowd, line, keys, at)

    def _lived(self, person: Person, account: Account, seat: Seat, at: float) -> Seat:
        kept = tuple(contact for contact in seat.contacts if at < contact.leaves)
        if len(kept) != len(seat.contacts):
            seat = structs.replace(seat, contacts=kept)
        seat = self._on_duty(person, account, seat, at)
        lively = bool(kept) and not person.drowsy and not seat.pinned
        if lively and int(at) % ACTIVITY_EVERY == account.number % ACTIVITY_EVERY:
            seat = structs.replace(seat, last_active=at)
        return seat

    def _on_duty(self, person: Person, account: Account, seat: Seat, at: float) -> Seat:
        if seat.pinned or person.shift is None or not (account.active and account.has_logged_in):
            return seat
        presence = _presence(person.shift.duty(at), seat, at)
        if presence is seat.presence:
            return seat
        reason, muted = "", frozenset[Channel]()
        if presence is Presence.AWAY:
            reason = person.shift.break_reason or self._rng.choice(("", *COMM100_AWAY_STATUSES))
        elif account.vendor is Vendor.LIVEAGENT and self._rng.random() < SHARE_OF_TICKET_DAYS:
            muted = frozenset({Channel.CHAT})
        return structs.replace(seat, presence=presence, reason=reason, muted=muted, last_active=at)

    def _arrivals(self, line: Line, slots: int, at: float) -> int:
        """Draw how many contacts arrive in this second; each tool has its own tide of busy and quiet."""
        turn = at / TIDE_SECONDS + tuple(Vendor).index(line[0]) / len(Vendor)
        tide = 1.0 + TIDE_SHARE * sin(2.0 * pi * turn)
        per_second = self._rate * OFFERED_LOAD * slots * tide / MEAN_CONTACT_SECONDS
        if per_second <= 0:
            return 0
        count, waited = 0, self._rng.expovariate(per_second)
        while waited < 1.0:
            count += 1
            waited += self._rng.expovariate(per_second)
        return count

    def _route(self, crowd: Crowd, line: Line, keys: list[Key], at: float) -> None:
        """Give the contact to someone with room; if nobody is found it waits, or is lost without a queue."""
        for _ in range(TRIES):
            key = self._rng.choice(keys)
            if has_room(crowd.account(key), crowd.seats[key], line[1]):
                self._seat(crowd, key, line, at)
                return
        place = self._callers.place(line[0]) if line[1] is Channel.CHAT else None
        if place is not None:
            self._wait(crowd, place, at)

    def _wait(self, crowd: Crowd, place: Place, at: float) -> None:
        """Queue a chat where a team works but has no room; who finds nobody at work does not wait."""
        free = self._free(crowd, place)
        if free is not None:
            self._seat(crowd, free, (place[0], Channel.CHAT), at)
        elif self._is_open(crowd, place):
            crowd.queues.join(place, at, at + self._callers.patience())

    def _call_up(self, crowd: Crowd, place: Place, at: float) -> None:
        """Serve a queue, oldest first; who has waited long enough goes."""
        if place in crowd.queues.scripted:
            return
        left = []
        for waiting in crowd.queues.at(place):
            if at >= waiting.leaves:
                continue
            free = self._free(crowd, place)
            if free is None:
                left.append(waiting)
            else:
                self._seat(crowd, free, (place[0], Channel.CHAT), at)
        crowd.queues.waiting[place] = tuple(left)

    def _free(self, crowd: Crowd, place: Place) -> Key | None:
        """Return who of the team has room, first who held least when this step first asked, then in turn."""
        if place not in self._room:
            held = {key: len(crowd.seats[key].contacts) for key in _team(crowd, place)}
            self._room[place] = deque(sorted(held, key=lambda key: held[key]))
        # who has no room has none for the rest of the step: contacts only arrive in it
        turn = self._room[place]
        while turn:
            key = turn.popleft()
            if has_room(crowd.account(key), crowd.seats[key], Channel.CHAT):
                turn.append(key)
                return key
        return None

    def _is_open(self, crowd: Crowd, place: Place) -> bool:
        """Whether one more may wait: not where nobody is at work."""
        if place not in self._at_work:
            self._at_work[place] = any(_at_work(crowd.seats[key]) for key in _team(crowd, place))
        return self._at_work[place] and crowd.queues.is_open(place)

    def _seat(self, crowd: Crowd, key: Key, line: Line, at: float) -> None:
        seat = crowd.seats[key]
        seen = seat.last_active if crowd.people[key[0]].drowsy else at
        contacts = (*seat.contacts, self._contact(line, at))
        crowd.seats[key] = structs.replace(seat, contacts=contacts, last_active=seen)

    def _contact(self, line: Line, at: float) -> Contact:
        self._contacts += 1
        ends = at + self._rng.expovariate(1.0 / MEAN_CONTACT_SECONDS)
        # only CoBrowser tells of slots that are closed and not yet free
        leaves = ends + WRAP_UP_SECONDS if line[0] is Vendor.COBROWSER else ends
        return Contact(number=self._contacts, channel=line[1], started=at, ends=ends, leaves=leaves)


def _presence(duty: Duty, seat: Seat, at: float) -> Presence:
    """Nobody signs out in the middle of a conversation: they stop taking new ones first."""
    if duty is Duty.WORK:
        return Presence.ONLINE
    talking = any(contact.phase_at(at) is not Phase.CLOSED for contact in seat.contacts)
    if duty is Duty.BREAK or (talking and seat.presence is not Presence.OFFLINE):
        return Presence.AWAY
    return Presence.OFFLINE


def _team(crowd: Crowd, place: Place) -> list[Key]:
    keys = crowd.lines.get((place[0], Channel.CHAT), [])
    return [key for key in keys if place[1] in crowd.people[key[0]].teams]


def _at_work(seat: Seat) -> bool:
    return seat.presence is Presence.ONLINE and Channel.CHAT not in seat.muted


def has_room(account: Account, seat: Seat, channel: Channel) -> bool:
    """Whether a new contact of the channel may be given to this account now."""
    if seat.presence is not Presence.ONLINE or channel in seat.muted or channel in seat.scripted:
        return False
    held: Mapping[Channel, int] = {c: sum(x.channel is c for x in seat.contacts) for c in account.slots}
    talks = channel in {Channel.CHAT, Channel.CALL} and not account.chat_and_call
    other = Channel.CALL if channel is Channel.CHAT else Channel.CHAT
    return held.get(channel, 0) < account.slots.get(channel, 0) and not (talks and held.get(other, 0))
