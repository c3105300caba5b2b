import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from aiohttp import web
from simulator.asking import Ask, Call, until

from monitor.simulator import Simulator, World


class Inbox(NamedTuple):
    url: str
    received: list[dict[str, Any]]


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    """Listens as a monitor would for hints."""
    received: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        received.append(await request.json())
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Inbox(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", received)
    await runner.cleanup()


async def test_iadvize_tells_the_availability_of_every_channel(simulator: Simulator, office: World, inbox: Inbox):
    simulator.webhooks.subscribe("iadvize", inbox.url)
    office.set_status("jane.doe", "iadvize", "online", muted=["chat"])
    await until(lambda: inbox.received)
    told = inbox.received[0]
    assert len(told.pop("eventId")) == 36
    assert told == {
        "eventType": "user.availability.updated",
        "platform": "sd",
        "clientId": 1,
        "userId": 401,
        "origin": "desk",
        "availabilities": [
            {"channel": "CHAT", "status": "UNAVAILABLE"},
            {"channel": "CALL", "status": "AVAILABLE"},
            {"channel": "VIDEO", "status": "UNAVAILABLE"},
            {"channel": "THIRD_PARTY", "status": "UNAVAILABLE"},
        ],
        "createdAt": "2026-01-01T00:00:00+00:00",
        "sentAt": "2026-01-01T00:00:00+00:00",
    }


async def test_comm100_tells_next_to_nothing(simulator: Simulator, office: World, inbox: Inbox):
    simulator.webhooks.subscribe("comm100", inbox.url)
    for person, presence, reason in (
        ("jane.doe", "away", "Lunch"),
        ("jane.doe", "away", "Meeting"),
        ("omar.haddad", "online", ""),
        ("omar.haddad", "offline", ""),
        ("klaas.visser", "online", ""),
    ):
        seen = len(inbox.received)
        office.set_status(person, "comm100", presence, reason=reason)
        await until(lambda seen=seen: len(inbox.received) > seen)
    assert inbox.received == [
        {"event": "away", "operator_id": 1},
        {"event": "away", "operator_id": 1},
        {"event": "online", "operator_id": 2},
        {"event": "logout", "operator_id": 2},
        {"event": "login", "operator_id": 4},
    ]


async def test_only_changes_of_that_vendor_are_told(simulator: Simulator, office: World, inbox: Inbox):
    simulator.webhooks.subscribe("comm100", inbox.url)
    office.set_status("jane.doe", "iadvize", "away")
    office.set_load("jane.doe", "comm100", 3)
    office.add_person("New Here", tools=["comm100"], presence="online")
    office.remove_person("klaas.visser")
    await asyncio.sleep(0.1)
    assert inbox.received == []


async def test_the_control_port_subscribes_and_ends_it(
    simulator: Simulator, office: World, inbox: Inbox, control: Call
):
    status, told = await control("POST", "/webhooks/comm100", {"url": inbox.url})
    assert (status, told["webhook"]) == (200, inbox.url)
    await control("POST", "/teams/billing", {"presence": "away"})
    await until(lambda: inbox.received)
    assert inbox.received == [{"event": "away", "operator_id": 3}]
    assert (await control("POST", "/webhooks/comm100", {"url": None}))[1]["webhook"] is None
    await control("POST", "/teams/billing", {"presence": "online"})
    await asyncio.sleep(0.1)
    assert len(inbox.received) == 1


@pytest.mark.parametrize(
    ("vendor", "url", "words"),
    [
        ("cobrowser", "http://127.0.0.1:1/", "cobrowser has no webhooks"),
        ("liveagent", "http://127.0.0.1:1/", "liveagent has no webhooks"),
        ("comm100", "http://example.com/", "on this machine only"),
        ("comm100", "https://127.0.0.1/", "on this machine only"),
        ("comm100", "127.0.0.1", "on this machine only"),
    ],
)
async def test_hints_stay_on_this_machine(control: Call, vendor: str, url: str, words: str):
    status, told = await control("POST", f"/webhooks/{vendor}", {"url": url})
    assert status == 400
    assert words in told["error"]


async def test_what_cannot_be_delivered_is_lost(simulator: Simulator, office: World, inbox: Inbox, ask: Ask):
    for url in ("http://127.0.0.1:9/", inbox.url + "/elsewhere"):
        lost = simulator.webhooks.lost
        simulator.webhooks.subscribe("comm100", url)
        presence = "away" if lost else "offline"
        office.set_status("jane.doe", "comm100", presence)
        await until(lambda lost=lost: simulator.webhooks.lost > lost)
    assert (await ask("comm100", "/livechat/agents")).status == 200
    assert inbox.received == []
