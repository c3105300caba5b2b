"""iAdvize REST v2: live availability by view (group, skill, website), on chat, call and video.

No single call shows everybody: the default view lists only available operators, `filters[connected]=0` those who
are offline, and whether `filters[connected]=1` shows who is connected but toggled off is not documented. So all
three are asked of every view, one after the other (no limit is documented either), and united by id.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Self, TypeVar

import msgspec
from pydantic import Field, model_validator

from monitor.errors import PollError, Reason
from monitor.fields import Secret, Url
from monitor.model import Account, Channel, Group, Presence, Reading, Roster, Snapshot
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.base import Demand, Options, RequestCount, SourceOptions, Vendor
from monitor.pollers.vendors.wire import (
    MAX_PAGES,
    Count,
    Id,
    Tally,
    Text,
    decode,
    is_refused,
    message,
    rows,
    text,
    unrecognised,
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
    views: Annotated[list[View], Field(min_length=1)] | None = None
    """Views to poll, three requests each (default: the groups that the teams select, else one without a filter)."""


Row = TypeVar("Row")

Filter = tuple[str, str] | None
"""Name and value of a view's filter; None for the view without one."""


def filters_of(options: IAdvizeOptions, demand: Demand) -> tuple[Filter, ...]:
    """The views to poll: those configured, else one for each group that a team selects.

    A team that selects no group needs the view without a filter as well.
    """
    if options.views:
        return tuple(dict.fromkeys(view.filter for view in options.views))
    selected = [group.split(":", 1) for group in demand.groups]
    views: list[Filter] = [(f"{kind}_id", number) for kind, number in selected]
    return (*views, None) if demand.everyone or not views else tuple(views)


class _Channel(msgspec.Struct):
    enabled: bool
    slot_number: Count
    slot_max_number: Count
    busy: bool
    available: bool


class _LiveRow(msgspec.Struct):
    id: Id
    connected: bool
    chat: _Channel | None = None
    call: _Channel | None = None
    video: _Channel | None = None


class _OperatorRow(msgspec.Struct):
    id: Id
    name: Text = None
    first_name: Text = None
    pseudo: Text = None
    email: Text = None
    external_id: Text = None
    group_id: Id | None = None
    website_list: msgspec.Raw = msgspec.Raw(b"[]")
    skill_list: msgspec.Raw = msgspec.Raw(b"[]")


class _GroupRow(msgspec.Struct):
    id: Id
    name: Text = None
    operator_list: msgspec.Raw = msgspec.Raw(b"[]")
    parent_list: msgspec.Raw = msgspec.Raw(b"[]")


class _Meta(msgspec.Struct):
    status: str
    message: Text = None
    filters: msgspec.Raw = msgspec.Raw(b"null")


class _Pagination(msgspec.Struct, frozen=True):
    page: Count = 1
    pages: Count = 1


class _Envelope(msgspec.Struct):
    meta: _Meta
    data: msgspec.Raw = msgspec.Raw(b"null")
    pagination: _Pagination = _Pagination()


class _HasId(msgspec.Struct):
    id: Id


class ViewRows(msgspec.Struct, frozen=True):
    """What one of the three calls of a view gave, whole."""

    filter: Filter
    connected: bool | None
    rows: tuple[_LiveRow, ...]
    echoed: frozenset[str] | None = None
    """Names of the filters that the vendor says it applied; None where it does not say."""


class IAdvize:
    needs_roster = False

    def __init__(self, options: IAdvizeOptions, demand: Demand) -> None:
        self._options = options
        self._filters = filters_of(options, demand)

    async def roster(self, calls: Calls) -> Roster:
        tally = Tally()
        operators = await self._pages(calls, "operator", _OperatorRow, tally, {"full": "1"})
        notes: list[str] = []
        groups = await self._optional(calls, "group", tally, notes)
        skills = await self._optional(calls, "skill", tally, notes)
        return join_roster(operators, groups, skills, tally, tuple(notes))

    async def live(self, calls: Calls, roster: Roster | None, previous: Snapshot | None) -> Snapshot:
        tally = Tally()
        seen = [
            await self._view(calls, view, connected, tally) for view in self._filters for connected in CONNECTED_FILTERS
        ]
        return decode_live(self._options.name, seen, tally, calls, roster, previous)

    async def _view(self, calls: Calls, view: Filter, connected: bool | None, tally: Tally) -> ViewRows:
        params = {f"filters[{view[0]}]": view[1]} if view else {}
        if connected is not None:
            params["filters[connected]"] = str(int(connected))
        found: list[_LiveRow] = []
        page = 1
        while True:
            envelope = await self._get(calls, "operator/live", params | ({"page": str(page)} if page > 1 else {}))
            items = _items(envelope, "operator/live")
            found += rows(items, _LiveRow, tally, "operator/live")
            page += 1
            if not items or page > envelope.pagination.pages:
                return ViewRows(view, connected, tuple(found), _echo(envelope.meta))
            _bound(page, "operator/live")

    async def _pages(
        self, calls: Calls, path: str, kind: type[Row], tally: Tally, params: Mapping[str, str]
    ) -> list[Row]:
        """Every row of a paged list; ends at the last page that the vendor names, or at an empty one."""
        found: list[Row] = []
        page = 1
        while True:
            envelope = await self._get(calls, path, {**params, "limit": str(PAGE_SIZE), "page": str(page)})
            items = _items(envelope, path)
            found += rows(items, kind, tally, path)
            page += 1
            if not items or page > envelope.pagination.pages:
                return found
            _bound(page, path)

    async def _optional(self, calls: Calls, path: str, tally: Tally, notes: list[str]) -> list[_GroupRow]:
        """Names and members of groups or skills; a key that may not read them costs only those."""
        try:
            return await self._pages(calls, path, _GroupRow, tally, {"full": "1"})
        except PollError as error:
            if not is_refused(error) and error.reason is not Reason.AUTH:
                raise
            notes.append(f"the {path} list is refused: names and members of each {path} are not known")
            return []

    async def _get(self, calls: Calls, path: str, params: Mapping[str, str]) -> _Envelope:
        def explain(_status: int, body: bytes) -> PollError | None:
            try:
                return _body_error(decode(body, _Envelope, path), path, calls, forbidden_only=True)
            except PollError:
                return None

        body = await calls.get(
            f"{self._options.url}/{path}",
            params=params,
            headers={"X-API-Key": self._options.api_key.reveal()},
            explain=explain,
        )
        envelope = decode(body, _Envelope, path)
        if error := _body_error(envelope, path, calls):
            raise error
        return envelope


