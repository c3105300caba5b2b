"""Whether a user has a password: by bcrypt the first time, by a look into a small table from then on.

Whoever guesses is slowed, and the work that guessing makes is bounded. Nothing of this touches users who are known
already, so a scrape stays cheap under attack.
"""

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from math import ceil

import bcrypt
import structlog

from monitor.beside import beside_loop
from monitor.web.addresses import Remembered

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Hashes that are computed at the same time, beside the event loop."""
MOST_WAITING = 16
"""Attempts that are computed or wait for it; more are told to come back."""
MOST_FAILURES = 10
WITHIN = 60.0
"""Seconds in which an address may fail that often; after that it waits until the oldest failure is that old."""
MOST_KNOWN = 256
"""Good passwords that are remembered, as keyed digests."""
COUNTED = 72
"""Bytes of a password that bcrypt looks at; the tools that make hashes leave out the rest without a word."""


class Verdict(StrEnum):
    RIGHT = auto()
    WRONG = auto()
    SLOWED = auto()
    """This address has failed too often."""
    BUSY = auto()
    """Too many attempts wait, whoever they are from."""


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    retry_after: int = 0
    """Seconds, where it makes sense to come back."""


RIGHT, WRONG, BUSY = Judged(Verdict.RIGHT), Judged(Verdict.WRONG), Judged(Verdict.BUSY, 2)


class Passwords:
    """`users` gives the hash of each, as it is now; `now` is in seconds, only differences count."""

    def __init__(
        self,
        users: Callable[[], Mapping[str, bytes]],
        *,
        now: Callable[[], float] = time.monotonic,
        check: Callable[[bytes, bytes], bool] = bcrypt.checkpw,
    ) -> None:
        self._users = users
        self._now = now
        self._check = check
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._running: dict[bytes, asyncio.Task[bool]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._failures: Remembered[deque[float]] = Remembered(deque)

    async def judge(self, user: str, password: str, address: str) -> Judged:
        """`address` is whom failures are counted for."""
        users = self._users()
        known = users.get(user)
        hashed = decoy(users) if known is None else known
        secret = password.encode("utf-8", "surrogatepass")[:COUNTED]
        key = self._digest(user, secret, hashed)
        if key in self._right:
            self._right.move_to_end(key)
            return RIGHT
        attempt = self._running.get(key)  # of a client that opens several connections at once
        if attempt is None:
            failures = self._failures.of(address)
            wait = self._wait(failures)
            if wait:
                return Judged(Verdict.SLOWED, wait)
            if len(self._running) >= MOST_WAITING:
                return BUSY
            self._count(failures, address)
            attempt = asyncio.create_task(
                self._attempt(key, secret, hashed, failures, is_known=known is not None), name="password"
            )
            self._running[key] = attempt
        return RIGHT if await asyncio.shield(attempt) else WRONG

    async def close(self) -> None:
        for attempt in list(self._running.values()):
            attempt.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _attempt(
        self, key: bytes, secret: bytes, hashed: bytes, failures: deque[float], *, is_known: bool
    ) -> bool:
        """Counted as a failure from its start on, so that many at once are not free."""
        try:
            async with self._turns:
                is_right = await beside_loop(self._check, secret, hashed) and is_known
            if is_right:
                if failures:
                    failures.pop()
                self._right[key] = None
                if len(self._right) > MOST_KNOWN:
                    self._right.popitem(last=False)
            return is_right
        finally:
            del self._running[key]

    def _wait(self, failures: deque[float]) -> int:
        now = self._now()
        while failures and now - failures[0] >= WITHIN:
            failures.popleft()
        return ceil(WITHIN - (now - failures[0])) if len(failures) >= MOST_FAILURES else 0

    def _count(self, failures: deque[float], address: str) -> None:
        failures.append(self._now())
        if len(failures) == MOST_FAILURES:  # neither user nor password: people type one for the other
            log.warning("logins_slowed", address=address, failures=MOST_FAILURES, seconds=WITHIN)

    def _digest(self, user: str, secret: bytes, hashed: bytes) -> bytes:
        """Of all three, so that another hash is asked anew; keyed, so that it tells nothing of the password."""
        digest = hashlib.blake2b(key=self._key, digest_size=32)
        for part in (user.encode("utf-8", "surrogatepass"), secret, hashed):
            digest.update(len(part).to_bytes(4, "big"))
            digest.update(part)
        return digest.digest()


def decoy(users: Mapping[str, bytes]) -> bytes:
    """A hash that costs as much as the dearest of the users: who is none is told so as late as who is one."""
    cost = max((hashed[4:6] for hashed in users.values()), default=b"10")
    return b"$2b$" + cost + b"$" + b"." * 53
