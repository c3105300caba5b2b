"""What both of LiveAgent's APIs say alike: ids, who is in a department, and statuses as letters."""

from collections.abc import Collection, Mapping
from typing import Final

from monitor.simulator.directory import LIVEAGENT_DEPARTMENTS, Channel, Department
from monitor.simulator.staff import Post

FIRST_ID: Final = 0xA6000000
LETTERS: Final[Mapping[Channel, str]] = {Channel.CHAT: "T", Channel.CALL: "P", Channel.TICKET: "M"}
READING: Final = "R"
FORGETFUL_EVERY: Final = 4


def user_id(post: Post) -> str:
    return f"{FIRST_ID + post.account.number:08x}"


def joined(letters: Collection[str]) -> str:
    return "".join(sorted(letters))


def find(number: str) -> Department | None:
    return next((each for each in LIVEAGENT_DEPARTMENTS if each.id == number), None)


def living() -> list[Department]:
    return [each for each in LIVEAGENT_DEPARTMENTS if not each.deleted]


def members(department: Department, posts: Collection[Post]) -> list[Post]:
    """List who is in a department; a deleted one keeps a member, who stays online there for ever.

    The vendor fixed that in its version 4.24 (#2714), so the list of a deleted department proves nothing.
    """
    if department.deleted:
        return list(posts)[:1]
    return [post for post in posts if department.team in post.account.teams]


def preset(post: Post, department: Department) -> set[str]:
    """Letters that the agent switched on; some clients forget them when they sign out."""
    if not post.connected and post.account.number % FORGETFUL_EVERY == 0:
        return set()
    return {READING} | {LETTERS[channel] for channel in department.channels if post.serves(channel)}


def online(post: Post, department: Department) -> set[str]:
    """Letters in force; on a break only reading is left, which is no availability."""
    if not post.connected:
        return set()
    return {READING} | {LETTERS[channel] for channel in department.channels if post.accepting(channel)}


def union(department: Department, posts: Collection[Post]) -> str:
    there = () if department.deleted else members(department, posts)
    return joined(set[str]().union(*(online(post, department) for post in there)))


def offered(department: Department) -> str:
    return joined({READING} | {LETTERS[channel] for channel in department.channels})
