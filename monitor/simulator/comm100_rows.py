"""The rows of Comm100's API v3."""

from collections.abc import Collection, Sequence
from uuid import NAMESPACE_URL, uuid5

from monitor.simulator.directory import COMM100_AWAY_STATUSES, COMM100_DEPARTMENTS, Channel
from monitor.simulator.staff import Post, Presence

Row = dict[str, object]


def _status(post: Post) -> str:
    """Return the status; while away it is the name of a custom one where there is one."""
    match post.seat.presence:
        case Presence.ONLINE:
            # a chat channel that is switched off has no word of its own here
            return "Online" if post.accepting(Channel.CHAT) else "Away"
        case Presence.AWAY:
            return post.seat.reason or "Away"
        case Presence.OFFLINE:
            return "Offline"


def live(post: Post) -> Row:
    return {"id": post.account.number, "status": _status(post), "ongoingChats": post.used(Channel.CHAT)}


def departments() -> list[Row]:
    return [
        {"id": guid, "name": team.title(), "description": "", "isAvailable": True}
        for team, guid in COMM100_DEPARTMENTS.items()
    ]


def away_statuses() -> list[Row]:
    return [
        {"id": str(uuid5(NAMESPACE_URL, name)).upper(), "name": name, "isSystem": False, "order": order}
        for order, name in enumerate(COMM100_AWAY_STATUSES, start=1)
    ]


def member(post: Post, include: Collection[str]) -> Row:
    teams = [team for team in post.account.teams if team in COMM100_DEPARTMENTS]
    row: Row = {
        "id": post.account.number,
        "email": post.person.email,
        "displayName": post.person.first,
        "firstName": post.person.first,
        "lastName": post.person.last,
        "title": "Agent",
        "isActive": post.account.active,
        "departmentIds": [COMM100_DEPARTMENTS[team] for team in teams],
    }
    if "department" in include:
        row["departments"] = [{"id": COMM100_DEPARTMENTS[team], "name": team.title()} for team in teams]
    if "role" in include:
        row["roles"] = [{"id": 2, "name": "Agent"}]
    return row


def auto_distribution(posts: Sequence[Post], limit_for_all: int | None) -> Row:
    """Tell capacities: one for all, or per agent where chats are accepted automatically."""
    first, second, *_ = COMM100_DEPARTMENTS.values()
    return {
        # misspelt by the vendor, as is the truth value in quotes below
        "autoDistributionMethod": "loadBanlancing",
        "isLastChattedAgentPreferred": True,
        "isLimitMaxConcurrentChatsForAllAgents": limit_for_all is not None,
        "maxConcurrentChatsForAllAgents": limit_for_all or 0,
        "ifAutoAcceptChatWhenHavingAudioVideoChat": True,
        "ifAgentCanManuallyAcceptChatsAfterReachingMaxChatsLimit": True,
        "departmentAutoDistributions": [
            {"departmentId": first, "isLastChattedAgentPreferred": "true", "backupDepartmentId": second}
        ],
        "agentAutoDistributions": [_capacity(post) for post in posts],
    }


def _capacity(post: Post) -> Row:
    row: Row = {"agentId": post.account.number, "ifAutoAcceptChat": post.account.auto_accept}
    if post.account.auto_accept:
        row["maxConcurrentChats"] = post.slots(Channel.CHAT)
    return row
