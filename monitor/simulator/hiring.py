"""Hires a crowd from a seed: the same names and ids each time, other shifts, tools and capacities."""

from collections.abc import Mapping
from random import Random
from typing import Final

from msgspec import structs

from monitor.simulator.directory import COMM100_UNLISTED_STATUS, Channel, Team, Vendor
from monitor.simulator.staff import Account, Person, Shift

CYCLE_SECONDS: Final = 1200.0
ON_DUTY_SHARE: Final = 0.65
MOST_TOOLS: Final = 3
SHARE_WITH_CALLS: Final = 0.4
SHARE_WITH_VIDEO: Final = 0.4
FAMILIAR: Final = (0, 1)
RESTLESS: Final = 4

# (period, offset): who is special; the same people for every seed
ALSO_SUPPORT: Final = (12, 3)
ALSO_BILLING: Final = (12, 9)
DROWSY: Final = (13, 7)
NEWCOMER: Final = (17, 9)
LEFT_THE_COMPANY: Final = (19, 11)
TAKES_CHATS_BY_HAND: Final = (5, 2)

NAMES: Final = (
    ("Jane", "Doe"), ("Omar", "Haddad"), ("Bruna", "Silva"), ("Klaas", "Visser"), ("Aiko", "Mori"),
    ("Pieter", "Bakker"), ("Zoe", "Laurent"), ("Femke", "Smit"), ("Hugo", "Martin"), ("Nadia", "Rahimi"),
    ("Tomas", "Novak"), ("Ines", "Costa"), ("Milan", "Horvat"), ("Greta", "Lind"), ("Samir", "Aziz"),
    ("Chloe", "Moreau"), ("Ravi", "Menon"), ("Lena", "Vogel"), ("Mateo", "Ruiz"), ("Yara", "Nassar"),
    ("Bram", "Mulder"), ("Elif", "Demir"), ("Oscar", "Berg"), ("Maya", "Cohen"), ("Luca", "Conti"),
    ("Sanne", "Dekker"), ("Ivan", "Petrov"), ("Amina", "Diallo"), ("Theo", "Blanc"), ("Rosa", "Vega"),
    ("Finn", "Olsen"), ("Leila", "Karimi"), ("Jonas", "Weber"), ("Emma", "Clarke"), ("Noor", "Bakir"),
    ("Marco", "Rossi"), ("Agnes", "Kovacs"), ("Pablo", "Soto"), ("Freya", "Holm"), ("Viktor", "Sokol"),
)  # fmt: skip

TOOLS: Final[Mapping[Team, tuple[Vendor, ...]]] = {
    Team.SALES: tuple(Vendor),
    Team.SUPPORT: tuple(Vendor),
    # LiveAgent has no department for billing here
    Team.BILLING: (Vendor.COBROWSER, Vendor.IADVIZE, Vendor.COMM100),
}


def email_of(first: str, last: str, copy: int = 0) -> str:
    return f"{key_of(first, last, copy)}@example.com"


def key_of(first: str, last: str, copy: int = 0) -> str:
    suffix = f".{copy + 1}" if copy else ""
    return f"{first}.{last}{suffix}".lower()


def make_account(
    vendor: Vendor,
    number: int,
    *,
    username: str,
    email: str,
    teams: tuple[Team, ...],
    slots: Mapping[Channel, int],
) -> Account:
    """Make an account; only CoBrowser has usernames, elsewhere one signs in by e-mail."""
    name = username if vendor is Vendor.COBROWSER else email
    return Account(vendor=vendor, number=number, username=name, teams=teams, slots=slots)


def hire(seed: int, agents: int) -> tuple[Person, ...]:
    """Return `agents` people; the same for the same arguments."""
    rng = Random(seed)
    return tuple(_person(rng, index, agents) for index in range(agents))


