"""A real poller on a real transport against the simulator: nothing is faked but the vendors."""

from collections.abc import Callable, Coroutine
from typing import Any

from monitor.clock import Now, SystemClock
from monitor.model import Channel, PollKind, PollOutcome, PollSpec, Snapshot, SourceSpec
from monitor.pollers.poller import Poller
from monitor.pollers.transport import SourceHttp, Transport
from monitor.pollers.vendors import VENDORS
from monitor.pollers.vendors.base import Demand
from monitor.simulator import Simulator, credentials

LIVE_PATH = {
    "cobrowser": "c=getOnlineAgents",
    "iadvize": "operator/live",
    "liveagent": "/agents",
    "comm100": "livechat/agents",
}
SECRETS = {
    "cobrowser": "demo-cobrowser-key",
    "iadvize": "demo-iadvize-key",
    "liveagent": "demo-liveagent-key",
    "comm100": "demo-comm100-password",
}


class SteppedClock(SystemClock):
    """The machine's clock, and a part that a test adds."""

    ahead = 0.0

    def now(self) -> Now:
        now = super().now()
        return Now(now.wall + self.ahead, now.elapsed + self.ahead)


class Rig:
    """One source as the program builds it; `polled` waits for nothing but the poll itself."""

    def __init__(self, simulator: Simulator, transport: Transport, vendor: str, **more: Any) -> None:
        self.vendor = vendor
        self.simulator = simulator
        self.outcomes: list[PollOutcome] = []
        given = {
            name: value for name, value in credentials(vendor).items() if name in VENDORS[vendor].options.model_fields
        }
        if vendor == "comm100":
            del given["api_key"]  # its default log-in is by password
            given["token_url"] = simulator.token_url
        poll = PollSpec(
            interval=0.5,
            timeout=more.pop("timeout", 5.0),
            max_age=more.pop("max_age", 20.0),
            requests_per_minute=10_000,
        )
        self.spec = SourceSpec("source", vendor, poll)
        options = VENDORS[vendor].options.model_validate(
            {"name": "source", "url": simulator.urls[vendor], **given, **more}
        )
        http = SourceHttp(
            transport,
            timeout=poll.timeout,
            requests_per_minute=poll.requests_per_minute,
            secrets=lambda: [SECRETS[vendor]],
            body_limit=2_000_000,
        )
        adapter = VENDORS[vendor].build(options, Demand())
        self.poller = Poller(self.spec, adapter, http, transport.clock, self.outcomes.append, self._spawn)
        self.spawned: list[Coroutine[Any, Any, None]] = []

    def _spawn(self, _name: str, work: Coroutine[Any, Any, None]) -> None:
        self.spawned.append(work)

    async def poll(self) -> PollOutcome:
        await self.poller.poll()
        while self.spawned:
            await self.spawned.pop()
        return [outcome for outcome in self.outcomes if outcome.kind is PollKind.LIVE][-1]

    async def good(self) -> Snapshot:
        outcome = await self.poll()
        assert outcome.failure is None, outcome.failure
        assert outcome.snapshot is not None
        return outcome.snapshot


RigMaker = Callable[..., Rig]
"""Makes a rig of a vendor; keywords are the vendor's options, and `timeout` and `max_age`."""


def chat(snapshot: Snapshot) -> dict[str, tuple[str, int | None, int | None]]:
    """First name to what is said of the person on chat; groups that say the same are one."""
    said: dict[str, tuple[str, int | None, int | None]] = {}
    for reading in snapshot.readings:
        if reading.channel is Channel.CHAT:
            does = "accepting" if reading.accepting else "away" if reading.presence == "connected" else reading.presence
            name = snapshot.accounts[reading.account].name.split()[0]
            assert said.setdefault(name, (str(does), reading.used, reading.free))[0] == does
    return said
