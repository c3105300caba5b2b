"""Comm100 API v3: log-in by JWT, one list of agents with their chats; departments and capacity in the roster.

Whether the live list names agents who are offline is not documented, so absence from it is no evidence.
"""

import asyncio
import base64
import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
from pydantic import Field

from monitor.clock import Now
from monitor.errors import PollError, Reason
from monitor.fields import Login, Secret, Url
from monitor.model import Account, Channel, Group, Presence, Reading, Roster, Snapshot
from monitor.pollers.transport import Calls
from monitor.pollers.vendors.base import RequestCount, SourceOptions, Vendor
from monitor.pollers.vendors.wire import (
    MAX_PAGES,
    Count,
    Id,
    Tally,
    Text,
    decode,
    is_refused,
    message,
    reason_text,
    rows,
    text,
    unrecognised,
)

AGENTS = "livechat/agents"
ROSTER_AGENTS = "globalSettings/agents"
DEPARTMENTS = "globalSettings/departments"
CAPACITY = "livechat/autoDistribution"
AWAY_STATUSES = ("livechat/customAwayStatus", "globalSettings/agentAwayStatuses")  # the older path first
PAGE_SIZE = 100
ROSTER_CALLS = 4
TOKEN_LIFETIME = 7200.0
"""Seconds; what the documented sample of a token says, for one that cannot be read."""
REFRESH_AT = 0.8
"""Share of a token's life after which a new one is fetched."""

_LIMIT_WORDS = re.compile(r"\b(?:limit|quota)s?\b|exceed", re.IGNORECASE)

Row = TypeVar("Row")


class Comm100Options(SourceOptions):
    """A site of Comm100."""

    url: Url
    """Address of the API: https://apiN.comm100.io/api/v3, N as in the address of the control panel."""
    token_url: Url
    """Address of the log-in: https://portalN.comm100.io/adminwebservice/api/jwttoken/generate."""
    username: Login
    """E-mail of the agent account that logs in."""
    password: Secret
    """Its password."""
    site_id: Annotated[str, Field(min_length=1)]
    """Id of the site, in quotes."""
    api: Literal["v3"] = "v3"
    """Generation of the API."""
    auth: Literal["jwt"] = "jwt"
    """Way of logging in."""


class _Error(msgspec.Struct):
    code: Text = None
    message: Text = None


class _TokenAnswer(msgspec.Struct):
    token: Annotated[str, msgspec.Meta(min_length=1)]


class _Claims(msgspec.Struct):
    exp: float
    nbf: float | None = None
    iat: float | None = None


class _LiveRow(msgspec.Struct):
    id: Id
    status: str
    ongoingChats: Count | None = None  # noqa: N815 - wire name


class _AgentRow(msgspec.Struct):
    id: Id
    email: Text = None
    displayName: Text = None  # noqa: N815 - wire name
    firstName: Text = None  # noqa: N815 - wire name
    lastName: Text = None  # noqa: N815 - wire name
    isActive: bool | None = None  # noqa: N815 - wire name
    departmentIds: list[Id] | None = None  # noqa: N815 - wire name


class _NamedRow(msgspec.Struct):
    id: Id
    name: Text = None


class _AgentCapacity(msgspec.Struct):
    agentId: Id  # noqa: N815 - wire name
    ifAutoAcceptChat: bool | None = None  # noqa: N815 - wire name
    maxConcurrentChats: Count | None = None  # noqa: N815 - wire name


class _Capacity(msgspec.Struct):
    isLimitMaxConcurrentChatsForAllAgents: bool | None = None  # noqa: N815 - wire name
    maxConcurrentChatsForAllAgents: Count | None = None  # noqa: N815 - wire name
    agentAutoDistributions: list[msgspec.Raw] | None = None  # noqa: N815 - wire name


class _Token(msgspec.Struct, frozen=True):
    value: str
    refresh_at: float


