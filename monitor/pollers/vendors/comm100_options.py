"""Options of a site of Comm100: which generation of its API, which log-in, and where each path lies."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

import msgspec
from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from monitor.fields import Login, Secret, Url
from monitor.options import Options
from monitor.pollers.vendors.base import HookOptions, Limit, SourceOptions

_PATH = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*")


def _check_path(value: str) -> str:
    path = value.removeprefix("/").removesuffix("/")
    if not _PATH.fullmatch(path):
        raise ValueError("not a path below url; write it as in livechat/agents")
    return path


ApiPath = Annotated[
    str, AfterValidator(_check_path), WithJsonSchema({"type": "string", "pattern": f"^/?{_PATH.pattern}/?$"})
]
"""A path below `url`, without a host, a query or a step upwards."""


class Comm100Paths(Options):
    """Paths below `url`, where a server has them elsewhere: the vendor's own documents disagree about them."""

    live_agents: ApiPath | None = None
    """Who is there now (default livechat/agents)."""
    roster_agents: ApiPath | None = None
    """Who exists (default globalSettings/agents; v4: global/agents)."""
    departments: ApiPath | None = None
    """Departments (default globalSettings/departments; v4: global/departments)."""
    capacity: ApiPath | None = None
    """Chats that an agent may have at once (default livechat/autoDistribution; v4: livechat/autoDistributionConfig)."""
    real_time_agents: ApiPath | None = None
    """The same on v4, where `capacity` is refused (default livechat/realTime/Agents)."""
    away_statuses: ApiPath | None = None
    """Names of away statuses (default livechat/customAwayStatus, then globalSettings/agentAwayStatuses;
    v4: global/agentAwayStatuses)."""
    queue: ApiPath | None = None
    """Who waits for whom (default livechat/reports/realtime/queue; v4: livechat/realTime/Queue)."""
    right_now: ApiPath | None = None
    """How many wait, where `queue` is refused (default livechat/reports/realtime/rightnow;
    v4: livechat/realTime/RightNow)."""
    visitors: ApiPath | None = None
    """Visitors in a chat, asked for with `status=chatting` (default livechat/visitors/chatting, then
    livechat/visitors; v4: livechat/visitors)."""


class Paths(msgspec.Struct, frozen=True):
    """Where each part of the API lies; of several, the first that is not refused. Empty: there is none."""

    live_agents: str
    roster_agents: str
    departments: str
    capacity: str
    away_statuses: tuple[str, ...]
    queue: str
    right_now: str
    visitors: tuple[str, ...]
    real_time_agents: str = ""


_PATHS = {
    "v3": Paths(
        live_agents="livechat/agents",
        roster_agents="globalSettings/agents",
        departments="globalSettings/departments",
        capacity="livechat/autoDistribution",
        away_statuses=("livechat/customAwayStatus", "globalSettings/agentAwayStatuses"),  # the older path first
        queue="livechat/reports/realtime/queue",
        right_now="livechat/reports/realtime/rightnow",
        visitors=("livechat/visitors/chatting", "livechat/visitors"),  # the older path first
    ),
    "v4": Paths(
        live_agents="livechat/agents",
        roster_agents="global/agents",
        departments="global/departments",
        capacity="livechat/autoDistributionConfig",
        away_statuses=("global/agentAwayStatuses",),
        queue="livechat/realTime/Queue",
        right_now="livechat/realTime/RightNow",
        visitors=("livechat/visitors",),
        real_time_agents="livechat/realTime/Agents",
    ),
}

_NEEDS: Mapping[str, frozenset[str]] = {
    "jwt": frozenset({"token_url", "password", "site_id"}),
    "oauth": frozenset({"token_url", "password"}),
    "basic": frozenset({"api_key"}),
}
_CONDITIONAL = ("token_url", "password", "api_key", "site_id")
_HOW = {
    "jwt": "it logs in at token_url with username, password and site_id",
    "oauth": "it logs in at token_url with username and password",
    "basic": "it sends username and api_key with each request, and site_id on v4",
}


class Comm100Options(SourceOptions):
    """A site of Comm100."""

    url: Url
    """Address of the API: https://apiN.comm100.io/api/v3 or https://apiN.comm100.io/v4, N as in the address of the
    control panel."""
    api: Literal["v3", "v4"] = "v3"
    """Generation of the API."""
    auth: Literal["jwt", "oauth", "basic"] = "jwt"
    """Way of logging in: jwt and oauth by password for a token, basic by API key with each request."""
    username: Login
    """E-mail of the agent account that logs in."""
    token_url: Url | None = None
    """For jwt and oauth, address of the log-in: https://portalN.comm100.io/adminwebservice/api/jwttoken/generate
    or https://portalN.comm100.io/oauth/token."""
    password: Secret | None = None
    """For jwt and oauth, the account's password."""
    api_key: Secret | None = None
    """For basic, the account's API key."""
    site_id: Annotated[str, Field(min_length=1)] | None = None
    """For jwt, and for basic on v4: id of the site, in quotes."""
    queue: bool = False
    """Whether to read who waits, too: one more request a poll, out of a quota of the day that is not published."""
    visitors: bool = False
    """Whether to read how many visitors are in a chat, too: one more request a poll, out of the same quota."""
    hook: HookOptions | None = None
    """Webhook `agentStatusChanges` and the like as a hint to poll at once (default: none)."""
    paths: Comm100Paths = Comm100Paths()
    """Paths of the API, where a server has them elsewhere."""

    @model_validator(mode="after")
    def _fits_the_log_in(self) -> Self:
        """What a log-in needs is there, and nothing that it would ignore."""
        needed = _NEEDS[self.auth] | ({"site_id"} if self.names_site else set())
        given = {name for name in _CONDITIONAL if getattr(self, name) is not None}
        missing, idle = needed - given, given - needed
        if missing or idle:
            lacks = [f"needs {_listed(missing)}"] if missing else []
            ignores = [f"has no use for {_listed(idle)}"] if idle else []
            raise ValueError(f"auth: {self.auth} {' and '.join([*lacks, *ignores])}; {_HOW[self.auth]}")
        return self

    @model_validator(mode="after")
    def _fits_the_generation(self) -> Self:
        if self.paths.real_time_agents is not None and not _PATHS[self.api].real_time_agents:
            raise ValueError(f"api: {self.api} has no use for paths.real_time_agents; leave it out")
        return self

    @property
    def names_site(self) -> bool:
        """Whether each request names the site: v4 wants it beside an API key (dash11.comm100.io/doc)."""
        return self.api == "v4" and self.auth == "basic"


def _listed(names: Iterable[str]) -> str:
    return " and ".join(name for name in _CONDITIONAL if name in set(names))


def paths_of(options: Comm100Options) -> Paths:
    """The paths of this generation, those of the configuration over them."""
    given = {name: value for name, value in options.paths if value is not None}
    given |= {name: (given[name],) for name in ("away_statuses", "visitors") if name in given}
    return msgspec.structs.replace(_PATHS[options.api], **given)


def limit_of(options: Comm100Options) -> Limit:
    """v4: 300 requests in five minutes for an address, so for all its sources. v3: a quota of the day, without a
    number (www.comm100.com/doc/api/introduction.htm; developer.comm100.com/docs/server-api-introduction).
    """
    if options.api == "v4":
        says = "Comm100 allows an address 300 requests in five minutes"
        return Limit(shared=("comm100", "v4"), per_minute=60, says=says)
    says = "Comm100 has a quota for the day, whose size it does not publish"
    return Limit(shared=("comm100", options.url, options.username), per_minute=None, says=says)
