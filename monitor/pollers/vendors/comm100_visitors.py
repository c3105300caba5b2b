"""How many visitors are in a chat at Comm100, of the whole site.

A row names no agent, and as department the one that the visitor chose before the chat, which need not be the one
that it was routed to (v3/Livechat API.md, "Live Chat Visitor Object"): the number says nothing of any agent's load
and of any team. Beside the agents' `ongoingChats` it is a second opinion, which may differ in good faith: who talks to
a chatbot has no agent, and up to four agents may be in a chat. Rows hold names, e-mail and addresses of visitors; only
their status is ever read.
"""

from dataclasses import replace

import msgspec

from monitor.errors import PollError, Reason
from monitor.pollers.vendors.comm100_beside import REFUSALS, Beside, Way
from monitor.pollers.vendors.comm100_client import Client
from monitor.pollers.vendors.comm100_options import Paths
from monitor.pollers.vendors.comm100_refusals import listed
from monitor.pollers.vendors.wire import Text, decode, text

CHATTING = "chatting"
NO_SUCH_VISITOR = frozenset({400, 500})
"""The path of the older documents is that of a visitor named "chatting" in the newer: not found, or "arguments do not
match the format", which is a 400 or a 500 by the documents."""


def visitors_beside(client: Client, paths: Paths) -> Beside[int]:
    """The older path first: its server lists every visitor where the filter is meant, and the newer refuses it."""
    *older, last = (Way(path=path, decode=decode_visitors, params={"status": CHATTING}) for path in paths.visitors)
    ways = [*(replace(way, refusals=REFUSALS | NO_SUCH_VISITOR) for way in older), last]
    return Beside(client, "the number of visitors in a chat", ways)


class _Visitor(msgspec.Struct):
    status: Text = None


def decode_visitors(body: bytes, what: str) -> int:
    """The visitors that chat. Raises PollError where rows show that everybody on the site was listed.

    The documents have the status as a word; the sample has a number that nobody explains, and it stands for whatever
    was asked for as long as it is the only one.
    """
    listed(body, what)  # raises: an error object, or nothing that is known
    statuses = [text(row.status).casefold() for row in decode(body, list[_Visitor], what)]
    if any(status and not status.isdecimal() for status in statuses):
        return statuses.count(CHATTING)
    if len(set(statuses)) > 1:
        raise PollError(Reason.DECODE, f"{what} lists visitors of several statuses: its filter is not heeded")
    return len(statuses)
