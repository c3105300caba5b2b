"""A fake adapter and everything round a poller, without a network and without waiting."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from pollers.bench import FakeClock, roster_of, spec_of

from monitor.model import Account, PollKind, PollOutcome, Roster, Snapshot
from monitor.pollers.poller import Poller
from monitor.pollers.transport import Calls, SourceHttp, Transport

Step = Snapshot | Roster | Exception | Callable[[], Awaitable[Any]] | None


class FakeAdapter:
    """Plays one step a call: None for something good, an exception to raise, a function to await."""

    needs_roster = False

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.steps: dict[str, list[Step]] = {"roster": [], "live": []}
        self.log: list[str] = []
        self.rosters: list[Roster | None] = []
        self.previous: list[Snapshot | None] = []
        self.requests = 1

    async def roster(self, calls: Calls) -> Roster:
        self.log.append("roster")
        return await self._play("roster", calls) or roster_of("1")

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        self.log.append("live")
        self.rosters.append(roster)
        self.previous.append(previous)
        return await self._play("live", calls) or self.good(calls)

    def good(self, calls: Calls, **more: Any) -> Snapshot:
        sent = calls.first_sent or self.clock.now()
        return Snapshot("source", sent, {"1": Account("1")}, (), **more)

    async def _play(self, kind: str, calls: Calls) -> Any:
        calls.first_sent = calls.first_sent or self.clock.now()
        calls.count += self.requests
        step = self.steps[kind].pop(0) if self.steps[kind] else None
        match step:
            case Exception():
                raise step
            case None | Snapshot() | Roster():
                return step
            case _:
                await step()
                return None


class Stage:
    """A poller with its fakes; what it spawns waits until the test runs it."""

    def __init__(self, **poll: float) -> None:
        self.clock = FakeClock()
        self.adapter = FakeAdapter(self.clock)
        self.outcomes: list[PollOutcome] = []
        self.spawned: list[tuple[str, Coroutine[Any, Any, None]]] = []
        spec = spec_of(**poll)
        self.http = SourceHttp(Transport(self.clock), timeout=spec.poll.timeout, requests_per_minute=60)
        self.poller = Poller(
            spec, self.adapter, self.http, self.clock, self.outcomes.append, lambda *work: self.spawned.append(work)
        )

    async def poll(self, after: float = 0.0) -> PollOutcome:
        """Poll once, so much later; the outcome of the live poll."""
        self.clock.advance(after)
        await self.poller.poll()
        return self.lives[-1]

    async def run_spawned(self) -> None:
        while self.spawned:
            await self.spawned.pop(0)[1]

    @property
    def lives(self) -> list[PollOutcome]:
        return [outcome for outcome in self.outcomes if outcome.kind is PollKind.LIVE]

    @property
    def rosters(self) -> list[PollOutcome]:
        return [outcome for outcome in self.outcomes if outcome.kind is PollKind.ROSTER]
