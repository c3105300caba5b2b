"""What both generations of LiveAgent share: letters of agents in departments, refused keys, lists cut short."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from monitor.errors import PollError, Reason
from monitor.model import Account, Channel, Check, Presence, Reading, Snapshot
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.wire import Tally, reason_text

CHANNEL_LETTERS = {Channel.CHAT: "T", Channel.CALL: "P", Channel.TICKET: "M"}
"""Letters of an agent in a department, in v1 and v3 alike (v3: docs/AgentStatus.md)."""
KNOWN_LETTERS = frozenset("TPMR")  # R, "read", is a right to read tickets: known, and no channel

CUT_AT = 10
"""Rows at which LiveAgent's lists were cut without a word (#3523, mended in its version 4.35), and v3's page."""
BELIEVED_FOR = 600.0
"""Seconds for which a longer list of before speaks against one of exactly ten; people do leave departments."""

_UNKNOWN_KEY = "apikey not found"
_OTHER = {"v1": "v3", "v3": "v1"}


def letters(status: str | None) -> frozenset[str]:
    """The set of letters of a status; written together, and commas or spaces between them do no harm."""
    return frozenset((status or "").upper()) - frozenset(" ,;|\t")


class _Seat(msgspec.Struct, frozen=True):
    """What a pair of statuses says of whoever has it in a department: most people have the same as somebody else."""

    readings: tuple[Reading, ...]
    """Of nobody yet."""
    unknown: tuple[str, ...]
    """Letters that nobody knows, as they are counted."""
    is_uncertain: bool
    """What cannot be read may well be the letter of somebody who is there."""
    is_online_not_preset: bool


class Seats:
    """Readings made of rows: one an agent, channel and department, for letters differ by department."""

    def __init__(self, tally: Tally, offered: Mapping[str, frozenset[Channel]]) -> None:
        self._tally = tally
        self._offered = offered
        self._known: dict[tuple[str, str | None, str | None], _Seat] = {}
        self.readings: list[Reading] = []
        self.groups: dict[str, set[str]] = {}
        """Departments that each account was seen in."""

    def add(self, account: str, department: str, online_status: str | None, preset_status: str | None) -> None:
        key = department, online_status, preset_status
        seat = self._known.get(key)
        if seat is None:
            seat = self._known[key] = _seat(*key, self._offered.get(department, frozenset()))
        self.groups.setdefault(account, set()).add(department)
        if seat.unknown:
            self._tally.unknown.update(seat.unknown)
        if seat.is_uncertain:
            self._tally.uncertain.add(account)
        if seat.is_online_not_preset:
            self._tally.contradiction(Check.ONLINE_NOT_PRESET)
        self.readings += [msgspec.structs.replace(reading, account=account) for reading in seat.readings]


def _seat(department: str, online_status: str | None, preset_status: str | None, offered: frozenset[Channel]) -> _Seat:
    online, preset = letters(online_status), letters(preset_status)
    return _Seat(
        readings=tuple(_readings(department, online, preset, offered)),
        unknown=tuple(map(reason_text, sorted((online | preset) - KNOWN_LETTERS))),
        is_uncertain=bool(online - KNOWN_LETTERS) and CHANNEL_LETTERS[Channel.CHAT] not in online,
        is_online_not_preset=preset_status is not None and bool((online - preset) & set(CHANNEL_LETTERS.values())),
    )


def _readings(
    department: str, online: frozenset[str], preset: frozenset[str], offered: frozenset[Channel]
) -> Iterator[Reading]:
    """Readings of one row. A channel in neither set gives none, unless nothing at all is set: then it is offline."""
    groups = frozenset({department})
    for channel, letter in CHANNEL_LETTERS.items():
        silent = not online and not preset and (channel is Channel.CHAT or channel in offered)
        if letter not in online and letter not in preset and not silent:
            continue
        accepting = letter in online
        yield Reading(
            account="",
            channel=channel,
            groups=groups,
            presence=Presence.CONNECTED if online else Presence.OFFLINE,
            accepting=accepting,
            reason="preset, not online" if online and not accepting else "",
        )


def metered(readings: Iterable[Reading], chats: Mapping[str, int], slots: int | None) -> Iterator[Reading]:
    """The readings with each agent's open chats, and free slots where a capacity is configured.

    Chats are counted per agent, not per department: an agent's slots are the same ones in each of them.
    """
    for reading in readings:
        if reading.channel is not Channel.CHAT:
            yield reading
            continue
        used = chats.get(reading.account, 0)
        free = None if slots is None else max(slots - used, 0) if reading.accepting else 0
        yield msgspec.structs.replace(reading, used=used, free=free, is_configured=slots is not None)


def refused(path: str, api: str, words: str, status: int) -> PollError:
    """The failure for a key that is refused. A key of the other generation is told apart by the vendor's own words:
    v1 and v3 have separate keys, and either one used on the other API is "ApiKey not found".
    """
    detail = f"{path}: the API key is refused ({words or status})"
    if _UNKNOWN_KEY in words.casefold():
        detail += f"; this looks like a {_OTHER[api]} key, or one that was replaced: api: {api} needs a {api} key"
    return PollError(Reason.AUTH, detail)


def cut_short(what: str, listed: int, known: int, kind: type[PollError] = PollError) -> PollError:
    """The failure for a list that has a hole: whoever is missing from it is not known to be absent."""
    detail = f"{what} lists exactly {listed} agents where {known} are known: the vendor seems to cut the list short"
    return kind(Reason.DECODE, detail)


def remembered(previous: Snapshot | None, calls: Calls) -> Snapshot | None:
    """The last good snapshot while it still speaks against a shorter list."""
    if previous is None or calls.clock.now().elapsed - previous.observed_at.elapsed > BELIEVED_FOR:
        return None
    return previous


def account_of(known: Account | None, told: Account) -> Account:
    """What a live row tells of an account, with what only the roster knows."""
    if known is None:
        return told
    return Account(
        id=told.id,
        username=told.username or known.username,
        email=told.email or known.email,
        name=told.name or known.name,
        groups=told.groups or known.groups,
    )
