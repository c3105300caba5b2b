"""Comm100's errors: `{code, message}`, and a 403 that means no permission, no such edition, or no quota left."""

import re
import zlib

import msgspec

from monitor.errors import PollError, Reason
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.wire import Text, decode, message, text, unrecognised

DAY = 86400.0
QUOTA_PACE = 900.0
"""Seconds between looks while the quota of the day is used up: an administrator may raise it, or we misread the
message, and a look costs next to nothing then."""
QUOTA_SPREAD = 60.0
"""Seconds after 00:00 UTC within which sources come back, each at its own moment."""

_LIMIT = re.compile(r"\b(?:limit|quota)s?\b|exceed", re.IGNORECASE)
_SHORT = re.compile(r"\b(?:second|minute|hour)s?\b|\bper IP\b", re.IGNORECASE)
_EDITION = re.compile(r"\b(?:edition|plan|subscription|upgrade)\b", re.IGNORECASE)
_PERMISSION = re.compile(r"\b(?:permissions?|privileges?|access|roles?|allowed|authori[sz]ed)\b", re.IGNORECASE)


class Error(msgspec.Struct):
    """The vendor's error object; `message` and `code` as it has them."""

    code: Text = None
    message: Text = None


def error_of(body: bytes) -> Error | None:
    """The vendor's error object, where the body is one."""
    try:
        error = msgspec.json.decode(body, type=Error, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return error if error.message is not None or error.code is not None else None


def listed(body: bytes, what: str) -> list[msgspec.Raw]:
    """The rows of a bare list. An error object in a 200 body says error, whatever its status."""
    if not body.lstrip().startswith(b"["):
        if error := error_of(body):
            raise PollError(Reason.VENDOR_ERROR, f"{what} answered with error {text(error.code) or '?'}")
        raise unrecognised(what, body)
    return decode(body, list[msgspec.Raw], what)


def refusal(source: str, what: str, status: int, body: bytes, calls: Calls, *secrets: str) -> PollError | None:
    """The vendor's reading of an answer that is not 2xx; None leaves it to the general rule."""
    error = error_of(body)
    words = message(error.message, calls, *secrets) if error else ""
    match status:
        case 401:
            return PollError(Reason.AUTH, f"{what} refuses the credentials ({words or status})")
        case 403:
            return _forbidden(source, what, words, calls)
        case _:
            return None


def _forbidden(source: str, what: str, words: str, calls: Calls) -> PollError:
    if _LIMIT.search(words) and _SHORT.search(words):
        return PollError(Reason.RATE_LIMITED, f"{what} says that there were too many requests: {words}")
    if _LIMIT.search(words):
        wait = quota_wait(calls.clock.now().wall, source)
        return PollError(
            Reason.RATE_LIMITED, f"{what} says that the quota of the day is used up: {words}", retry_after=wait
        )
    if _EDITION.search(words):
        return PollError(Reason.FORBIDDEN, f"{what} is not in this edition: {words}")
    if _PERMISSION.search(words):
        return PollError(Reason.FORBIDDEN, f"{what} needs a permission: {words}")
    why = words or "no permission, not in this edition, or the quota of the day is used up"
    return PollError(Reason.FORBIDDEN, f"{what} is denied: {why}")


def quota_wait(wall: float, source: str) -> float:
    """Seconds until it is worth asking again: a slow pace until just after 00:00 UTC, when the quota begins anew
    (www.comm100.com/doc/api/introduction.htm). `wall` in Unix seconds.
    """
    spread = 1.0 + zlib.crc32(source.encode()) % int(QUOTA_SPREAD - 1.0)
    return min(QUOTA_PACE, DAY - wall % DAY + spread)
