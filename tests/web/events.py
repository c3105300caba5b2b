"""Server-sent events as a browser reads them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import ClientResponse, ClientTimeout
from aiohttp.test_utils import TestClient

WITHIN = 5.0


class Event(msgspec.Struct):
    name: str
    id: str
    data: Any

    @property
    def teams(self) -> list[str]:
        return [team["name"] for team in self.data["teams"]]


async def next_event(response: ClientResponse) -> Event:
    """The next event that carries data."""
    fields: dict[str, str] = {}
    async with asyncio.timeout(WITHIN):
        while True:
            line = (await response.content.readline()).decode()
            if not line:
                raise EOFError("the stream has ended")
            name, _, value = line.rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "data" in fields:
                return Event(fields["event"], fields.get("id", ""), json.loads(fields["data"]))


async def rest_of(response: ClientResponse) -> bytes:
    async with asyncio.timeout(WITHIN):
        return await response.content.read()


@asynccontextmanager
async def stream(client: TestClient, last_event_id: str = "") -> AsyncIterator[ClientResponse]:
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    async with client.get("/api/v1/stream", headers=headers, timeout=ClientTimeout(total=None)) as response:
        assert response.status == 200
        yield response
