"""iAdvize's rows and what they mean: pure functions from answers to a roster or a snapshot."""

from collections.abc import Iterable, Mapping

import msgspec

from monitor.model import Account, Channel, Check, Group, Presence, Reading, Roster, Snapshot
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.wire import Count, Id, Tally, Text, decode, text, unrecognised

Filter = tuple[str, str] | None
"""Name and value of a view's filter; None for the view without one."""


class _Channel(msgspec.Struct):
    enabled: bool
    slot_number: Count
    busy: bool
    available: bool
    slot_max_number: Count | None = None


class LiveRow(msgspec.Struct):
    id: Id
    connected: bool
    chat: _Channel | None = None
    call: _Channel | None = None
    video: _Channel | None = None

    def __post_init__(self) -> None:
        if self.chat is None and self.call is None and self.video is None:
            raise ValueError("a row without any channel says nothing of anybody")


class OperatorRow(msgspec.Struct):
    id: Id
    name: Text = None
    first_name: Text = None
    pseudo: Text = None
    email: Text = None
    external_id: Text = None
    chat_max_number: Count | None = None
    group_id: Id | None = None
    website_list: msgspec.Raw = msgspec.Raw(b"[]")
    skill_list: msgspec.Raw = msgspec.Raw(b"[]")


class GroupRow(msgspec.Struct):
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


class Envelope(msgspec.Struct):
    meta: _Meta
    data: msgspec.Raw = msgspec.Raw(b"null")
    pagination: _Pagination = _Pagination()


class _HasId(msgspec.Struct):
    id: Id


class ViewRows(msgspec.Struct, frozen=True):
    """What one of the three calls of a view gave, whole."""

    filter: Filter
    connected: bool | None
    rows: tuple[LiveRow, ...]
    echoed: frozenset[str] | None = None
    """Names of the filters that the vendor says it applied; None where it does not say."""


def items_of(envelope: Envelope, path: str) -> list[msgspec.Raw]:
    """The rows of `data`, which must be there; the object of a single-object call counts as one row."""
    data = bytes(envelope.data)
    if data.startswith(b"{"):
        decode(data, _HasId, path)
        return [envelope.data]
    if not data.startswith(b"["):
        raise unrecognised(path)
    return decode(data, list[msgspec.Raw], path)


def echo_of(meta: _Meta) -> frozenset[str] | None:
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
    operators: Iterable[OperatorRow],
    groups: Iterable[GroupRow],
    skills: Iterable[GroupRow],
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
        capacity={str(row.id): row.chat_max_number for row in operators if row.chat_max_number},
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
    best: dict[str, LiveRow] = {}
    groups: dict[str, set[str]] = {}
    for view in seen:
        group = None if view.filter in ignored else _group_of(view.filter)
        for row in view.rows:
            account = str(row.id)
            before = best.get(account)
            if before is None or row.connected or not before.connected:
                best[account] = row
            if group is not None:
                groups.setdefault(account, set()).add(group)
    chat_slots = roster.capacity if roster else {}
    readings: list[Reading] = []
    listed: dict[str, Account] = {}
    for account, row in best.items():
        of_views = groups.get(account, _NO_GROUPS)
        listed[account] = in_roster = known.get(account) or Account(account, groups=frozenset(of_views))
        of_account = in_roster.groups if of_views <= in_roster.groups else in_roster.groups | of_views
        readings += _readings(row, of_account, chat_slots.get(account), tally)
    hidden = known.keys() - best.keys()
    readings += _hidden(hidden, known, previous)
    return tally.snapshot(
        source,
        calls,
        accounts=known | listed,
        readings=readings,
        groups=roster.groups if roster else (),
        unlisted=len(hidden - tally.rejected_ids),
        notes=tuple(f"the vendor seems to ignore the filter {name}={value}" for name, value in sorted(ignored)),
    )


_NO_GROUPS: frozenset[str] = frozenset()


def _group_of(view: Filter) -> str | None:
    """The group whose members a view shows; a list of websites is none."""
    if view is None or view[0] == "website_list":
        return None
    return f"{view[0].removesuffix('_id')}:{view[1]}"


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
            if account is None:
                continue
            if kind + value in account.groups:
                kept += 1
            elif any(group.startswith(kind) for group in account.groups):
                broken += 1
    return broken > kept


def _readings(row: LiveRow, groups: frozenset[str], chat_slots: int | None, tally: Tally) -> list[Reading]:
    """Readings of one operator, and the contradictions of the record, each check at most once.

    `chat_slots` is the roster's number of chats, for a row that does not tell its own.
    """
    account, connected = str(row.id), row.connected
    found: list[Reading] = []
    is_available_without_slot = is_busy_with_slot = is_loaded = False
    for channel, slots, otherwise in (
        (Channel.CHAT, row.chat, chat_slots),
        (Channel.CALL, row.call, None),
        (Channel.VIDEO, row.video, None),
    ):
        if slots is None or not (slots.enabled or slots.slot_number or slots.available or slots.busy):
            continue
        used, most = slots.slot_number, slots.slot_max_number
        most = otherwise if most is None else most
        left = None if most is None else max(most - used, 0)
        is_available_without_slot |= slots.available and left == 0
        is_busy_with_slot |= slots.busy and bool(left)
        is_loaded |= used > 0
        accepting = connected and (slots.available or slots.busy)
        found.append(
            Reading(
                account=account,
                channel=channel,
                groups=groups,
                presence=Presence.CONNECTED if connected else Presence.OFFLINE,
                accepting=accepting,
                used=used,
                free=left if accepting and slots.available and not slots.busy else 0,
                reason="toggled off" if connected and not accepting else "",
            )
        )
    if connected and is_available_without_slot:
        tally.contradiction(Check.AVAILABLE_WITHOUT_SLOT)
    if connected and is_busy_with_slot:
        tally.contradiction(Check.BUSY_WITH_SLOT)
    if is_loaded and not connected:
        tally.contradiction(Check.OFFLINE_WITH_LOAD)
    return found


def _hidden(accounts: Iterable[str], known: Mapping[str, Account], previous: Snapshot | None) -> Iterable[Reading]:
    """`unknown` for each account that was connected when last seen and is in no view now, or in none that can be read.

    One unreadable row must not end the memory of somebody who was there.
    """
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
                reason="connected when last seen, now not to be read in any view",
            )
