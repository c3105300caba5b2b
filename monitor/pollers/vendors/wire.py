"""Decoding that all vendors share: what is no JSON raises, a bad row is dropped and counted, never invented."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

import msgspec

from monitor.clock import Now
from monitor.errors import PollError, Reason
from monitor.model import REASON_TEXT_LIMIT, Account, Attendance, Check, Group, Reading, Snapshot
from monitor.pollers.transport import Calls, clip

T = TypeVar("T")

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
"""A number of contacts or slots; beyond it the record is nonsense."""

Id = Annotated[int, msgspec.Meta(ge=0)] | Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
"""An id as the vendors write it: a number or a text, by version; inside it is always text."""

Text = str | int | float | None
"""Text of which only the display depends: a vendor's null or number is no reason to drop a record."""

MAX_PAGES = 1000

FLOOD = 1000
"""Bad records of one list after which it is judged without the others."""


class Tally:
    """What decoding one poll met: rows read and dropped, statuses not known, contradictions."""

    def __init__(self) -> None:
        self.records = 0
        self.rejected = 0
        self.rejected_ids: set[str] = set()
        self.uncertain: set[str] = set()
        self.unknown: Counter[str] = Counter()
        self.contradictions: Counter[Check] = Counter()

    def contradiction(self, check: Check) -> None:
        """One record failed this check."""
        self.contradictions[check] += 1

    def judge(self, what: str) -> None:
        """PollError(decode) where more than half of all records of the poll were bad: that is not what we know."""
        if 2 * self.rejected > self.records:
            raise _unreadable(self.rejected, self.records, what)

    def snapshot(
        self,
        source: str,
        calls: Calls,
        *,
        accounts: dict[str, Account],
        readings: Iterable[Reading],
        groups: tuple[Group, ...] = (),
        unlisted: int = 0,
        notes: tuple[str, ...] = (),
        previous: Snapshot | None = None,
        attendance: Attendance | None = None,
    ) -> Snapshot:
        """The snapshot of this poll, with what was counted on the way. Raises as `judge` does.

        Whom a dropped row was about, or who is missing, stays known from `previous`, where only live lists tell who
        exists.
        """
        self.judge("the poll")
        attendance = attendance or Attendance()
        seen_before = previous.accounts if previous else {}
        in_doubt = self.rejected_ids | attendance.missing.keys()
        accounts = {id_: seen_before[id_] for id_ in in_doubt & seen_before.keys()} | accounts
        if missing := len(attendance.missing.keys() - self.rejected_ids):
            notes += (f"connected when last seen, in no live list now: {missing}, who may be there or not",)
        return Snapshot(
            source=source,
            observed_at=asked_at(calls),
            accounts=accounts,
            readings=tuple(readings),
            groups=groups,
            records=self.records,
            rejected=self.rejected,
            unlisted=unlisted,
            unknown_statuses=dict(self.unknown),
            contradictions=dict(self.contradictions),
            notes=notes,
            uncertain=frozenset(in_doubt | self.uncertain),
            attendance=attendance,
        )


def asked_at(calls: Calls) -> Now:
    """When the first request of the poll was sent."""
    return calls.first_sent or calls.clock.now()


class _OnlyId(msgspec.Struct):
    """The id of a row, under any of the names that the vendors give it."""

    id: Id | None = None
    userid: Id | None = None
    agentid: Id | None = None
    agentId: Id | None = None  # noqa: N815 - wire name


_ONLY_ID = msgspec.json.Decoder(_OnlyId, strict=False)


def decode(body: bytes | msgspec.Raw, kind: type[T], what: str) -> T:
    """The whole of `body` as `kind`, numbers in text accepted. Raises PollError(decode) naming `what`."""
    try:
        return msgspec.json.decode(body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise unrecognised(what, body) from error


def unrecognised(what: str, body: bytes | msgspec.Raw = b"{") -> PollError:
    """The failure for a payload that is not what the vendor documents; the payload is not shown."""
    start = bytes(body).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    match start:
        case b"":
            problem = "is empty"
        case b"<":
            problem = "is a page of HTML or XML, not JSON"
        case b"{" | b"[" | b'"':
            problem = "has a shape that is not known"
        case _:
            problem = "is not the JSON that is documented"
    return PollError(Reason.DECODE, f"the answer to {what} {problem}")


def rows(items: Sequence[msgspec.Raw], kind: type[T], tally: Tally, what: str, *, is_part: bool = False) -> list[T]:
    """Each of `items` as `kind`; a bad one is dropped and counted, more than half of them bad is a failure.

    With `is_part` the list is one of several that are a payload only together (the departments of a poll, the views):
    then the poll is judged as a whole, by `tally`, and here only a flood. Stops as soon as a failure is certain.
    """
    decoder = msgspec.json.Decoder(kind, strict=False)
    good: list[T] = []
    bad = 0
    for item in items:
        try:
            good.append(decoder.decode(item))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            bad += 1
            if 2 * bad > len(items) and (bad > FLOOD or not is_part):
                raise _unreadable(bad, len(items), what) from None
            _note_id(item, tally)
    tally.records += len(items)
    tally.rejected += bad
    return good


def _unreadable(bad: int, records: int, what: str) -> PollError:
    return PollError(Reason.DECODE, f"{bad} or more of {records} records of {what} cannot be read")


def _note_id(item: msgspec.Raw, tally: Tally) -> None:
    """Remember whom a dropped row was about: present in the list is not absent from it."""
    try:
        row = _ONLY_ID.decode(item)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    ids = (row.id, row.userid, row.agentid, row.agentId)
    tally.rejected_ids.update(str(id_) for id_ in ids if id_ is not None)


def text(*parts: Text) -> str:
    """The parts that are there, as one text on one line."""
    if len(parts) == 1 and isinstance(only := parts[0], str):
        return clip(only)
    return clip(" ".join([str(part).strip() for part in parts if part is not None and part != ""]))


def message(value: Text, calls: Calls, *secrets: str) -> str:
    """A vendor's own words, made safe to be shown: secrets go before the rest is cut short."""
    return calls.scrub("" if value is None else str(value), *secrets)


def reason_text(status: str) -> str:
    """A vendor's status name, bounded, for people to read."""
    return clip(status, REASON_TEXT_LIMIT)


def is_refused(error: PollError) -> bool:
    """Whether a part of a roster is simply not to be had: it costs only what it would have told."""
    return error.status in {403, 404} and error.reason is not Reason.RATE_LIMITED
