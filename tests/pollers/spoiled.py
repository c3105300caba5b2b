"""Polls of the corpus with one answer spoiled: each flavour of the APIs, and what must hold whatever is answered."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from multidict import CIMultiDict
from pollers.bench import FIXTURES, FakeClock, address_of

from monitor.cli.capture import source_of
from monitor.errors import PollError, Reason
from monitor.model import Presence, Roster, Snapshot
from monitor.pollers.budget import Priority
from monitor.pollers.recording import CURSOR, RecordedClock, Stored, body_of, read
from monitor.pollers.transport import Answer, Request, SourceHttp, Transport
from monitor.pollers.vendors.base import Adapter


class Recorded(NamedTuple):
    situation: str
    who: str
    """What the addresses hold that tell who is there now."""
    only: str = ""
    """What the addresses hold that are worth spoiling, where another flavour has the others."""


FLAVOURS: Mapping[str, Recorded] = {
    "cobrowser": Recorded("cobrowser/one-online-one-paused", "c=getOnlineAgents"),
    "iadvize": Recorded("iadvize/roster-in-two-pages", "/operator/live"),
    "liveagent v1": Recorded("liveagent/two-departments-and-a-deleted-one", "/agents?"),
    "liveagent v1 agents": Recorded("liveagent/states-letters-of-both-generations", "/onlinestatus/agents"),
    "liveagent v3": Recorded("liveagent/v3-two-departments", "/grid/agents"),
    "comm100 v3 jwt": Recorded("comm100/one-team-at-work", "/livechat/agents"),
    "comm100 v3 queue": Recorded("comm100/queue-by-department", "/livechat/agents", only="/queue"),
    "comm100 v3 right now": Recorded("comm100/queue-of-the-site-alone", "/livechat/agents", only="/rightnow"),
    "comm100 v4 oauth": Recorded("comm100/v4-oauth", "/livechat/agents"),
    "comm100 v4 report": Recorded("comm100/v4-capacity-by-the-report", "/livechat/agents", only="/realTime"),
    "comm100 v4 queue": Recorded("comm100/v4-queue", "/livechat/agents", only="/realTime"),
}
"""Each generation of API, log-in and way of polling, by a name."""


class Flavour:
    def __init__(self, name: str) -> None:
        self._recorded = FLAVOURS[name]
        folder = FIXTURES / self._recorded.situation
        manifest, self.exchanges = read(folder)
        self._source = source_of(manifest, folder)
        self._clock = RecordedClock(manifest.recorded_at, FakeClock())

    @cached_property
    def parts(self) -> Mapping[str, int]:
        """Every answer of the poll to be spoiled, by its place in the recording and its path."""
        return {
            f"{at + 1:04} {each.path}": at
            for at, each in enumerate(self.exchanges)
            if each.status == 200 and self._recorded.only in each.path
        }

    def original(self, part: str) -> bytes:
        return body_of(self.exchanges[self.parts[part]])

    def tells_who(self, part: str) -> bool:
        """Whether this answer says who is there, so that without anybody in it there may be nobody."""
        return self._recorded.who in address_of(self.exchanges[self.parts[part]])

    async def roster(self, wire: "SpoiledWire") -> Roster:
        return await self._adapter().roster(self._http(wire).calls(Priority.ROSTER))

    async def poll(self, wire: "SpoiledWire", known: Roster) -> Snapshot:
        """Roster and live as a poller asks for them; where the roster fails, that of before is `known`."""
        http, adapter = self._http(wire), self._adapter()
        try:
            roster = await adapter.roster(http.calls(Priority.ROSTER))
        except PollError as error:
            if error.reason is Reason.INTERNAL:
                raise
            roster = known
        return await adapter.live(http.calls(Priority.LIVE), roster, None)

    def _http(self, wire: "SpoiledWire") -> SourceHttp:
        return SourceHttp(Transport(self._clock), timeout=1, requests_per_minute=10**9, exchange=wire)

    def _adapter(self) -> Adapter:
        return self._source.vendor.build(self._source.options, self._source.demand)


class SpoiledWire:
    """A vendor that answers as it was recorded, but for some parts.

    Whatever else is asked gets the nearest answer: what is spoiled may lead to other pages and ids.
    """

    def __init__(
        self, flavour: Flavour, spoiled: Mapping[str, bytes] | None = None, *, status: int = 200, cursor: str = ""
    ) -> None:
        self._exchanges = flavour.exchanges
        self._spoiled = {flavour.parts[part]: body for part, body in (spoiled or {}).items()}
        self._status = status
        self._cursor = {CURSOR: cursor} if cursor else {}

    async def __call__(self, _http: SourceHttp, request: Request, on_sent: Callable[[], None]) -> Answer:
        on_sent()
        at = self._nearest(request)
        if at is None:
            return Answer(404, b"")
        found = self._exchanges[at]
        if at in self._spoiled:
            return Answer(self._status, self._spoiled[at], CIMultiDict(found.headers | self._cursor))
        return Answer(found.status, body_of(found), CIMultiDict(found.headers))

    def _nearest(self, request: Request) -> int | None:
        """An exchange of the same address, else of the same path, else of a path with the same end."""
        url = request.url
        asked = address_of(Stored(method="", path=url.path, query=list(url.query.items())))
        for same in (
            lambda address: address == asked,
            lambda address: urlsplit(address).path == url.path,
            lambda address: urlsplit(address).path.endswith("/" + url.name),
        ):
            for at, each in enumerate(self._exchanges):
                if each.method == request.method and same(address_of(each)):
                    return at
        return None


def faults(flavour: Flavour, part: str, snapshot: Snapshot) -> str:
    """What is wrong with the snapshot of a poll with a spoiled part, empty if nothing; asserts what always holds."""
    check(snapshot)
    if snapshot.readings or snapshot.unknown_statuses:
        return ""
    if snapshot.rejected:
        return f"{snapshot.rejected} rows could not be read, and that became nobody"
    return "" if flavour.tells_who(part) else "somebody was listed, and that became nobody"


def check(snapshot: Snapshot) -> None:
    assert 2 * snapshot.rejected <= snapshot.records
    assert msgspec.json.decode(msgspec.json.encode(snapshot), type=Snapshot) == snapshot
    for reading in snapshot.readings:
        assert reading.account in snapshot.accounts
        assert reading.presence is Presence.CONNECTED or not reading.accepting
        assert all(number is None or 0 <= number <= 1_000_000 for number in (reading.used, reading.free))
        assert reading.accepting or not reading.free
        assert len(reading.reason) <= 64
        assert reading.last_active is None or 0 < reading.last_active < 1e11
    for queue in snapshot.queues:
        assert queue.length >= 0
        assert queue.longest_wait is None or 0 <= queue.longest_wait <= 1e9
