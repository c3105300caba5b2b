"""iAdvize REST v2: live availability by view (group, skill, website), on chat, call and video.

No single call shows everybody: the default view lists only available operators, `filters[connected]=0` those who
are offline, and whether `filters[connected]=1` shows who is connected but toggled off is not documented. So all
three are asked of every view, one after the other (no limit is documented either), and united by id.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from monitor.beside import beside_loop
from monitor.errors import PollError, Reason
from monitor.fields import Secret, Url
from monitor.model import Channel, Roster, Snapshot
from monitor.options import Options
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.base import Demand, HookOptions, RequestCount, SourceOptions, Vendor
from monitor.pollers.vendors.iadvize_decode import (
    Envelope,
    Filter,
    GroupRow,
    LiveRow,
    OperatorRow,
    ViewRows,
    decode_live,
    echo_of,
    items_of,
    join_roster,
)
from monitor.pollers.vendors.wire import (
    MAX_PAGES,
    Tally,
    decode,
    is_refused,
    message,
    rows,
)

CONNECTED_FILTERS = (None, True, False)
PAGE_SIZE = 100
ROSTER_CALLS = 3


class View(Options):
    """One filtered look at the live list; exactly one of its options is set."""

    group_id: Annotated[int, Field(ge=1)] | None = None
    """Operators of this group."""
    skill_id: Annotated[int, Field(ge=1)] | None = None
    """Operators of this skill."""
    website_id: Annotated[int, Field(ge=1)] | None = None
    """Operators of this website."""
    website_list: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)] | None = None
    """Operators of any of these websites."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a view has exactly one of group_id, skill_id, website_id, website_list")
        return self

    @property
    def filter(self) -> tuple[str, str]:
        """Name and value of the filter, as the vendor writes them."""
        ((name, value),) = self.model_dump(exclude_none=True).items()
        return name, ",".join(map(str, value)) if isinstance(value, list) else str(value)


class IAdvizeOptions(SourceOptions):
    """An account of iAdvize."""

    url: Url
    """Address of the API: https://sd.iadvize.com/api/2, or https://ha.iadvize.com/api/2 (high availability)."""
    api_key: Secret
    """An API key of the REST API."""
    key_in: Literal["header", "query"] = "header"
    """Where the key is sent: in the header X-API-Key, or as the parameter `key`, for proxies that drop headers."""
    hook: HookOptions | None = None
    """Webhook `user.availability.updated` and the like as a hint to poll at once (default: none)."""
    views: Annotated[list[View], Field(min_length=1)] | None = None
    """Views to poll, three requests each (default: the groups that the teams select, else one without a filter)."""


Row = TypeVar("Row")


def filters_of(options: IAdvizeOptions, demand: Demand) -> tuple[Filter, ...]:
    """The views to poll: those configured, else one for each group that a team selects.

    A team that selects no group needs the view without a filter as well.
    """
    if options.views:
        return tuple(dict.fromkeys(view.filter for view in options.views))
    selected = [group.split(":", 1) for group in demand.groups]
    views: list[Filter] = [(f"{kind}_id", number) for kind, number in selected]
    return (*views, None) if demand.everyone or not views else tuple(views)


