"""Comm100, API v3 and v4: one list of agents with their chats; departments and capacity in the roster.

Both generations tell the same people in the same states; they differ in paths, in ids and in a few names of fields.
Whether the live list names agents who are offline is not documented, so absence from it is no evidence (`absence.py`).
"""

import re
from collections.abc import Mapping
from typing import TypeVar, cast

import msgspec

from monitor.beside import beside_loop
from monitor.errors import PollError
from monitor.model import Group, Queue, Roster, Snapshot
from monitor.pollers.transport import Calls, together
from monitor.pollers.vendors.base import Demand, RequestCount, Vendor
from monitor.pollers.vendors.comm100_beside import Beside, Told
from monitor.pollers.vendors.comm100_client import Client
from monitor.pollers.vendors.comm100_options import Comm100Options, limit_of, paths_of
from monitor.pollers.vendors.comm100_queue import queue_beside
from monitor.pollers.vendors.comm100_report import reported_capacity
from monitor.pollers.vendors.comm100_rows import AgentRow, NamedRow, account_of, decode_capacity, decode_live
from monitor.pollers.vendors.comm100_visitors import visitors_beside
from monitor.pollers.vendors.wire import Tally, is_refused, text

ROSTER_CALLS = 4
"""Agents, departments, capacity and away statuses, a page each; refusals and further pages come on top."""

T = TypeVar("T")

Capacity = tuple[int | None, Mapping[str, int]]
"""One limit for all, and limits by account."""


class Comm100:
    needs_roster = False

    def __init__(self, options: Comm100Options) -> None:
        self._source = options.name
        self._paths = paths_of(options)
        self._client = Client(options)
        self._queue = queue_beside(self._client, self._paths) if options.queue else None
        self._visitors = visitors_beside(self._client, self._paths) if options.visitors else None

    async def roster(self, calls: Calls) -> Roster:
        tally = Tally()
        notes: list[str] = []
        pages = self._client.pages
        include = {"include": "department,role"}
        agents = await pages(calls, self._paths.roster_agents, "agents", AgentRow, tally, include)
        departments = await pages(calls, self._paths.departments, "departments", NamedRow, tally)
        limit, own = await self._capacity(calls, tally, notes)
        away_statuses = await self._away_statuses(calls, tally, notes)
        for beside in (self._queue, self._visitors):
            if beside is not None:
                beside.ask_again()
        return Roster(
            accounts={str(row.id): account_of(row) for row in agents if row.isActive is not False},
            groups=tuple(Group(str(row.id), text(row.name)) for row in departments),
            capacity=own,
            capacity_of_all=limit,
            away_statuses=away_statuses,
            inactive=frozenset(str(row.id) for row in agents if row.isActive is False),
            notes=tuple(notes),
            records=tally.records,
            rejected=tally.rejected,
        )

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        agents = self._agents(calls, roster, previous)
        told = await together((agents, _read(self._queue, calls), _read(self._visitors, calls)))
        snapshot, queue, visitors = cast("tuple[Snapshot, Told[tuple[Queue, ...]], Told[int]]", tuple(told))
        return msgspec.structs.replace(
            snapshot,
            queues=queue.value or (),
            chatting_visitors=visitors.value,
            notes=snapshot.notes + queue.notes + visitors.notes,
        )

    async def _agents(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        path = self._paths.live_agents
        body = await self._client.get(calls, path)
        return await beside_loop(decode_live, self._source, body, calls, roster, path, previous)

    async def _capacity(self, calls: Calls, tally: Tally, notes: list[str]) -> Capacity:
        path = self._paths.capacity
        try:
            return decode_capacity(await self._client.get(calls, path), tally, path)
        except PollError as error:
            if not is_refused(error):
                raise
            refused = f"{path} is refused ({error.status})"
        if report := self._paths.real_time_agents:
            try:
                found = await reported_capacity(self._client, calls, report, tally)
            except PollError as error:
                if not is_refused(error):
                    raise
                refused += f", and so is {report} ({error.status})"
            else:
                if found is not None:
                    return None, found
                refused += f", and {report} does not turn its pages"
        notes.append(f"{refused}: capacity and so free slots are not known")
        return None, {}

    async def _away_statuses(self, calls: Calls, tally: Tally, notes: list[str]) -> Mapping[str, str] | None:
        for path in self._paths.away_statuses:
            try:
                found = await self._client.pages(calls, path, "agentAwayStatuses", NamedRow, tally)
            except PollError as error:
                if not is_refused(error):
                    raise
            else:
                return {str(row.id).casefold(): text(row.name) for row in found}
        notes.append("the list of away statuses is refused: any other status name counts as away")
        return None


async def _read(beside: Beside[T] | None, calls: Calls) -> Told[T]:
    """What is told beside the agents; nothing where the configuration does not ask for it."""
    return await beside.read(calls) if beside is not None else Told(None)


def _count(options: Comm100Options, _demand: Demand) -> RequestCount:
    return RequestCount(live=1 + options.queue + options.visitors, roster=ROSTER_CALLS)


VENDOR = Vendor(
    name="comm100",
    options=Comm100Options,
    build=lambda options, _demand: Comm100(options),
    count=_count,
    limit=limit_of,
    group_pattern=re.compile(r".+"),
    group_help="a department's id or name",
)
