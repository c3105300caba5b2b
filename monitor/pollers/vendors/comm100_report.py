"""v4's real-time report of agents: the capacity of each, where the configuration of distribution is refused.

It can't say who is there. `currentStatusId` is the zero GUID in all rows of the documented sample, of agents with
chats too: that GUID only says "no custom away status", and Online, Away and Offline look alike. Its pages are short
besides (5 rows in the sample), so that a live poll of 200 agents would be 40 requests, of 300 that an address may
make in five minutes. `livechat/agents` names the status ("Name of the status", dash15.comm100.io/doc) and is whole;
the name of a custom away status too, so `currentStatusId` has no reason to add that is not told there.
"""

from collections.abc import Mapping

import msgspec

from monitor.errors import PollError, Reason
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.comm100_client import PAGE_SIZE, Client
from monitor.pollers.vendors.wire import MAX_PAGES, Count, Id, Tally, decode, rows

PAGE_PARAMETER = "pageIndex"
"""What turns the pages: an assumption, taken from v3. The documents tell of pages and not of a parameter
(developer.comm100.com/docs/server-api-livechat-real-time)."""


class _Report(msgspec.Struct):
    list: list[msgspec.Raw]
    pageCount: Count | None = None  # noqa: N815 - wire name


class _ReportRow(msgspec.Struct):
    agentId: Id  # noqa: N815 - wire name
    maxConcurrentChats: Count | None = None  # noqa: N815 - wire name


async def reported_capacity(client: Client, calls: Calls, path: str, tally: Tally) -> Mapping[str, int] | None:
    """Capacity by account, 0 meaning not set; None where the server does not turn its pages.

    Half a list would make the free slots of a team look whole, so it is none.
    """
    found: dict[str, int | None] = {}
    for page in range(1, MAX_PAGES + 1):
        params = {PAGE_PARAMETER: str(page), "pageSize": str(PAGE_SIZE)}
        report = decode(await client.get(calls, path, params), _Report, path)
        told = rows(report.list, _ReportRow, tally, path)
        if told and str(told[0].agentId) in found:
            return None  # the same rows again: the parameter was ignored
        found |= {str(row.agentId): row.maxConcurrentChats for row in told}
        if not told or page >= (report.pageCount or 1):
            return {account: capacity for account, capacity in found.items() if capacity}
    raise PollError(Reason.DECODE, f"the pages of {path} have no end ({MAX_PAGES} read)")
