"""The rows of LiveAgent's API v3. The letter P is a phone in a department, but a pause of an agent."""

from collections.abc import Collection
from typing import Final

from monitor.simulator import liveagent_letters as letters
from monitor.simulator.directory import LIVEAGENT_DEPARTMENTS, Channel, Department
from monitor.simulator.staff import Contact, Phase, Post, Presence, Waiting

MOBILE: Final = "mobile"
"""The `reason` of somebody online that a script makes the mobile app."""

Row = dict[str, object]


def agent(post: Post) -> Row:
    return {
        "id": letters.user_id(post),
        "name": f"{post.person.first} {post.person.last}",
        "email": post.person.email,
        "role": "agent",
        "role_id": "agent",
        "avatar_url": "",
        "online_status": _online(post),
        "status": "A" if post.account.active else "X",
        "gender": "X",
    }


def _online(post: Post) -> str:
    if not post.account.active:
        return "F"
    match post.seat.presence:
        case Presence.ONLINE:
            return "C" if post.seat.reason == MOBILE else "N"
        case Presence.AWAY:
            return "P"
        case Presence.OFFLINE:
            return "F"


def statuses(post: Post) -> list[Row]:
    return [
        {
            "departmentid": department.id,
            "online_status": letters.joined(letters.online(post, department)),
            "preset_status": letters.joined(letters.preset(post, department)),
            "work_allocation_allowed": post.seat.presence is Presence.ONLINE,
        }
        for department in letters.living()
        if department.team in post.account.teams
    ]


def grid(post: Post) -> Row:
    """One agent in all departments; what `userstatus` means is not documented, here it is the account's."""
    return {
        "agentid": letters.user_id(post),
        "firstname": post.person.first,
        "lastname": post.person.last,
        "system_name": f"{post.person.first} {post.person.last}",
        "username": post.person.email,
        "avatar_url": "",
        "roleid": "agent",
        "rolename": "Agent",
        "departments_statuses": statuses(post),
        "userstatus": "A",
    }


def department(each: Department, posts: Collection[Post]) -> Row:
    there = letters.members(each, posts)
    return {
        "department_id": each.id,
        # a float on the wire: docs/Department.md
        "agent_count": float(len(there)),
        "name": each.name,
        "online_status": letters.union(each, posts),
        "agent_ids": [letters.user_id(post) for post in there],
        "mailaccount_id": "",
    }


def activity(post: Post) -> Row:
    """Tell what somebody works on; that busy means "has a ticket open" is a guess, the document only names it."""
    tickets = [
        {
            "ticket_id": _id(post, number, contact),
            "ticket_code": _id(post, number, contact).upper(),
            "department_id": _home(post, contact.channel),
            "status": {Channel.CALL: "C"}.get(contact.channel, "J"),
            "ticket_status": {Channel.CHAT: "T", Channel.CALL: "P"}.get(contact.channel, "C"),
        }
        for number, contact in enumerate(post.seat.contacts)
    ]
    return {"id": letters.user_id(post), "agent_status": "B" if tickets else "A", "active_tickets": tickets}


def chats(post: Post) -> list[Row]:
    return [
        _chat(_id(post, number, contact), letters.user_id(post), _home(post, Channel.CHAT), _chatting(post, contact))
        for number, contact in enumerate(post.seat.contacts)
        if contact.channel is Channel.CHAT
    ]


def queued(waiting: Waiting) -> Row:
    home = next(each.id for each in LIVEAGENT_DEPARTMENTS if each.team is waiting.team)
    return _chat(f"q{waiting.number:07x}", "", home, "Q")


def _chat(number: str, agent_id: str, department_id: str, status: str) -> Row:
    return {
        "id": number,
        "subject": "",
        "rstatus": "I" if status == "Q" else "T",
        "department_id": department_id,
        "agent_id": agent_id,
        "status": status,
    }


def _chatting(post: Post, contact: Contact) -> str:
    """A new chat rings; for one that is talked in the document has two letters."""
    if contact.phase_at(post.at) is Phase.NEW:
        return "R"
    return "C" if contact.number % 4 == 1 else "T"


def _id(post: Post, number: int, contact: Contact) -> str:
    # scripted contacts have no number of their own
    return f"c{contact.number:07x}" if contact.number else f"s{post.account.number:05x}{number:02x}"


def _home(post: Post, channel: Channel) -> str:
    """Return the department in which somebody serves a channel: the first, because contacts have none of their own."""
    mine = [each for each in letters.living() if each.team in post.account.teams]
    serving = [each for each in mine if channel in each.channels]
    return next((each.id for each in (*serving, *mine)), "")
