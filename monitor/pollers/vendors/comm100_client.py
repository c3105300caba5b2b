"""Requests to Comm100's API: the log-in before them, and lists in pages however they are linked."""

from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from monitor.errors import PollError, Reason
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.comm100_login import Pass, log_in_of
from monitor.pollers.vendors.comm100_options import Comm100Options
from monitor.pollers.vendors.comm100_refusals import listed, refusal
from monitor.pollers.vendors.wire import MAX_PAGES, Count, Tally, decode, rows, unrecognised

PAGE_SIZE = 100

Row = TypeVar("Row")


class Client:
    """The API of one site, of whatever generation."""

    def __init__(self, options: Comm100Options) -> None:
        self._source = options.name
        self._url = options.url
        self._log_in = log_in_of(options)

    async def get(self, calls: Calls, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """A body of the API; logs in first where needed, and once more where a token is refused."""
        given = await self._log_in.enter(calls)
        try:
            return await self._get(calls, path, params, given)
        except PollError as error:
            if error.status != 401 or not self._log_in.refused(given):  # noqa: PLR2004 - unauthorised
                raise
        return await self._get(calls, path, params, await self._log_in.enter(calls))

    async def _get(self, calls: Calls, path: str, params: Mapping[str, str] | None, given: Pass) -> bytes:
        return await calls.get(
            f"{self._url}/{path}",
            params={**(params or {}), **given.params},
            headers={"Authorization": given.header},
            explain=lambda status, body: refusal(self._source, path, status, body, calls, *given.secrets),
        )

    async def pages(
        self,
        calls: Calls,
        path: str,
        key: str,
        kind: type[Row],
        tally: Tally,
        params: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """Every row of a list, bare or in pages.

        `nextPage` comes absolute, relative or as a query alone, and may have lost our own parameters: only its
        query is taken, over ours, and only our own address is ever called.
        """
        found: list[Row] = []
        seen: set[str] = set()
        query = {"pageIndex": "1", "pageSize": str(PAGE_SIZE), **(params or {})}
        for page in range(1, MAX_PAGES + 1):
            items, more = _page(await self.get(calls, path, query), key, path, len(found))
            fresh = [row for row in rows(items, kind, tally, path) if _row_id(row) not in seen]
            found += fresh
            seen.update(map(_row_id, fresh))
            if not fresh or more is None:
                return found
            query |= {"pageIndex": str(page + 1)} | _own_spelling(more)
        raise PollError(Reason.DECODE, f"the pages of {path} have no end ({MAX_PAGES} read)")


def _page(body: bytes, key: str, what: str, so_far: int) -> tuple[list[msgspec.Raw], str | None]:
    """The rows of one page, and the query of the next: "" to go on by index, None at the end."""
    if body.lstrip().startswith(b"["):
        return decode(body, list[msgspec.Raw], what), None
    page = decode(body, dict[str, msgspec.Raw], what)
    if key not in page:
        return listed(body, what), None  # raises: an error object, or nothing that is known
    items = decode(page[key], list[msgspec.Raw], what)
    if "nextPage" in page:
        following = decode(page["nextPage"], str, what) if bytes(page["nextPage"]) != b"null" else ""
        return items, _query(following, what) if following else None
    total = page.get("count", page.get("total"))  # v3 and v4
    return items, "" if total is not None and so_far + len(items) < decode(total, Count, what) else None


def _query(address: str, what: str) -> str:
    try:
        return urlsplit(address).query
    except ValueError as error:
        raise unrecognised(what) from error


def _own_spelling(query: str) -> dict[str, str]:
    """The parameters of `nextPage`, in our spelling: the documents write pageIndex and pageindex."""
    ours = {"pageindex": "pageIndex", "pagesize": "pageSize"}
    return {ours.get(name.lower(), name): value for name, value in parse_qsl(query)}


def _row_id(row: object) -> str:
    return str(getattr(row, "id"))  # noqa: B009 - every row kind here has one