class IAdvize:
    needs_roster = False

    def __init__(self, options: IAdvizeOptions, demand: Demand) -> None:
        self._options = options
        self._filters = filters_of(options, demand)

    async def roster(self, calls: Calls) -> Roster:
        tally = Tally()
        operators = await self._pages(calls, "operator", OperatorRow, tally, {"full": "1"})
        notes: list[str] = []
        groups = await self._optional(calls, "group", tally, notes)
        skills = await self._optional(calls, "skill", tally, notes)
        return join_roster(operators, groups, skills, tally, tuple(notes))

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        tally = Tally()
        seen = [
            await self._view(calls, view, connected, tally) for view in self._filters for connected in CONNECTED_FILTERS
        ]
        return await beside_loop(decode_live, self._options.name, seen, tally, calls, roster, previous)

    async def _view(self, calls: Calls, view: Filter, connected: bool | None, tally: Tally) -> ViewRows:
        params = {f"filters[{view[0]}]": view[1]} if view else {}
        if connected is not None:
            params["filters[connected]"] = str(int(connected))
        found: list[LiveRow] = []
        page = 1
        while True:
            envelope = await self._get(calls, "operator/live", params | ({"page": str(page)} if page > 1 else {}))
            items = items_of(envelope, "operator/live")
            found += await beside_loop(rows, items, LiveRow, tally, "operator/live", is_part=True)
            page += 1
            if not items or page > envelope.pagination.pages:
                return ViewRows(view, connected, tuple(found), echo_of(envelope.meta))
            _bound(page, "operator/live")

    async def _pages(
        self, calls: Calls, path: str, kind: type[Row], tally: Tally, params: Mapping[str, str]
    ) -> list[Row]:
        """Every row of a paged list; ends at the last page that the vendor names, or at an empty one."""
        found: list[Row] = []
        page = 1
        while True:
            envelope = await self._get(calls, path, {**params, "limit": str(PAGE_SIZE), "page": str(page)})
            items = items_of(envelope, path)
            found += rows(items, kind, tally, path)
            page += 1
            if not items or page > envelope.pagination.pages:
                return found
            _bound(page, path)

    async def _optional(self, calls: Calls, path: str, tally: Tally, notes: list[str]) -> list[GroupRow]:
        """Names and members of groups or skills; a key that may not read them costs only those."""
        try:
            return await self._pages(calls, path, GroupRow, tally, {"full": "1"})
        except PollError as error:
            if not is_refused(error) and error.reason is not Reason.AUTH:
                raise
            notes.append(f"the {path} list is refused: names and members of each {path} are not known")
            return []

    async def _get(self, calls: Calls, path: str, params: Mapping[str, str]) -> Envelope:
        def explain(_status: int, body: bytes) -> PollError | None:
            try:
                return _body_error(decode(body, Envelope, path), path, calls, forbidden_only=True)
            except PollError:
                return None

        key = self._options.api_key.reveal()
        in_header = self._options.key_in == "header"
        body = await calls.get(
            f"{self._options.url}/{path}",
            params=params if in_header else {**params, "key": key},
            headers={"X-API-Key": key} if in_header else None,
            explain=explain,
        )
        envelope = decode(body, Envelope, path)
        if error := _body_error(envelope, path, calls):
            raise error
        return envelope


def _body_error(envelope: Envelope, path: str, calls: Calls, *, forbidden_only: bool = False) -> PollError | None:
    """The failure that a body tells, whatever its HTTP status."""
    if envelope.meta.status == "success":
        return None
    words = message(envelope.meta.message, calls) or message(envelope.meta.status, calls)
    if words.strip(" .").casefold() == "forbidden":
        return PollError(Reason.AUTH, f"{path} answered {words}: the API key is wrong or lacks the right")
    return None if forbidden_only else PollError(Reason.VENDOR_ERROR, f"{path} answered with an error: {words}")


def _bound(page: int, path: str) -> None:
    if page > MAX_PAGES:
        raise PollError(Reason.DECODE, f"the pages of {path} have no end ({MAX_PAGES} read)")


VENDOR = Vendor(
    name="iadvize",
    options=IAdvizeOptions,
    build=IAdvize,
    count=lambda options, demand: RequestCount(
        live=len(CONNECTED_FILTERS) * len(filters_of(options, demand)), roster=ROSTER_CALLS
    ),
    channels=frozenset({Channel.CHAT, Channel.CALL, Channel.VIDEO}),
    group_pattern=re.compile(r"(?:group|skill|website):[1-9]\d*"),
    group_help="group:ID, skill:ID or website:ID",
)