def _person(rng: Random, index: int, agents: int) -> Person:
    copy, name = divmod(index, len(NAMES))
    first, last = NAMES[name]
    email = email_of(first, last, copy)
    teams = _teams(index)
    username = f"{teams[0]}-{first}{copy + 1 if copy else ''}".lower()
    accounts = tuple(
        _unusual(
            make_account(vendor, index + 1, username=username, email=email, teams=teams, slots=_slots(rng, vendor)),
            index,
        )
        for vendor in _tools(rng, teams[0], index)
    )
    return Person(
        key=key_of(first, last, copy),
        first=first,
        last=last,
        email=email,
        teams=teams,
        accounts=accounts,
        shift=_restless_shift() if index == RESTLESS else _shift(rng, index, agents),
        drowsy=_every(DROWSY, index),
    )


def _every(rhythm: tuple[int, int], index: int) -> bool:
    period, offset = rhythm
    return index % period == offset


def _teams(index: int) -> tuple[Team, ...]:
    """Choose one team, for some a second: two departments here, a group and a skill there."""
    team = tuple(Team)[index % len(Team)]
    if _every(ALSO_SUPPORT, index):
        return (team, Team.SUPPORT)
    return (team, Team.BILLING) if _every(ALSO_BILLING, index) else (team,)


def _tools(rng: Random, team: Team, index: int) -> tuple[Vendor, ...]:
    """Choose one to three tools; who must be found by name in the documents has CoBrowser."""
    tools = TOOLS[team]
    chosen = set(rng.sample(tools, rng.choice((1, 1, 2, 2, 3))))
    if index in FAMILIAR:
        chosen.add(Vendor.COBROWSER)
    if index == RESTLESS:
        chosen.add(Vendor.COMM100)
    if len(chosen) > MOST_TOOLS:
        chosen.discard(Vendor.LIVEAGENT)
    return tuple(vendor for vendor in Vendor if vendor in chosen)


def _slots(rng: Random, vendor: Vendor) -> Mapping[Channel, int]:
    slots = {Channel.CHAT: rng.choice((1, 2, 2, 3, 3, 4, 5))}
    if vendor is Vendor.IADVIZE and rng.random() < SHARE_WITH_CALLS:
        slots[Channel.CALL] = 1
        if rng.random() < SHARE_WITH_VIDEO:
            slots[Channel.VIDEO] = 1
    if vendor is Vendor.LIVEAGENT:
        slots[Channel.TICKET] = 10
        if rng.random() < SHARE_WITH_CALLS:
            slots[Channel.CALL] = 1
    return slots


def _unusual(account: Account, index: int) -> Account:
    """Make a few accounts what a monitor stumbles over: never used, deactivated, without a capacity."""
    match account.vendor:
        case Vendor.IADVIZE:
            return structs.replace(account, has_logged_in=not _every(NEWCOMER, index))
        case Vendor.COMM100:
            return structs.replace(
                account,
                active=not _every(LEFT_THE_COMPANY, index),
                auto_accept=not _every(TAKES_CHATS_BY_HAND, index),
            )
        case _:
            return account


def _shift(rng: Random, index: int, agents: int) -> Shift:
    """Spread shifts and breaks evenly over the cycle, so that the centre is lively at any moment."""
    spread = index / agents
    every = rng.uniform(180.0, 300.0)
    return Shift(
        cycle=CYCLE_SECONDS,
        start=CYCLE_SECONDS * spread + rng.uniform(-20.0, 20.0),
        length=CYCLE_SECONDS * ON_DUTY_SHARE,
        break_every=every,
        break_start=every * ((index * 0.618) % 1.0),
        break_length=rng.uniform(30.0, 60.0),
    )


def _restless_shift() -> Shift:
    """Someone always on duty whose many breaks carry a name that no list tells."""
    return Shift(
        cycle=CYCLE_SECONDS,
        start=0.0,
        length=CYCLE_SECONDS,
        break_every=50.0,
        break_start=0.0,
        break_length=20.0,
        break_reason=COMM100_UNLISTED_STATUS,
    )