def _body_error(envelope: _Envelope, path: str, calls: Calls, *, forbidden_only: bool = False) -> PollError | None:
    """The failure that a body tells, whatever its HTTP status."""
    if envelope.meta.status == "success":
        return None
    words = message(envelope.meta.message, calls) or message(envelope.meta.status, calls)
    if words.strip(" .").casefold() == "forbidden":
        return PollError(Reason.AUTH, f"{path} answered {words}: the API key is wrong or lacks the right")
    return None if forbidden_only else PollError(Reason.VENDOR_ERROR, f"{path} answered with an error: {words}")


def _items(envelope: _Envelope, path: str) -> list[msgspec.Raw]:
    """The rows of `data`, which must be there; the object of a single-object call counts as one row."""
    data = bytes(envelope.data)
    if data.startswith(b"{"):
        decode(data, _HasId, path)
        return [envelope.data]
    if not data.startswith(b"["):
        raise unrecognised(path)
    return decode(data, list[msgspec.Raw], path)


def _bound(page: int, path: str) -> None:
    if page > MAX_PAGES:
        raise PollError(Reason.DECODE, f"the pages of {path} have no end ({MAX_PAGES} read)")


def _echo(meta: _Meta) -> frozenset[str] | None:
    """Names of the filters applied, a list or an object's keys; None where the vendor does not say."""
    names = _plain(meta.filters)
    return frozenset(map(str, names)) if isinstance(names, (list, dict)) else None


def _plain(raw: msgspec.Raw) -> object:
    """A part that only completes the picture, as plain values; None where it cannot be read."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _ids(raw: msgspec.Raw) -> frozenset[str]:
    """Ids of a list in any of PHP's containers; nothing where there is no list."""
    match _plain(raw):
        case list(values):
            return frozenset(text(value) for value in values if isinstance(value, (int, str)))
        case dict(keyed):
            return frozenset(text(value) for value in keyed.values() if isinstance(value, (int, str)))
        case _:
            return frozenset()


def join_roster(
    operators: Iterable[_OperatorRow],
    groups: Iterable[_GroupRow],
    skills: Iterable[_GroupRow],
    tally: Tally,
    notes: tuple[str, ...] = (),
) -> Roster:
    """Operators with every group, skill and website that any of the three lists gives them."""
    kinds = [("group", row) for row in groups] + [("skill", row) for row in skills]
    members: dict[str, set[str]] = {}
    parents: dict[str, frozenset[str]] = {}
    for kind, row in kinds:
        parents[f"{kind}:{row.id}"] = frozenset(f"{kind}:{parent}" for parent in _ids(row.parent_list))
        for member in _ids(row.operator_list):
            members.setdefault(member, set()).add(f"{kind}:{row.id}")
    accounts = {}
    for operator in operators:
        own = members.get(str(operator.id), set())
        own |= {f"skill:{skill}" for skill in _ids(operator.skill_list)}
        own |= {f"website:{website}" for website in _ids(operator.website_list)}
        own |= {f"group:{operator.group_id}"} if operator.group_id is not None else set()
        inherited = {parent for group in own for parent in parents.get(group, ())}
        accounts[str(operator.id)] = Account(
            id=str(operator.id),
            username=text(operator.pseudo),
            email=text(operator.email),
            name=text(operator.first_name, operator.name),
            external_id=text(operator.external_id),
            groups=frozenset(own | inherited),
        )
    return Roster(
        accounts=accounts,
        groups=tuple(Group(f"{kind}:{row.id}", text(row.name)) for kind, row in kinds),
        records=tally.records,
        rejected=tally.rejected,
        notes=notes,
    )