class Comm100:
    needs_roster = False

    def __init__(self, options: Comm100Options) -> None:
        self._options = options
        self._token: _Token | None = None
        self._login = asyncio.Lock()

    async def roster(self, calls: Calls) -> Roster:
        tally = Tally()
        notes: list[str] = []
        agents = await self._pages(calls, ROSTER_AGENTS, "agents", _AgentRow, tally, {"include": "department,role"})
        departments = await self._pages(calls, DEPARTMENTS, "departments", _NamedRow, tally)
        active = [row for row in agents if row.isActive is not False]
        limit, own = await self._capacity(calls, tally, notes)
        return Roster(
            accounts={str(row.id): _account(row) for row in active},
            groups=tuple(Group(str(row.id), text(row.name)) for row in departments),
            capacity=own,
            capacity_of_all=limit,
            away_statuses=await self._away_statuses(calls, tally, notes),
            inactive=frozenset(str(row.id) for row in agents if row.isActive is False),
            notes=tuple(notes),
            records=tally.records,
            rejected=tally.rejected,
        )

    async def live(self, calls: Calls, roster: Roster | None, _previous: Snapshot | None) -> Snapshot:
        return decode_live(self._options.name, await self._get(calls, AGENTS), calls, roster)

    # ---------------------------------------------------------------- roster

    async def _capacity(self, calls: Calls, tally: Tally, notes: list[str]) -> tuple[int | None, Mapping[str, int]]:
        try:
            body = await self._get(calls, CAPACITY)
        except PollError as error:
            if not is_refused(error):
                raise
            notes.append(f"{CAPACITY} is refused ({error.status}): capacity and so free slots are not known")
            return None, {}
        return decode_capacity(body, tally)

    async def _away_statuses(self, calls: Calls, tally: Tally, notes: list[str]) -> frozenset[str] | None:
        for path in AWAY_STATUSES:
            try:
                found = await self._pages(calls, path, "agentAwayStatuses", _NamedRow, tally)
            except PollError as error:
                if not is_refused(error):
                    raise
            else:
                return frozenset(text(row.name).casefold() for row in found)
        notes.append("the list of away statuses is refused: any other status name counts as away")
        return None

    async def _pages(
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
            items, more = _page(await self._get(calls, path, query), key, path, len(found))
            fresh = [row for row in rows(items, kind, tally, path) if _row_id(row) not in seen]
            found += fresh
            seen.update(map(_row_id, fresh))
            if not fresh or more is None:
                return found
            query |= {"pageIndex": str(page + 1)} | _own_spelling(more)
        raise PollError(Reason.DECODE, f"the pages of {path} have no end ({MAX_PAGES} read)")

    # ---------------------------------------------------------------- requests and log-in

    async def _get(self, calls: Calls, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """A body of the API; logs in first where needed, and once more where the token is refused."""
        token = await self._fresh_token(calls)
        try:
            return await self._get_once(calls, path, params, token)
        except PollError as error:
            if error.status != 401:  # noqa: PLR2004 - unauthorised
                raise
        if self._token is token:
            self._token = None
        return await self._get_once(calls, path, params, await self._fresh_token(calls))

    async def _get_once(self, calls: Calls, path: str, params: Mapping[str, str] | None, token: _Token) -> bytes:
        return await calls.get(
            f"{self._options.url}/{path}",
            params=params,
            headers={"Authorization": f"Bearer {token.value}"},
            explain=lambda status, body: explain(path, status, body, calls, token.value),
        )

    async def _fresh_token(self, calls: Calls) -> _Token:
        """The token in use, or a new one; however many ask, one log-in is made."""
        async with self._login:
            if self._token is None or calls.clock.now().elapsed >= self._token.refresh_at:
                self._token = await self._log_in(calls)
            return self._token

    async def _log_in(self, calls: Calls) -> _Token:
        payload = {
            "LoginType": "Password",
            "Username": self._options.username.reveal(),
            "Password": self._options.password.reveal(),
            "SiteId": self._options.site_id,
        }
        body = await calls.post_json(
            self._options.token_url,
            payload,
            explain=lambda status, answer: explain("the log-in", status, answer, calls),
        )
        if b'"token"' not in body and (error := _error_of(body)):
            words = message(error.message, calls) or message(error.code, calls) or "no message"
            raise PollError(Reason.VENDOR_ERROR, f"the log-in answered with an error: {words}")
        token = decode(body, _TokenAnswer, "the log-in").token
        now = calls.clock.now()
        return _Token(token, now.elapsed + REFRESH_AT * token_lifetime(token, now))


def token_lifetime(token: str, now: Now) -> float:
    """Seconds that a token lives, from its own claims: their difference where both are there, so that a vendor's
    clock that differs from ours does no harm.
    """
    try:
        payload = token.split(".")[1]
        claims = msgspec.json.decode(
            base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims, strict=False
        )
    except (IndexError, ValueError, msgspec.DecodeError):
        return TOKEN_LIFETIME
    begin = claims.nbf if claims.nbf is not None else claims.iat
    return max(claims.exp - (now.wall if begin is None else begin), 0.0)


def explain(path: str, status: int, body: bytes, calls: Calls, *secrets: str) -> PollError | None:
    """The vendor's reading of a refusal: its 403 means no permission, no such edition, or the quota of the day."""
    error = _error_of(body)
    words = message(error.message, calls, *secrets) if error else ""
    match status:
        case 401:
            return PollError(Reason.AUTH, f"{path} refuses the credentials ({words or status})")
        case 403 if _LIMIT_WORDS.search(words):
            return PollError(Reason.RATE_LIMITED, f"{path} says that a limit is reached: {words}")
        case 403:
            return PollError(Reason.FORBIDDEN, f"{path} is denied: {words or 'no permission, or not in this edition'}")
        case _:
            return None


def _error_of(body: bytes) -> _Error | None:
    """The vendor's error object, where the body is one."""
    try:
        error = msgspec.json.decode(body, type=_Error, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return error if error.message is not None or error.code is not None else None


def _listed(body: bytes, what: str) -> list[msgspec.Raw]:
    """The rows of a bare list. An error object in a 200 body says error, whatever its status."""
    if not body.lstrip().startswith(b"["):
        if error := _error_of(body):
            raise PollError(Reason.VENDOR_ERROR, f"{what} answered with error {text(error.code) or '?'}")
        raise unrecognised(what, body)
    return decode(body, list[msgspec.Raw], what)


def _page(body: bytes, key: str, what: str, so_far: int) -> tuple[list[msgspec.Raw], str | None]:
    """The rows of one page, and the query of the next: "" to go on by index, None at the end."""
    if body.lstrip().startswith(b"["):
        return decode(body, list[msgspec.Raw], what), None
    page = decode(body, dict[str, msgspec.Raw], what)
    if key not in page:
        return _listed(body, what), None  # raises: an error object, or nothing that is known
    items = decode(page[key], list[msgspec.Raw], what)
    if "nextPage" in page:
        following = decode(page["nextPage"], str, what) if bytes(page["nextPage"]) != b"null" else ""
        return items, _query(following, what) if following else None
    total = decode(page["count"], Count, what) if "count" in page else 0
    return items, "" if so_far + len(items) < total else None


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


def _account(row: _AgentRow) -> Account:
    return Account(
        id=str(row.id),
        email=text(row.email),
        name=text(row.displayName) or text(row.firstName, row.lastName),
        groups=frozenset(map(str, row.departmentIds or ())),
    )


def decode_capacity(body: bytes, tally: Tally) -> tuple[int | None, Mapping[str, int]]:
    """One limit for all agents, or each agent's own where it accepts chats by itself: (limit, by account).

    0 or absent means not set, not "no slot".
    """
    capacity = decode(body, _Capacity, CAPACITY)
    if capacity.isLimitMaxConcurrentChatsForAllAgents:
        return capacity.maxConcurrentChatsForAllAgents or None, {}
    if capacity.agentAutoDistributions is None:
        _listed(body, CAPACITY)  # raises: an error object, or nothing that is known
    own = rows(capacity.agentAutoDistributions or (), _AgentCapacity, tally, CAPACITY)
    return None, {
        str(row.agentId): row.maxConcurrentChats for row in own if row.ifAutoAcceptChat and row.maxConcurrentChats
    }


def decode_live(source: str, body: bytes, calls: Calls, roster: Roster | None) -> Snapshot:
    tally = Tally()
    roster = roster or Roster(accounts={})
    found = [row for row in rows(_listed(body, AGENTS), _LiveRow, tally, AGENTS) if str(row.id) not in roster.inactive]
    listed = {str(row.id): roster.accounts.get(str(row.id)) or Account(str(row.id)) for row in found}
    return tally.snapshot(
        source,
        calls,
        accounts={**roster.accounts, **listed},
        readings=[_reading(row, roster, tally) for row in found],
        groups=roster.groups,
        unlisted=len(roster.accounts.keys() - listed.keys() - tally.rejected_ids),
    )


def _reading(row: _LiveRow, roster: Roster, tally: Tally) -> Reading:
    account = str(row.id)
    capacity = roster.capacity.get(account, roster.capacity_of_all)
    ongoing = row.ongoingChats
    tally.check(load_over_capacity=capacity is not None and ongoing is not None and ongoing > capacity)
    presence, accepting, reason = _presence(row.status, roster.away_statuses, tally)
    free = None if capacity is None or ongoing is None else max(capacity - ongoing, 0) * accepting
    return Reading(
        account=account,
        channel=Channel.CHAT,
        groups=roster.accounts[account].groups if account in roster.accounts else frozenset(),
        presence=presence,
        accepting=accepting,
        used=ongoing,
        free=free,
        reason=reason,
    )


def _presence(status: str, away: frozenset[str] | None, tally: Tally) -> tuple[Presence, bool, str]:
    """Presence, accepting and reason; a site names its own away statuses, so the list decides where it is known."""
    match status.strip().casefold():
        case "online":
            return Presence.CONNECTED, True, ""
        case "offline":
            return Presence.OFFLINE, False, ""
        case "away":
            return Presence.CONNECTED, False, "Away"
        case name if away is None or name in away:
            return Presence.CONNECTED, False, reason_text(status)
        case _:
            tally.unknown[reason_text(status)] += 1
            return Presence.UNKNOWN, False, reason_text(status)


VENDOR = Vendor(
    name="comm100",
    options=Comm100Options,
    build=lambda options, _demand: Comm100(options),
    count=lambda _options, _demand: RequestCount(live=1, roster=ROSTER_CALLS),
    group_pattern=re.compile(r".+"),
    group_help="a department's id or name",
)
