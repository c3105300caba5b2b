"""Options of a LiveAgent account, and the combinations of them that cannot work."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from monitor.fields import Secret, Url
from monitor.pollers.vendors.base import Demand, Mistake, RequestCount, SourceOptions


class LiveAgentOptions(SourceOptions):
    """An account of LiveAgent."""

    url: Url
    """Address of the account, as in https://acme.ladesk.com (without /api)."""
    api_key: Secret
    """A key of the configured generation: the vendor refuses a key of v3 on v1, and the other way round."""
    api: Literal["v1", "v3"] = "v1"
    """Generation of the API. `v3` reads all departments in one call for each hundred agents, and open chats too."""
    live: Literal["departments", "agents"] = "departments"
    """What a live poll of v1 reads. `agents` is one request for everybody, but tells no department (teams cannot
    select groups), no paused channel, and its statuses are not documented: see the README before using it."""
    url_form: Literal["path", "index"] = "path"
    """`path` calls /api/PATH; `index` calls /api/index.php?handler=PATH, for servers without rewriting. Only v1."""
    departments: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)] | None = None
    """Ids of the departments to watch, in v1 one request each (default: every department that is not deleted)."""
    slots_per_agent: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Chats that one agent can hold, which no LiveAgent API tells. Free slots are this less the agent's open chats;
    where those are not known (v1, or v3 with a key that may not read chats) it gives nothing."""

    @property
    def chosen(self) -> tuple[str, ...]:
        """The departments named, each once; none means all."""
        return tuple(dict.fromkeys(self.departments or ()))


def count(options: LiveAgentOptions, _demand: Demand) -> RequestCount:
    """Requests of a poll: v3 reads agents and chats, `live: agents` one list, else each department has its own."""
    match options.api, options.live:
        case "v3", _:
            return RequestCount(live=2, roster=2)
        case _, "agents":
            return RequestCount(live=1, roster=2)
        case _:
            return RequestCount(live=len(options.chosen) or None, roster=1)


def mistakes(options: LiveAgentOptions, demand: Demand) -> Iterator[Mistake]:
    """Options that contradict each other, or what the teams select."""
    if options.api == "v3":
        if options.live == "agents":
            yield Mistake(option="live", message="agents is a call of API v1", hint="v3 reads everybody at once anyway")
        if options.url_form == "index":
            yield Mistake(option="url_form", message="index is a form of API v1", hint="use url_form: path")
        return
    if options.live == "agents":
        if demand.groups:
            message = "the list of agents tells no department, so the groups that teams select would match nobody"
            yield Mistake(option="live", message=message, hint="use live: departments, or name agents in the teams")
        if options.departments:
            message = "the list of agents cannot be limited to departments"
            yield Mistake(option="departments", message=message, hint="leave it out, or use live: departments")