def decode_live(
    source: str,
    seen: list[ViewRows],
    tally: Tally,
    calls: Calls,
    roster: Roster | None,
    previous: Snapshot | None,
) -> Snapshot:
    """The union of all views by id, a connected row before an offline one.

    Absence proves nothing here: who is in no view but was last seen connected is hidden, so `unknown`.
    """
    known = dict(roster.accounts) if roster else {}
    ignored = {view for view in {rows_.filter for rows_ in seen} if view and is_ignored(view, seen, known)}
    best: dict[str, _LiveRow] = {}
    groups: dict[str, set[str]] = {}
    for view in seen:
        for row in view.rows:
            account = str(row.id)
            if row.connected or not (account in best and best[account].connected):
                best[account] = row
            labels = groups.setdefault(account, set())
            if view.filter and view.filter not in ignored and view.filter[0] != "website_list":
                labels.add(f"{view.filter[0].removesuffix('_id')}:{view.filter[1]}")
    readings: list[Reading] = []
    for account, row in best.items():
        in_roster = known.get(account)
        readings += _readings(row, frozenset(groups[account]) | (in_roster.groups if in_roster else frozenset()), tally)
    hidden = known.keys() - best.keys()
    readings += _hidden(hidden - tally.rejected_ids, known, previous)
    listed = {account: known.get(account) or Account(account, groups=frozenset(groups[account])) for account in best}
    return tally.snapshot(
        source,
        calls,
        accounts=known | listed,
        readings=readings,
        groups=roster.groups if roster else (),
        unlisted=len(hidden - tally.rejected_ids),
        notes=tuple(f"the vendor seems to ignore the filter {name}={value}" for name, value in sorted(ignored)),
    )


def is_ignored(view: tuple[str, str], seen: Iterable[ViewRows], known: Mapping[str, Account]) -> bool:
    """Whether the vendor did not apply a view's filter: it does not echo it, or most of the rows break it.

    A row breaks it where the roster knows the account's groups of that kind and this is none of them. Rows of
    such a view count, but nobody is believed to be in its group because of it.
    """
    name, value = view
    if name == "website_list":
        return any(call.filter == view and call.echoed is not None and name not in call.echoed for call in seen)
    kind = name.removesuffix("_id") + ":"
    broken = kept = 0
    for call in seen:
        if call.filter != view:
            continue
        if call.echoed is not None and name not in call.echoed:
            return True
        for row in call.rows:
            account = known.get(str(row.id))
            of_kind = {group for group in account.groups if group.startswith(kind)} if account else set()
            broken += bool(of_kind) and kind + value not in of_kind
            kept += kind + value in of_kind
    return broken > kept


def _readings(row: _LiveRow, groups: frozenset[str], tally: Tally) -> Iterable[Reading]:
    """Readings of one operator, and the contradictions of the record, each check at most once."""
    channels = [
        (channel, slots)
        for channel, slots in ((Channel.CHAT, row.chat), (Channel.CALL, row.call), (Channel.VIDEO, row.video))
        if slots and (slots.enabled or slots.slot_number or slots.available or slots.busy)
    ]
    tally.check(
        available_without_slot=row.connected
        and any(slots.available and slots.slot_number >= slots.slot_max_number for _, slots in channels),
        busy_with_slot=row.connected
        and any(slots.busy and slots.slot_number < slots.slot_max_number for _, slots in channels),
        offline_with_load=not row.connected and any(slots.slot_number for _, slots in channels),
    )
    for channel, slots in channels:
        accepting = row.connected and (slots.available or slots.busy)
        free = max(slots.slot_max_number - slots.slot_number, 0)
        yield Reading(
            account=str(row.id),
            channel=channel,
            groups=groups,
            presence=Presence.CONNECTED if row.connected else Presence.OFFLINE,
            accepting=accepting,
            used=slots.slot_number,
            free=free if accepting and slots.available and not slots.busy else 0,
            reason="toggled off" if row.connected and not accepting else "",
        )


def _hidden(accounts: Iterable[str], known: Mapping[str, Account], previous: Snapshot | None) -> Iterable[Reading]:
    """`unknown` for each account that was connected when last seen and is in no view now."""
    if previous is None:
        return
    wanted = set(accounts)
    for last in previous.readings:
        if last.account in wanted and last.presence is not Presence.OFFLINE:
            yield Reading(
                account=last.account,
                channel=last.channel,
                groups=last.groups | known[last.account].groups,
                presence=Presence.UNKNOWN,
                accepting=False,
                reason="connected when last seen, now in no view",
            )


VENDOR = Vendor(
    name="iadvize",
    options=IAdvizeOptions,
    build=IAdvize,
    count=lambda options, demand: RequestCount(
        live=len(CONNECTED_FILTERS) * len(filters_of(options, demand)), roster=ROSTER_CALLS
    ),
    group_pattern=re.compile(r"(?:group|skill|website):[1-9]\d*"),
    group_help="group:ID, skill:ID or website:ID",
)
