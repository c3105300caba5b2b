"""Scripted faults as values, and the board on which they hang while they are in force."""

import asyncio
from collections.abc import Iterable
from enum import StrEnum
from http import HTTPStatus
from typing import Final

import msgspec

from monitor.simulator.directory import Vendor


class FaultKind(StrEnum):
    """What goes wrong. Kinds that name a vendor's own words exist only where the vendor has them."""

    STATUS = "status"
    """HTTP statuses in turn, the last one for ever; one below 300 lets the request through."""
    LATENCY = "latency"
    HANG = "hang"
    """The request is read and never answered."""
    STALL = "stall"
    """Headers and half of the body, then nothing."""
    REDIRECT = "redirect"
    """302 to `location`."""
    RESET = "reset"
    TRUNCATED = "truncated"
    """Half of the body that Content-Length promised, then the end of the connection."""
    HTML = "html"
    EMPTY_BODY = "empty_body"
    WRONG_TYPES = "wrong_types"
    """Every scalar of a row becomes a list of itself."""
    UNKNOWN_STATUS = "unknown_status"
    EMPTY_LIST = "empty_list"
    """The legal answer of nobody, everywhere that rows stand."""
    ENDLESS = "endless"
    """Valid JSON that never ends."""
    DRIP = "drip"
    """The whole answer, a byte every `seconds` (default 0.05), so that no single read times out."""
    GZIP_BOMB = "gzip_bomb"
    """Half a megabyte on the wire, half a gigabyte of valid JSON once unpacked."""
    BAD_GZIP = "bad_gzip"
    """A body that says gzip and cannot be unpacked."""
    WRONG_LENGTH_LONG = "wrong_length_long"
    """The whole body, of which Content-Length promised more, then the end of the connection."""
    WRONG_LENGTH_SHORT = "wrong_length_short"
    """Content-Length promises half; the rest arrives too, where the next answer on this connection would start."""
    INVALID_UTF8 = "invalid_utf8"
    DEEP_NESTING = "deep_nesting"
    """A hundred thousand lists in each other: valid JSON that no recursion survives."""
    HUGE_HEADERS = "huge_headers"
    """A good answer after two hundred header fields, one of them of 64 KiB."""
    GARBAGE = "garbage"
    """Bytes that are no HTTP at all: another protocol listens there."""
    HALF_BAD = "half_bad"
    """Every second row, from the second on, is null, text, an empty object, a list or a number."""
    VENDOR_ERROR = "vendor_error"
    """HTTP 200, and a body that says error."""
    AUTH = "auth"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105
    OVER_LIMIT = "over_limit"
    PERMISSION = "permission"
    EDITION = "edition"


