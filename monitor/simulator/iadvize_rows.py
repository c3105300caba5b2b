"""The rows of iAdvize's REST v2."""

from typing import Final

from monitor.simulator.directory import IADVIZE_GROUPS, IADVIZE_SKILLS, IADVIZE_WEBSITES, Channel
from monitor.simulator.staff import Post, Presence

FIRST_ID: Final = 400
CHANNELS: Final = (Channel.CHAT, Channel.CALL, Channel.VIDEO)

Row = dict[str, object]


def operator_id(post: Post) -> int:
    return FIRST_ID + post.account.number


def group_id(post: Post) -> int | None:
    """Return the one group that an operator can have: that of the first team with a group."""
    return next((IADVIZE_GROUPS[team] for team in post.account.teams if team in IADVIZE_GROUPS), None)


def skill_ids(post: Post) -> list[int]:
    return [IADVIZE_SKILLS[team] for team in post.account.teams if team in IADVIZE_SKILLS]


def website_ids(post: Post) -> list[int]:
    return [IADVIZE_WEBSITES[post.account.number % len(IADVIZE_WEBSITES)]]


def collection(kind: str, number: int, name: str, operators: list[int]) -> Row:
    return {
        "id": number,
        "name": name,
        "created_at": "2019-03-04 09:30:00",
        "parent_id": None,
        "operator_list": operators,
        "_link": f"/{kind}/{number}",
    }


def operator(post: Post) -> Row:
    return {
        "id": operator_id(post),
        "name": post.person.last,
        "first_name": post.person.first,
        "pseudo": post.person.first,
        "email": post.person.email,
        "external_id": post.person.key,
        "role": "operator",
        "roles": ["operator"],
        **{f"{channel}_enabled": post.serves(channel) for channel in CHANNELS},
        "chat_max_number": post.slots(Channel.CHAT),
        "chat_and_call": post.account.chat_and_call,
        **{f"{channel}_priority": 0 for channel in CHANNELS},
        "language_list": ["en", "fr"],
        "language_admin": "en",
        "group_id": group_id(post),
        "website_list": website_ids(post),
        "skill_list": skill_ids(post),
        "sso_key": "",
        "_link": f"/operator/{operator_id(post)}",
    }


def live(post: Post) -> Row:
    channels = {str(channel): _channel(post, channel) for channel in CHANNELS}
    return {"id": operator_id(post), "connected": post.connected, **channels}


def _channel(post: Post, channel: Channel) -> Row:
    return {
        "enabled": post.serves(channel),
        "slot_number": post.used(channel),
        "slot_max_number": post.slots(channel) if post.serves(channel) else 1,
        "busy": post.accepting(channel) and not available(post, channel),
        "available": available(post, channel),
    }


def available(post: Post, channel: Channel) -> bool:
    """Whether a contact may be routed here; a call takes the chats of who may not do both."""
    other = {Channel.CHAT: Channel.CALL, Channel.CALL: Channel.CHAT}.get(channel)
    taken = other is not None and not post.account.chat_and_call and post.used(other) > 0
    online = post.seat.presence is Presence.ONLINE
    return online and post.accepting(channel) and post.free(channel) > 0 and not taken
