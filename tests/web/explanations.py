"""Explanations for tests of what is made of them: short to write, complete."""

from typing import Any

from builders import T0

from monitor.explanation import (
    AccountExplanation,
    ChannelExplanation,
    PersonExplanation,
    SelectorExplanation,
    SourceExplanation,
    TeamExplanation,
)
from monitor.model import Channel, Presence, State, Status, Targets


def account(source: str = "iadvize", **fields: Any) -> AccountExplanation:
    """Accepting, with one slot of three used."""
    given: dict[str, Any] = {
        "name": "agent-1",
        "id": "",
        "presence": Presence.CONNECTED,
        "accepting": True,
        "used": 1,
        "free": 2,
        "is_configured": False,
        "groups": (),
        "reason": "",
        "idle": None,
        "is_unread": False,
    }
    return AccountExplanation(source=source, **given | fields)


def person(name: str = "agent-1", state: State | None = State.PARTIAL, **fields: Any) -> PersonExplanation:
    given: dict[str, Any] = {
        "accounts": (account(),),
        "merged": None,
        "limit": None,
        "state": state,
        "used": 1,
        "free": 2,
        "counts_as": state,
        "is_inactive": False,
        "is_uncertain": False,
        "slots_used": 1,
        "slots_free": 2,
        "slots_finishing": 0,
    }
    return PersonExplanation(name=name, **given | fields)


def channel(*people: PersonExplanation, **fields: Any) -> ChannelExplanation:
    given: dict[str, Any] = {
        "channel": Channel.CHAT,
        "status": Status.OK,
        "why": "1 available, target 1",
        "targets": Targets(),
        "available": 1,
        "agents": dict.fromkeys(State, 0),
        "uncertain": 0,
        "inactive": 0,
        "used": 1,
        "free": 2,
        "finishing": 0,
        "occupancy": 1 / 3,
        "availability": 1.0,
        "queue_length": None,
        "queue_longest_wait": None,
    }
    return ChannelExplanation(people=people, **given | fields)


def source(name: str = "iadvize", **fields: Any) -> SourceExplanation:
    given: dict[str, Any] = {
        "vendor": "iadvize",
        "is_member": True,
        "fresh": True,
        "age": 4.0,
        "max_age": 60.0,
        "failure": None,
        "roster_failure": None,
        "costs": "",
        "notes": (),
    }
    return SourceExplanation(name=name, **given | fields)


def selector(name: str = "iadvize", **fields: Any) -> SelectorExplanation:
    given: dict[str, Any] = {
        "groups": (),
        "agents": (),
        "agents_count": 0,
        "exclude": (),
        "exclude_count": 0,
        "matched": 3,
        "has_matched": True,
        "queues": (),
        "problems": (),
    }
    return SelectorExplanation(source=name, **given | fields)


def explanation(*channels: ChannelExplanation, team: str = "sales", **fields: Any) -> TeamExplanation:
    given: dict[str, Any] = {
        "at": T0.wall,
        "hours": None,
        "is_open": True,
        "complete": True,
        "missing": (),
        "sources": (source(),),
        "selectors": (selector(),),
        "is_named": False,
    }
    return TeamExplanation(team=team, channels=channels or (channel(person()),), **given | fields)
