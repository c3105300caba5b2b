"""LiveAgent API v3: every agent in every department by cursor, open chats for load, names and deletions as roster.

`grid/agents` serves the vendor's own screens, so it may change sooner than the rest.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from monitor.beside import beside_loop
from monitor.errors import PollError, Reason
from monitor.model import Roster, Snapshot
from monitor.pollers.transport import Answer, Calls
from monitor.pollers.vendors.liveagent_letters import CUT_AT, refused
from monitor.pollers.vendors.liveagent_options import LiveAgentOptions
from monitor.pollers.vendors.liveagent_v3_rows import (
    GRID,
    PAGE_SIZE,
    AgentRow,
    ChatRow,
    DepartmentRow,
    GridRow,
    check_departments,
    check_whole,
    decode_live,
    decode_roster,
    open_chats,
)
from monitor.pollers.vendors.wire import (
    MAX_PAGES,
    Tally,
    Text,
    decode,
    is_refused,
    message,
    rows,
    unrecognised,
)

AGENTS = "agents"
DEPARTMENTS = "departments"
CHATS = "chats"
CURSOR_HEADER = "next_page_cursor"
MAX_CHAT_PAGES = 10

Row = TypeVar("Row")


class _Error(msgspec.Struct):
    message: Text


class LiveAgentV3:
    needs_roster = False

    def __init__(self, options: LiveAgentOptions) -> None:
        self._options = options

    async def roster(self, calls: Calls) -> Roster:
        tally = Tally()
        agents = await self._whole(calls, AGENTS, AgentRow, tally)
        of_agents = tally.rejected
        departments = await self._whole(calls, DEPARTMENTS, DepartmentRow, tally)
        if unreadable := tally.rejected - of_agents:  # one that is not known counts as deleted: a hole nobody sees
            raise PollError(Reason.DECODE, f"{unreadable} of the departments cannot be read")
        return decode_roster(agents, departments, tally)

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        check_departments(self._options.chosen, roster)
        tally, notes = Tally(), list[str]()
        found = await self._grid(calls, tally)
        check_whole(tally.records, roster)
        chats = await self._chats(calls, tally, notes)
        return await beside_loop(decode_live, self._options, found, chats, calls, roster, tally, tuple(notes), previous)

    # ---------------------------------------------------------------- lists

    async def _grid(self, calls: Calls, tally: Tally) -> list[GridRow]:
        found: list[GridRow] = []
        params = {"_perPage": str(PAGE_SIZE)}
        seen = {""}
        for _ in range(MAX_PAGES):
            answer = await self._ask(calls, GRID, params)
            found += rows(_listed(answer.body, GRID, calls), GridRow, tally, GRID)
            cursor = answer.headers.get(CURSOR_HEADER, "").strip()
            if not cursor:
                return found
            if cursor in seen:
                raise PollError(Reason.DECODE, f"the pages of {GRID} lead back to one that was read")
            seen.add(cursor)
            params["_cursor"] = cursor
        raise PollError(Reason.DECODE, f"the pages of {GRID} have no end ({MAX_PAGES} read)")

    async def _chats(self, calls: Calls, tally: Tally, notes: list[str]) -> Mapping[str, int] | None:
        """Open chats by agent; None, with a note, where the key may not read them or they are too many."""
        try:
            found = await self._pages(calls, CHATS, ChatRow, tally, MAX_CHAT_PAGES)
        except PollError as error:
            if not is_refused(error):
                raise
            notes.append(f"{CHATS} is refused ({error.status}): open chats and so free slots are not known")
            return None
        if found is None:
            notes.append(f"{CHATS} has more than {MAX_CHAT_PAGES} pages: open chats and so free slots are not known")
            return None
        return open_chats(found, tally)

    async def _whole(self, calls: Calls, path: str, kind: type[Row], tally: Tally) -> list[Row]:
        found = await self._pages(calls, path, kind, tally, MAX_PAGES)
        if found is None:
            raise PollError(Reason.DECODE, f"the pages of {path} have no end ({MAX_PAGES} read)")
        return found

    async def _pages(self, calls: Calls, path: str, kind: type[Row], tally: Tally, limit: int) -> list[Row] | None:
        """Every row of a list, up to a short page; None where `limit` pages have not ended it.

        A first page of exactly ten is the vendor's default, so the size asked for may not have been heeded.
        """
        found: list[Row] = []
        size, before = PAGE_SIZE, b""
        for page in range(1, limit + 1):
            body = (await self._ask(calls, path, {"_page": str(page), "_perPage": str(PAGE_SIZE)})).body
            listed = _listed(body, path, calls)
            if listed and body == before:
                raise PollError(Reason.DECODE, f"the pages of {path} repeat themselves")
            size = CUT_AT if page == 1 and len(listed) == CUT_AT else size
            found += rows(listed, kind, tally, path)
            if len(listed) < size:
                return found
            before = body
        return None

    async def _ask(self, calls: Calls, path: str, params: Mapping[str, str]) -> Answer:
        def explain(status: int, body: bytes) -> PollError | None:
            return refused(path, "v3", _words(body, calls), status) if status in {401, 403} else None

        return await calls.ask(
            f"{self._options.url}/api/v3/{path}",
            params=params,
            headers={"apikey": self._options.api_key.reveal()},
            explain=explain,
        )


def _words(body: bytes, calls: Calls) -> str:
    try:
        return message(decode(body, _Error, "").message, calls)
    except PollError:
        return ""


def _listed(body: bytes, what: str, calls: Calls) -> list[msgspec.Raw]:
    """The rows of a bare list. An error object says error, whatever its status."""
    if body.lstrip().startswith(b"["):
        return decode(body, list[msgspec.Raw], what)
    if words := _words(body, calls):
        raise PollError(Reason.VENDOR_ERROR, f"{what} answered with an error: {words}")
    raise unrecognised(what, body)
