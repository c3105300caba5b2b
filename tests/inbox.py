"""What an Alertmanager sends, caught: pages, chat messages, mails and the dead man's switch."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Inbox:
    """Everything that arrived, in order; a page is what PagerDuty gets, its routing key says at whom."""

    url: str = ""
    pages: list[dict[str, Any]] = field(default_factory=list)
    chats: list[dict[str, Any]] = field(default_factory=list)
    mails: list[dict[str, Any]] = field(default_factory=list)
    beats: list[dict[str, Any]] = field(default_factory=list)

    def paged(self, key: str, action: str = "trigger") -> list[dict[str, Any]]:
        """Return the pages of a routing key: `trigger` opens or repeats, `resolve` closes."""
        return [page for page in self.pages if page["routing_key"] == key and page["event_action"] == action]

    def said(self, channel: str) -> list[str]:
        """Return the title of each message in a chat room."""
        return [chat["attachments"][0]["title"] for chat in self.chats if chat["channel"] == channel]

    def mailed(self) -> list[str]:
        """Return the summary of each alert that was mailed."""
        return [alert["annotations"]["summary"] for mail in self.mails for alert in mail["alerts"]]


@asynccontextmanager
async def inbox() -> AsyncIterator[Inbox]:
    """Listen on a free port and take whatever comes."""
    box = Inbox()

    async def take(request: web.Request) -> web.Response:
        letters: list[dict[str, Any]] = getattr(box, request.match_info["kind"])
        letters.append(await request.json())
        return web.json_response({"status": "success"}, status=202 if letters is box.pages else 200)

    app = web.Application()
    app.router.add_post("/{kind:pages|chats|mails|beats}", take)
    async with TestServer(app) as server:
        box.url = str(server.make_url("/"))
        yield box
