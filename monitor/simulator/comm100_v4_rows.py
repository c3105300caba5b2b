"""The rows of Comm100's API v4."""

from collections.abc import Sequence
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from monitor.simulator import comm100_rows as v3
from monitor.simulator.directory import COMM100_AWAY_STATUSES, COMM100_DEPARTMENTS, Channel
from monitor.simulator.staff import Post, Presence

Row = dict[str, object]

NO_CUSTOM_STATUS: Final = str(UUID(int=0))
SYSTEM_AWAY: Final = "Away"
NOT_SET: Final = 0


def agent_id(post: Post) -> str:
    """Return the GUID of an account; it follows from the number that v3 tells."""
    return str(uuid5(NAMESPACE_URL, f"comm100 agent {post.account.number}"))


def status_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def live(post: Post, status: str) -> Row:
    """Tell an agent; with `status` "id" a custom away status is told by its id, as in the report."""
    row = {**v3.live(post), "id": agent_id(post)}
    custom = _current(post)
    return {**row, "status": custom} if status == "id" and custom != NO_CUSTOM_STATUS else row


def report(post: Post, limit_for_all: int | None) -> Row:
    """One row of `realTime/Agents`; the sample's `statusDistribution` is empty, and so is this one."""
    return {
        "agentId": agent_id(post),
        "displayName": f"{post.person.first} {post.person.last}",
        "currentStatusId": _current(post),
        "ongoingChats": post.used(Channel.CHAT),
        "maxConcurrentChats": _capacity(post, limit_for_all),
        "intradayChats": post.used(Channel.CHAT),
        "intradayLinearChatTime": _linear(post),
        "statusDistribution": {},
    }


def _current(post: Post) -> str:
    """Only a custom away status has an id here: Online, plain Away and Offline all look alike."""
    named = post.seat.presence is Presence.AWAY and post.seat.reason not in {"", SYSTEM_AWAY}
    return status_id(post.seat.reason) if named else NO_CUSTOM_STATUS


def _capacity(post: Post, limit_for_all: int | None) -> int:
    if limit_for_all is not None:
        return limit_for_all
    return post.slots(Channel.CHAT) if post.account.auto_accept else NOT_SET


def _linear(post: Post) -> str:
    """Word a time as the vendor does, to the ten-millionth of a second."""
    oldest = max((post.at - contact.started for contact in post.held(Channel.CHAT)), default=0.0)
    minutes, seconds = divmod(int(oldest), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.0000000"


def member(post: Post) -> Row:
    return {
        "id": agent_id(post),
        "email": post.person.email,
        "displayName": post.person.first,
        "firstName": post.person.first,
        "lastName": post.person.last,
        "isAdmin": False,
        "isActive": post.account.active,
        "title": "Agent",
        "departmentIds": [COMM100_DEPARTMENTS[team] for team in post.account.teams if team in COMM100_DEPARTMENTS],
    }


def departments() -> list[Row]:
    return [{"id": guid, "name": team.title(), "description": ""} for team, guid in COMM100_DEPARTMENTS.items()]


def away_statuses() -> list[Row]:
    """List the system's own "Away" first, as dash15.comm100.io/doc/Global/agentAwayStatus does."""
    names = (SYSTEM_AWAY, *COMM100_AWAY_STATUSES)
    return [
        {"id": status_id(name), "name": name, "order": order, "isSystem": name == SYSTEM_AWAY}
        for order, name in enumerate(names)
    ]


def auto_distribution(posts: Sequence[Post], limit_for_all: int | None) -> Row:
    """Tell capacities; the truth value that v3 calls `isLimit…` is `ifLimit…` here."""
    first, second, *_ = COMM100_DEPARTMENTS.values()
    return {
        "isEnabled": True,
        "autoDistributionMethod": "loadBalancing",
        "isLastChattedAgentPreferredForAutoDistribution": True,
        "ifLimitMaxConcurrentChatsForAllAgents": limit_for_all is not None,
        "maxConcurrentChatsForAllAgents": limit_for_all or NOT_SET,
        "ifAgentCanManuallyAcceptChatsAfterReachingMaxChatsLimit": True,
        "ifNotAutoDistributeChatsToAgentsWhenHavingAudioVideoChat": False,
        "isLastChattedAgentPreferredForAutoAccept": True,
        "agentAutoDistributionConfigs": [
            {
                "agentId": agent_id(post),
                "ifAutoAcceptChat": post.account.auto_accept,
                "maxConcurrentChats": post.slots(Channel.CHAT) if post.account.auto_accept else NOT_SET,
            }
            for post in posts
        ],
        "departmentAutoDistributionConfigs": [
            {
                "departmentId": first,
                "autoDistributionMethod": "loadBalancing",
                "isLastChattedAgentPreferred": True,
                "backupDepartmentId": second,
            }
        ],
    }