WITHIN_ROWS: Final = frozenset({FaultKind.WRONG_TYPES, FaultKind.UNKNOWN_STATUS})
ALLOWED: Final[dict[FaultKind, frozenset[Vendor]]] = {
    FaultKind.EXPIRED_TOKEN: frozenset({Vendor.COMM100}),
    FaultKind.EDITION: frozenset({Vendor.COMM100}),
    FaultKind.UNKNOWN_STATUS: frozenset(Vendor) - {Vendor.IADVIZE},
}


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault of one vendor; ValueError where the parts contradict each other.

    `path` is a part of the path with its query, "" for all. `times` counts the requests that it hits,
    None until cleared. `statuses` belong to `status`, `seconds` to `latency` and `drip`, `rows` (how many of the
    rows to spoil, None for all) to `wrong_types` and `unknown_status`, `retry_after` to every refusal,
    `location` to `redirect`. The kind may be given as text.
    """

    kind: FaultKind
    path: str = ""
    times: int | None = None
    statuses: tuple[int, ...] = ()
    seconds: float = 0.0
    rows: int | None = None
    retry_after: str | None = None
    location: str = ""

    def __post_init__(self) -> None:
        # a test may write the kind as plain text, which only decoding would turn into the enumeration
        msgspec.structs.force_setattr(self, "kind", FaultKind(self.kind))
        if self.times is not None and self.times < 1:
            raise ValueError("times must be at least 1")
        if bool(self.statuses) != (self.kind is FaultKind.STATUS):
            raise ValueError("statuses go with kind status, and only with it")
        known = {status.value for status in HTTPStatus if status >= HTTPStatus.OK}
        if wrong := [status for status in self.statuses if status not in known]:
            raise ValueError(f"no HTTP status: {wrong[0]}")
        if (self.seconds > 0) != (self.kind is FaultKind.LATENCY) and self.kind is not FaultKind.DRIP:
            raise ValueError("seconds above 0 go with kind latency, and only with it and drip")
        if self.seconds < 0:
            raise ValueError("seconds are not negative")
        if bool(self.location) != (self.kind is FaultKind.REDIRECT):
            raise ValueError("location goes with kind redirect, and only with it")
        if self.rows is not None and (self.rows < 1 or self.kind not in WITHIN_ROWS):
            raise ValueError("rows, at least 1, go with kinds wrong_types and unknown_status")


class Strike(msgspec.Struct, frozen=True):
    """A fault that hits a request; `turn` counts from 0 the requests that it has hit before."""

    fault: Fault
    turn: int

    @property
    def status(self) -> int:
        """Return the status whose turn it is; only for kind status."""
        return self.fault.statuses[min(self.turn, len(self.fault.statuses) - 1)]


class _Hung(msgspec.Struct):
    fault: Fault
    hits: int = 0

    @property
    def over(self) -> bool:
        return self.fault.times is not None and self.hits >= self.fault.times


class FaultBoard:
    """The faults in force, per vendor; the first that matches hits, and every latency adds up."""

    def __init__(self) -> None:
        self._hung: dict[Vendor, list[_Hung]] = {vendor: [] for vendor in Vendor}
        self._released: dict[Vendor, asyncio.Event] = {}

    def add(self, vendor: str, *faults: Fault) -> None:
        """Hang faults behind those that hang already; ValueError for a kind that the vendor cannot have."""
        known = Vendor(vendor)
        for fault in faults:
            if known not in ALLOWED.get(fault.kind, frozenset(Vendor)):
                raise ValueError(f"{known} has no {fault.kind}")
        self._hung[known].extend(_Hung(fault) for fault in faults)

    def clear(self, vendor: str | None = None) -> None:
        """Take down the faults of one vendor or of all, and let go of the requests that they hold."""
        for known in Vendor if vendor is None else (Vendor(vendor),):
            self._hung[known].clear()
            self.let_go(known)

    def let_go(self, vendor: str) -> None:
        """End what hangs now without clearing the faults."""
        self._released.pop(Vendor(vendor), asyncio.Event()).set()

    def active(self, vendor: str) -> tuple[Fault, ...]:
        return tuple(hung.fault for hung in self._hung[Vendor(vendor)])

    def released(self, vendor: str) -> asyncio.Event:
        """Return the event that ends what hangs now; cleared faults set it."""
        return self._released.setdefault(Vendor(vendor), asyncio.Event())

    def take(self, vendor: str, target: str) -> tuple[Strike, ...]:
        """Count a request for `target` (path and query) against the faults, and return what hits it."""
        strikes = tuple(_struck(self._hung[Vendor(vendor)], target))
        self._hung[Vendor(vendor)] = [hung for hung in self._hung[Vendor(vendor)] if not hung.over]
        return strikes


def _struck(faults: Iterable[_Hung], target: str) -> Iterable[Strike]:
    settled = False
    for hung in faults:
        delays = hung.fault.kind is FaultKind.LATENCY
        if hung.fault.path not in target or (settled and not delays):
            continue
        settled = settled or not delays
        hung.hits += 1
        yield Strike(hung.fault, hung.hits - 1)
