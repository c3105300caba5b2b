"""Comm100's real-time reports and visitors: the rows of v3 (v3/reports.md and seed 004, "Visitor")."""

from collections.abc import Sequence
from statistics import fmean
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from monitor.simulator.comm100_rows import Row
from monitor.simulator.directory import COMM100_DEPARTMENTS, Channel
from monitor.simulator.staff import Post, Presence, Waiting
from monitor.simulator.world import World

TO_SITE, TO_DEPARTMENT = 0, 1
CHATTING: Final = 3
"""The sample's status is this number, though the filter is the word "chatting" (Livechat API.md)."""
WAITING: Final = 1


def queue(world: World, posts: Sequence[Post], waiting: Sequence[Waiting], *, one_queue: bool) -> list[Row]:
    """Tell who waits, per department or in one row for the site.

    The averages of the last half hour and hour are told of those that wait now; nobody is told to have left.
    """
    if one_queue:
        return [_route({"type": TO_SITE}, posts, [world.waited(each) for each in waiting], waiting)]
    return [
        _route(
            {"type": TO_DEPARTMENT, "id": guid},
            [post for post in posts if team in post.account.teams],
            [world.waited(each) for each in waiting if each.team is team],
            [each for each in waiting if each.team is team],
        )
        for team, guid in COMM100_DEPARTMENTS.items()
    ]


def _route(to: Row, posts: Sequence[Post], waits: Sequence[float], waiting: Sequence[Waiting]) -> Row:
    average = round(fmean(waits), 1) if waits else 0.0
    return {
        "routeTo": to,
        "ongoingChats": _chats(posts),
        "avgWaitTimeInLast30Mins": average,
        "avgWaitTimeInLast60Mins": average,
        "abandonedChatsInLast30Mins": 0.0,
        "switchedToMessagesInLast30Mins": 0.0,
        "queue": [
            {"visitorId": _visitor_id(f"queue {each.number}"), "waitTime": float(wait)}
            for each, wait in zip(waiting, waits, strict=True)
        ],
    }


def right_now(posts: Sequence[Post], waiting: Sequence[Waiting], *, allocation: bool, chatbot: bool) -> Row:
    """Tell the site in numbers; two exist only with automatic allocation, two only with the chatbot."""
    chats, slots = _chats(posts), _online_slots(posts)
    allocated: Row = {
        "currentQueueLength": len(waiting),
        "chatUtilization": round(chats / slots, 2) if slots else 0.0,
    }
    return {
        "agentsInChat": sum(post.used(Channel.CHAT) > 0 for post in posts),
        "ongoingChats": chats,
        "visitorsOnSite": chats + len(waiting),
        "loggedInAgents": sum(post.connected for post in posts),
        **(allocated if allocation else {}),
        **({"ongoingChatsWithAgents": chats, "ongoingChatsWithChatbot": 0} if chatbot else {}),
    }


def visitors(posts: Sequence[Post], waiting: Sequence[Waiting], status: str | None) -> list[Row]:
    """List the visitors of a status, or all of them; those who only look round are not simulated."""
    lines = {"chatting": chatting(posts), "waitingForChat": [_waits(each) for each in waiting]}
    return [row for name, line in lines.items() if status in {None, name} for row in line]


def chatting(posts: Sequence[Post]) -> list[Row]:
    """List the visitors that somebody talks with."""
    return [
        _visitor(f"visitor {post.account.number} {number}", f"{post.account.number}-{number}", CHATTING)
        for post in posts
        for number in range(1, post.used(Channel.CHAT) + 1)
    ]


def _waits(each: Waiting) -> Row:
    return _visitor(f"queue {each.number}", f"queue-{each.number}", WAITING)


def _visitor(key: str, name: str, status: int) -> Row:
    return {
        "id": _visitor_id(key),
        "name": f"Visitor {name}",
        "email": "",
        "numberOfVisits": 1,
        "numberOfChats": 1,
        "firstVisitTime": "2026-01-01T00:00:00Z",
        "status": status,
    }


def _chats(posts: Sequence[Post]) -> int:
    return sum(post.used(Channel.CHAT) for post in posts)


def _online_slots(posts: Sequence[Post]) -> int:
    return sum(post.slots(Channel.CHAT) for post in posts if post.seat.presence is Presence.ONLINE)


def _visitor_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))
