"""Everything that can stand at a vendor's address instead of an answer: a clear reason, and never zero agents."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from running import Agentmon, agentmon, eventually

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEY = "a-key-that-nobody-may-see"
PASSWORD = "a-password-that-nobody-may-see"


def text(body: str, status: int = 200, content_type: str = "application/json", **headers: str) -> Handler:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=body, status=status, content_type=content_type, headers=headers)

    return answer


async def hang(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError


async def stall(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b'{"getOnlineAgents": [')
    await asyncio.sleep(3600)
    return response


async def echo_the_address(request: web.Request) -> web.StreamResponse:
    return web.json_response({"error": f"no such account: {request.rel_url}"})


async def cut_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"getOnlineAgents": [')
    if request.transport:
        request.transport.close()
    return response


LIVEAGENT_ERROR = '{"response":{"status":"ERROR","statuscode":500,"errormessage":"x","debugmessage":""}}'
FORBIDDEN = '{"meta":{"status":"error","message":"Forbidden"}}'
FAIL = """{"meta":{"status":"fail","message":"Unknown 'group' with 'id' 2"}}"""
QUOTA = '{"code":403001,"message":"The API requests have exceeded the limit of the day."}'
DENIED = '{"code":403000,"message":"You have no permission."}'

CASES: dict[str, tuple[str, Handler, str]] = {
    "a wrong key, by status": ("cobrowser", text("", status=401), "auth"),
    "a wrong key at LiveAgent": ("liveagent", text(LIVEAGENT_ERROR, status=403), "auth"),
    "a wrong key at iAdvize, in a 200 body": ("iadvize", text(FORBIDDEN), "auth"),
    "no permission at Comm100": ("comm100", text(DENIED, status=403), "forbidden"),
    "the quota of the day at Comm100": ("comm100", text(QUOTA, status=403), "rate_limited"),
    "too many requests": ("iadvize", text("", status=429), "rate_limited"),
    "a server error": ("cobrowser", text("oh", status=500), "status"),
    "a redirect to another host": ("cobrowser", text("", status=302, Location="http://127.0.0.2/"), "status"),
    "a hung socket": ("iadvize", hang, "timeout"),
    "a stall in the middle of the body": ("cobrowser", stall, "timeout"),
    "a body that is cut off": ("cobrowser", cut_off, "connect"),
    "a page of HTML": ("iadvize", text("<html>Log in</html>", content_type="text/html"), "decode"),
    "an empty body": ("cobrowser", text(""), "decode"),
    "an empty body at LiveAgent": ("liveagent", text(""), "decode"),
    "an object without the list": ("cobrowser", text("{}"), "decode"),
    "a response without departments": ("liveagent", text('{"response":{}}'), "decode"),
    "data that is null": ("iadvize", text('{"meta":{"status":"success"},"data":null}'), "decode"),
    "an error in a LiveAgent body": ("liveagent", text(LIVEAGENT_ERROR), "vendor_error"),
    "an error in an iAdvize body": ("iadvize", text(FAIL), "vendor_error"),
    "an error that repeats our address": ("cobrowser", echo_the_address, "vendor_error"),
}

LOGIN = {
    "cobrowser": f"user: jane, api_key: {KEY}",
    "iadvize": f"api_key: {KEY}",
    "liveagent": f"api_key: {KEY}",
    "comm100": f'username: jane, password: {PASSWORD}, site_id: "1"',
}


@pytest.fixture
async def vendors() -> AsyncIterator[TestServer]:
    """One server on which each case has a path of its own."""
    app = web.Application()
    for number, (vendor, handler, _reason) in enumerate(CASES.values()):
        app.router.add_route("*", f"/{number}/{{rest:.*}}", handler)
        assert vendor in LOGIN
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0)
    yield server
    await server.close()


def configuration(vendors: TestServer) -> str:
    sources, teams = [], []
    for number, (vendor, _handler, _reason) in enumerate(CASES.values()):
        url = f"http://127.0.0.1:{vendors.port}/{number}"
        login = LOGIN[vendor] + (f', token_url: "{url}/token"' if vendor == "comm100" else "")
        sources.append(f'  - {{name: s{number}, vendor: {vendor}, url: "{url}", {login}}}')
        teams.append(f"  - {{name: t{number}, members: [{{source: s{number}}}]}}")
    poll = "defaults: {poll: {interval: 1s, timeout: 500ms, max_age: 4s, requests_per_minute: 1000}}"
    return "\n".join([poll, "sources:", *sources, "teams:", *teams])


async def test_each_failure_has_its_reason_and_none_reads_as_nobody(tmp_path: Path, vendors: TestServer) -> None:
    async with agentmon(tmp_path, configuration(vendors), "--log.level=debug") as running:
        await eventually(running.is_ready)
        samples = await running.samples()
        found = {}
        for number, case in enumerate(CASES):
            source = ("source", f"s{number}")
            found[case] = [
                dict(labels)["reason"]
                for (name, labels), value in samples.items()
                if name == "agentmon_source_failure" and source in labels and value == 1
            ]
            assert samples["agentmon_source_up", frozenset({source})] == 0
        assert found == {case: [reason] for case, (_vendor, _handler, reason) in CASES.items()}
        for starred in ("agentmon_team_agents", "agentmon_team_available_agents", "agentmon_team_slots"):
            assert not [name for name, _labels in samples if name == starred]
        statuses = {labels for (name, labels), value in samples.items() if name == "agentmon_team_status" and value}
        assert {dict(labels)["status"] for labels in statuses} == {"unknown"}
        await no_secret_in_what_it_says(running, tmp_path)


SAID = (
    *("/", "/wall", "/metrics", "/config", "/-/ready", "/nowhere"),
    *(f"/api/v1/{path}" for path in ("state", "teams", "teams/t0", "sources", "people", "history", "openapi.json")),
    *("/api/v1/teams/t0/explain", "/api/v1/teams/nobody/explain?format=text", "/api/v1/history?minutes=x"),
)
"""Every kind of page and answer, errors too."""


async def no_secret_in_what_it_says(running: Agentmon, folder: Path) -> None:
    """A reload that is refused, and whoever asks with the secret in hand, bring no secret out either."""
    with (folder / "monitor.yml").open("a", encoding="utf-8") as file:
        file.write(f"\nweb: {{listen: {KEY}, {PASSWORD}: {KEY}}}\n")
    running.process.send_signal(signal.SIGHUP)
    await eventually(lambda: "reload_failed" in running.log)
    said = {path: (await running.get(path))[1] for path in SAID}
    said["a hook that knows too much"] = (await running.get(f"/hooks/s0/{KEY}"))[1]
    assert await running.stop() == 0
    said["the log"] = running.log
    for secret in (KEY, PASSWORD):
        assert [where for where, text in said.items() if secret in text] == []
