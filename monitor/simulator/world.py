"""The simulated contact centre: a pure world that moves only when it is told how much time passed."""

from collections.abc import Collection, Iterable, Mapping
from math import inf
from typing import Final, Self

from msgspec import structs

from monitor.simulator.directory import Channel, Team, Vendor
from monitor.simulator.hiring import email_of, hire, key_of, make_account
from monitor.simulator.motion import Crowd, Key, Motion
from monitor.simulator.queueing import places
from monitor.simulator.staff import Account, Contact, Person, Phase, Post, Presence, Seat, Waiting

ROUNDING: Final = 1e-6


class World:
    """People, their accounts and contacts; equal arguments and total time give an equal world.

    Time moves in whole seconds, so it does not matter how a span is divided into calls. What a script
    sets (presence, load) stays until the script changes it or gives it back with `release`. `rate`
    multiplies the contacts that arrive; `warm_up` is how many seconds are lived before the first look, so
    that it finds people in the middle of things.
    """

    def __init__(
        self, seed: int = 1, agents: int = 40, *, start: float = 1_767_225_600.0, rate: float = 1.0, warm_up: int = 400
    ) -> None:
        self.start = start
        self._crowd = Crowd()
        self._motion = Motion(seed, rate)
        self._elapsed = 0.0
        self._lived = warm_up
        for person in hire(seed, agents):
            self._crowd.admit(person)
        for second in range(warm_up):
            self._motion.step(self._crowd, float(second + 1))

    @classmethod
    def empty(cls, *, start: float = 1_767_225_600.0) -> Self:
        """Return a world without people and without arrivals: only a script changes it."""
        return cls(agents=0, start=start, rate=0.0, warm_up=0)

    @property
    def now(self) -> float:
        """Simulated Unix time in seconds."""
        return self.start + self._elapsed

    @property
    def people(self) -> tuple[Person, ...]:
        return tuple(self._crowd.people.values())

    def team(self, team: str) -> tuple[Person, ...]:
        return tuple(person for person in self.people if Team(team) in person.teams)

    def person(self, person: Person | str) -> Person:
        """Return the current value of a person; KeyError if there is none by that key."""
        return self._crowd.people[person if isinstance(person, str) else person.key]

    def posts(self, vendor: str) -> tuple[Post, ...]:
        """Return everybody with an account in that tool, in the order of hiring."""
        return tuple(
            self._post(person, account)
            for person in self.people
            for account in person.accounts
            if account.vendor == vendor
        )

    def post(self, person: Person | str, vendor: str) -> Post:
        known = self.person(person)
        return self._post(known, known.account(vendor))

    def queue(self, tool: str) -> tuple[Waiting, ...]:
        """Return everybody who waits in a tool, oldest first; nobody ever in a tool that tells of no queue."""
        return self._crowd.queues.of(Vendor(tool))

    def waits(self, team: str, tool: str) -> tuple[float, ...]:
        """Return for how many seconds each chat of a team's queue has waited, the longest first."""
        return tuple(self._at - each.started for each in self.queue(tool) if each.team == Team(team))

    def waited(self, waiting: Waiting) -> float:
        return self._at - waiting.started

    def advance(self, seconds: float) -> None:
        """Let simulated time pass; ValueError if it would run backwards."""
        if not 0 <= seconds < inf:
            raise ValueError(f"cannot advance by {seconds} seconds")
        before = int(self._elapsed + ROUNDING)
        self._elapsed += seconds
        reached = int(self._elapsed + ROUNDING)
        self._elapsed = max(self._elapsed, float(reached))  # nobody is active after now
        for second in range(before, reached):
            self._motion.step(self._crowd, float(self._lived + second + 1))

    def add_person(
        self,
        name: str,
        *,
        tools: Collection[str],
        teams: Collection[str] = ("sales",),
        slots: int | Mapping[Channel, int] = 3,
        presence: str = Presence.OFFLINE,
        email: str | None = None,
        username: str | None = None,
        has_logged_in: bool = True,
        active: bool = True,
        auto_accept: bool = True,
        chat_and_call: bool = True,
    ) -> Person:
        """Hire somebody (`name` is first and last) whose presence is scripted in every tool.

        An int for `slots` means chat alone. The ids in the tools follow from the order of hiring.
        """
        first, _, last = name.partition(" ")
        mine = tuple(Team(team) for team in teams)
        mail = email or email_of(first, last)
        given = {Channel.CHAT: slots} if isinstance(slots, int) else dict(slots)
        login = username or f"{mine[0] if mine else 'agent'}-{first}".lower()
        number = 1 + max((a.number for p in self.people for a in p.accounts), default=0)
        accounts = tuple(
            structs.replace(
                make_account(Vendor(tool), number, username=login, email=mail, teams=mine, slots=given),
                has_logged_in=has_logged_in,
                active=active,
                auto_accept=auto_accept,
                chat_and_call=chat_and_call,
            )
            for tool in tools
        )
        key = key_of(first, last)
        if key in self._crowd.people:
            raise ValueError(f"{name} is hired already")
        person = Person(key=key, first=first, last=last, email=mail, teams=mine, accounts=accounts)
        self._crowd.admit(person)
        for tool in tools:
            self.set_status(person, tool, presence)
        return person

    def remove_person(self, person: Person | str) -> None:
        self._crowd.dismiss(self.person(person).key)

    def set_status(
        self,
        person: Person | str,
        tool: str,
        presence: str,
        *,
        reason: str = "",
        muted: Collection[str] = (),
    ) -> None:
        """Pin what somebody is in a tool: `reason` names the break, `muted` channels are switched off."""
        self._change(
            self._key(person, tool),
            presence=Presence(presence),
            reason=reason,
            muted=frozenset(Channel(channel) for channel in muted),
            pinned=True,
            last_active=self._at,
        )

    def set_team_status(self, team: str, presence: str, *, reason: str = "") -> None:
        """Pin everybody of a team in all of their tools: "everyone of a team goes on break"."""
        for person in self.team(team):
            for account in person.accounts:
                self.set_status(person, account.vendor, presence, reason=reason)

    def set_load(
        self,
        person: Person | str,
        tool: str,
        used: int,
        *,
        channel: str = Channel.CHAT,
        closed: int = 0,
        phase: str = Phase.OPEN,
        age: float = 30.0,
    ) -> None:
        """Script the contacts of a channel, beyond the capacity too; they neither end nor grow in number.

        `closed` slots are occupied by conversations that are over (only CoBrowser tells).
        """
        if used < 0 or closed < 0:
            raise ValueError("a load is not negative")
        key, line = self._key(person, tool), Channel(channel)
        seat = self._crowd.seats[key]
        phases = [Phase(phase)] * used + [Phase.CLOSED] * closed
        started = self._at - age
        fixed = (Contact(number=0, channel=line, started=started, ends=inf, leaves=inf, phase=each) for each in phases)
        others = (contact for contact in seat.contacts if contact.channel is not line)
        self._change(key, contacts=(*others, *fixed), scripted=seat.scripted | {line})

    def set_slots(self, person: Person | str, tool: str, slots: int, *, channel: str = Channel.CHAT) -> None:
        """Change a capacity; 0 is legal and means what the vendor makes of it."""
        known = self.person(person)
        changed = known.account(tool)
        given = {**changed.slots, Channel(channel): slots}
        accounts = tuple(structs.replace(each, slots=given) if each is changed else each for each in known.accounts)
        self._crowd.admit(structs.replace(known, accounts=accounts))

    def set_idle(self, person: Person | str, tool: str, seconds: float) -> None:
        """Make the last activity in a tool lie so many seconds back."""
        self._change(self._key(person, tool), last_active=self._at - seconds)

    def release(self, person: Person | str, tool: str) -> None:
        """Give presence and load back to the world; scripted contacts are over."""
        key = self._key(person, tool)
        kept = tuple(c for c in self._crowd.seats[key].contacts if c.ends < inf)
        self._change(key, pinned=False, scripted=frozenset[Channel](), contacts=kept)

    def set_queue(self, team: str, waits: Iterable[float], *, tool: str | None = None) -> None:
        """Script who waits for a team: one chat for each number of seconds waited by now, () for nobody.

        Without `tool` in every tool that tells of a queue (LiveAgent, Comm100). As time passes they wait
        longer; nobody joins, leaves or is served until `release_queue`. ValueError where there is no queue.
        """
        given = tuple(waits)
        for place in places(team, tool):
            self._crowd.queues.script(place, given, self._at)

    def release_queue(self, team: str, *, tool: str | None = None) -> None:
        """Give a queue back to the world."""
        for place in places(team, tool):
            self._crowd.queues.release(place)

    def release_team(self, team: str) -> None:
        """Give back everything of a team's people, and its queues."""
        self.release_queue(team)
        for person in self.team(team):
            for account in person.accounts:
                self.release(person, account.vendor)

    @property
    def _at(self) -> float:
        return self._lived + self._elapsed

    def _key(self, person: Person | str, tool: str) -> Key:
        known = self.person(person)
        return known.key, known.account(tool).vendor

    def _post(self, person: Person, account: Account) -> Post:
        return Post(person=person, account=account, seat=self._crowd.seats[person.key, account.vendor], at=self._at)

    def _change(self, key: Key, **changes: object) -> None:
        self._crowd.seats[key] = _replaced(self._crowd.seats[key], changes)


def _replaced(seat: Seat, changes: Mapping[str, object]) -> Seat:
    return structs.replace(seat, **changes)
