"""One source polled: live and roster, each ending in an outcome, whatever the vendor does."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec
import structlog

from monitor.clock import Clock
from monitor.errors import AgentmonError, PollError, Reason, RosterOutdatedError
from monitor.model import Failure, PollKind, PollOutcome, Roster, Snapshot, SourceSpec
from monitor.pollers.budget import WINDOW, Priority
from monitor.pollers.pace import Pace, affordable_interval
from monitor.pollers.transport import Calls, SourceHttp
from monitor.pollers.vendors.base import Adapter

log = structlog.get_logger(__name__)

REMEMBERED_STATUSES = 100
HINT_SHARE = 0.5
"""Share of the budget that hints may make live polls take; the rest is left to the roster and to retries."""
HINT_GAP = 2.0
"""Seconds between polls that hints bring forward, at least: several changes at once need one poll."""

T = TypeVar("T")


class Poller:
    """Polls one source and hands every outcome to `emit`; never raises but for cancellation.

    The roster is read before the first live poll, and afterwards beside the live polls when it is due, in a task
    that `spawn` owns, so that a slow list of names never delays the answer to "is anyone there".
    """

    def __init__(
        self,
        spec: SourceSpec,
        adapter: Adapter,
        http: SourceHttp,
        clock: Clock,
        emit: Callable[[PollOutcome], None],
        spawn: Callable[[str, Coroutine[Any, Any, None]], object],
    ) -> None:
        self.spec = spec
        self._adapter = adapter
        self._http = http
        self._clock = clock
        self._emit = emit
        self._spawn = spawn
        self._pace = Pace(spec.poll.interval, spec.poll.max_age)
        self._roster_pace = Pace(spec.poll.interval, spec.poll.max_age)
        self._roster: Roster | None = None
        self._roster_due_at = float("-inf")
        self._roster_lock = asyncio.Lock()
        self._roster_error: PollError | None = None
        self._roster_trouble_told = False
        self._snapshot: Snapshot | None = None
        self._number = 0
        self._begun_at = float("-inf")
        self._hint_gap = HINT_GAP
        self._down_since: float | None = None
        self._statuses_told: set[str] = set()
        self._log = log.bind(source=spec.name, vendor=spec.vendor)

    @property
    def interval(self) -> float:
        """Seconds from one live poll to the next, back-off included."""
        return self._pace.interval

    @property
    def is_failing(self) -> bool:
        """Whether the last live poll failed."""
        return self._pace.failing

    def earliest_in(self) -> float:
        """Seconds until a hint may start the next live poll.

        While all is well that is as soon as the budget bears, while the source fails no sooner than its interval:
        whoever calls the hook can neither spend the budget nor shorten a pause that the vendor asked for.
        """
        wait = self.spec.poll.interval if self._pace.failing else self._hint_gap
        if self._pace.retry_after:
            wait = max(wait, self._pace.retry_after)
        return max(self._begun_at + wait - self._clock.now().elapsed, 0.0)

    def succeed(self, other: "Poller") -> None:
        """Take the place of another poller of the same account: its requests count on, in the budget too."""
        self._http.succeed(other._http)  # noqa: SLF001 - of the same class

    @property
    def requests(self) -> int:
        """Requests made since the start, of every kind."""
        return self._http.requests

    @property
    def requests_of_minute(self) -> int:
        """Requests that count against the budget at this moment, of every kind."""
        return self._http.budget.spent(self._clock.now().elapsed)

    async def poll(self) -> None:
        """One live poll; before it the roster where it is missing, beside it where it is old."""
        self._number += 1
        with structlog.contextvars.bound_contextvars(source=self.spec.name, vendor=self.spec.vendor, poll=self._number):
            await self._poll()

    async def _poll(self) -> None:
        self._begun_at = self._clock.now().elapsed
        if self._clock.now().elapsed >= self._roster_due_at:
            if self._roster is None:
                await self.poll_roster()
            elif self._down_since is None:
                self._spawn(f"roster of {self.spec.name}", self.poll_roster())
        if await self._poll_live(may_refresh=True):
            return
        if self._roster_lock.locked():  # it is being read already: what comes of that is new enough
            async with self._roster_lock:
                pass
        else:
            await self.poll_roster()
        await self._poll_live(may_refresh=False)

    async def poll_roster(self) -> None:
        """Read the roster, one reading at a time; a failure keeps the old one and is tried again sooner."""
        if self._roster_lock.locked():
            return
        async with self._roster_lock:
            calls = self._http.calls(Priority.ROSTER)
            begun = self._clock.now()
            limit = max(self.spec.poll.roster_interval, self.spec.poll.timeout)
            roster, error = await self._attempt(self._adapter.roster(calls), calls, limit)
            now = self._clock.now()
            self._roster_error = error
            if error is None:
                self._roster = roster
                self._roster_trouble_told = False
                self._roster_pace.succeeded(begun.elapsed)
                self._roster_due_at = now.elapsed + self.spec.poll.roster_interval
            else:
                self._roster_pace.failed(now.elapsed, error.reason, error.retry_after)
                self._roster_due_at = now.elapsed + self._roster_pace.interval
        self._tell(
            PollOutcome(
                source=self.spec.name,
                kind=PollKind.ROSTER,
                sent_at=calls.first_sent or begun,
                duration=now.elapsed - begun.elapsed,
                interval=self._pace.interval,
                failure=_failure(error),
                records=roster.records if roster else 0,
                rejected=roster.rejected if roster else 0,
                notes=roster.notes if roster else (),
            )
        )

    async def _poll_live(self, *, may_refresh: bool) -> bool:
        """Whether the poll is over; False asks for a new roster and one more try."""
        calls = self._http.calls(Priority.LIVE)
        begun = self._clock.now()
        snapshot: Snapshot | None
        error: PollError | None
        if self._roster is None and self._adapter.needs_roster and self._roster_error is not None:
            snapshot, error = None, self._roster_error
        else:
            live = self._adapter.live(calls, self._roster, self._snapshot)
            snapshot, error = await self._attempt(live, calls, self.spec.poll.deadline)
        if may_refresh and isinstance(error, RosterOutdatedError):
            return False
        now = self._clock.now()
        if snapshot is not None:
            self._succeeded(snapshot, calls.count, now.elapsed)
            self._log.debug(
                "polled",
                seconds=round(now.elapsed - begun.elapsed, 3),
                requests=calls.count,
                records=snapshot.records,
                rejected=snapshot.rejected,
            )
        elif error is not None:
            self._failed(error, now.elapsed)
        self._tell(
            PollOutcome(
                source=self.spec.name,
                kind=PollKind.LIVE,
                sent_at=calls.first_sent or begun,
                duration=now.elapsed - begun.elapsed,
                interval=self._pace.interval,
                snapshot=snapshot,
                failure=_failure(error),
            )
        )
        return True

    def _tell(self, outcome: PollOutcome) -> None:
        """Hand an outcome on. One that cannot be taken is our own mistake, and ends as such."""
        try:
            self._emit(outcome)
        except Exception as error:  # noqa: BLE001 - as in _attempt
            self._log.exception("outcome_lost")
            lost = Failure(Reason.INTERNAL, f"an error inside agentmon: {type(error).__name__}")
            self._emit(msgspec.structs.replace(outcome, snapshot=None, failure=lost))

    async def _attempt(
        self, call: Coroutine[Any, Any, T], calls: Calls, limit: float
    ) -> tuple[T, None] | tuple[None, PollError]:
        """The result of a call or the reason why there is none: no exception of a vendor goes further."""
        try:
            async with asyncio.timeout(limit):
                return await call, None
        except PollError as error:
            return None, _forgetful(error)
        except TimeoutError:
            detail = f"the poll did not end within {limit:g} s"
            if calls.waiting_for_budget:
                budget = self.spec.poll.requests_per_minute
                detail += f": the budget of {budget} requests a minute is too small for it; raise it or the interval"
            return None, PollError(Reason.TIMEOUT, detail)
        except AgentmonError as error:  # a secret that cannot be read is a log-in that cannot succeed
            return None, PollError(Reason.AUTH, str(error))
        except Exception as error:  # noqa: BLE001 - our own mistake: it must be seen, and must not end the polling
            self._log.exception("poll_crashed")
            return None, PollError(Reason.INTERNAL, f"an error inside agentmon: {type(error).__name__}")

    def _succeeded(self, snapshot: Snapshot, calls: int, now: float) -> None:
        self._snapshot = snapshot
        self._pace.succeeded(snapshot.observed_at.elapsed, affordable_interval(self.spec.poll, calls))
        self._hint_gap = max(HINT_GAP, calls * WINDOW / (HINT_SHARE * self.spec.poll.requests_per_minute))
        self._http.budget.expect(calls, self._pace.interval)
        if self._down_since is not None:
            self._log.info("source_recovered", down_seconds=round(now - self._down_since, 1))
            self._down_since = None
        if self._roster_error is not None and not self._roster_trouble_told:
            self._roster_trouble_told = True
            self._log.warning("roster_failed", reason=self._roster_error.reason, detail=self._roster_error.detail)
        for status in snapshot.unknown_statuses:
            if status not in self._statuses_told and len(self._statuses_told) < REMEMBERED_STATUSES:
                self._statuses_told.add(status)
                self._log.warning("unknown_status", status=status)

    def _failed(self, error: PollError, now: float) -> None:
        self._pace.failed(now, error.reason, error.retry_after)
        if self._down_since is None:
            self._down_since = now
            self._log.warning("source_down", reason=error.reason, detail=error.detail)
        else:
            self._log.debug("source_still_down", reason=error.reason, detail=error.detail)


def _forgetful(error: PollError) -> PollError:
    """The reason alone: the frames of a traceback hold the answer that made the poll fail, up to 32 MiB of it."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error


def _failure(error: PollError | None) -> Failure | None:
    return Failure(error.reason, error.detail) if error else None
