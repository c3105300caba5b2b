"""What may be seen without a password: one table, which says of every address what is true."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import bcrypt
import pytest
from aiohttp.test_utils import TestClient, TestServer
from builders import later, report, team_report
from logins import basic
from web.behind import Behind
from web.events import next_event, rest_of

from monitor.web.access import CHALLENGE, WHO, Login, Who, login_of
from monitor.web.headers import SECURITY
from monitor.web.passwords import MOST_FAILURES
from monitor.web.place import Place
from monitor.web.server import create_app
from monitor.web.settings import WebSettings

PASSWORD = "correct häuser"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4))
USERS = WebSettings(users={"prometheus": HASH})
ALICE = basic("prometheus", PASSWORD)


@pytest.fixture
def behind(behind: Behind) -> Behind:
    behind.web = USERS
    behind.hooks = {"comm100": "s3cret"}
    return behind


def registered(behind: Behind, place: Place) -> set[str]:
    return {resource.canonical for resource in create_app(behind.surface(), place).router.resources()}


@pytest.mark.parametrize("prefix", ["", "/p", "/-/healthy"])
def test_the_table_names_every_address_and_no_other(behind: Behind, prefix: str):
    found = registered(behind, Place(prefix=prefix))
    expected = {f"{prefix}{path}" for path in WHO if path} | ({"/", prefix} if prefix else set())
    assert found == expected


def filled(path: str) -> str:
    names = {"{name}": "wall.html", "{team}": "sales", "{source}": "comm100", "{secret}": "guess"}
    for name, value in names.items():
        path = path.replace(name, value)
    return path


ADDRESSES = [pytest.param(path, who, id=path or "outside") for path, who in WHO.items()]


@pytest.fixture
async def under(behind: Behind) -> AsyncIterator[TestClient]:
    """The application under a prefix."""
    async with TestClient(TestServer(create_app(behind.surface(), Place(prefix="/p")))) as opened:
        yield opened


@pytest.mark.parametrize(("path", "who"), ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE", "PATCH"])
async def test_what_the_table_says_of_an_address_is_true(under: TestClient, path: str, who: Who, method: str):
    address = f"/p{filled(path)}" if path else "/"
    response = await under.request(method, address, allow_redirects=False)
    if who is Who.HOOK and method == "POST":
        assert response.status == 404
    elif who is Who.EVERYBODY and method in {"GET", "HEAD"}:
        assert (response.status, response.headers["Location"]) == (302, "/p/")
    else:
        assert (response.status, response.headers["WWW-Authenticate"]) == (401, CHALLENGE)
    for name in SECURITY:
        assert name in response.headers


@pytest.mark.parametrize(("path", "who"), [(path, who) for path, who in WHO.items() if who is Who.HEALTH])
async def test_health_is_open_where_that_is_wanted(client: TestClient, behind: Behind, path: str, who: Who):
    assert (await client.get(path)).status == 401
    behind.web = replace(USERS, open_health=True)
    assert (await client.get(path)).status == 200
    assert (await client.get("/metrics")).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/metrics/",
        "/-/healthy/../../metrics",
        "/-/healthy/%2e%2e/%2e%2e/metrics",
        "/-/healthy;/metrics",
        "/%6detrics",
        "/hooks/../metrics",
        "/hooks/comm100/s3cret/..%2f..%2f..%2fmetrics/x",
        "/static/..%2fserver.py",
        "/api/v1/../../metrics",
        "/metrics%00",
        "/%2fmetrics",
        "/\\metrics",
    ],
)
async def test_no_way_of_writing_a_path_gets_round_a_password(client: TestClient, behind: Behind, path: str):
    behind.web = replace(USERS, open_health=True)
    response = await client.get(path)
    assert response.status in {400, 401}
    assert b"agentmon_" not in await response.read()


async def test_with_user_and_password_everything_is_as_without_users(client: TestClient):
    assert (await client.get("/metrics", headers=ALICE)).status == 200
    assert (await client.get("/nothing", headers=ALICE)).status == 404
    assert (await client.post("/metrics", headers=ALICE)).status == 405


async def test_a_hook_needs_its_secret_and_no_password(client: TestClient, behind: Behind):
    assert (await client.post("/hooks/comm100/s3cret")).status == 204
    assert (await client.post("/hooks/comm100/guess", headers=ALICE)).status == 404
    assert behind.hints == ["comm100"]


def encoded(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        f"Basic {encoded('prometheus')}",
        f"Basic {encoded('prometheus:wrong')}",
        f"Basic {encoded(f'prometheus:{PASSWORD}', 'latin-1')}",
        f"Basic {encoded(f'Prometheus:{PASSWORD}')}",
        f"Basic {encoded(f'nobody:{PASSWORD}')}",
        f"Basic {encoded(f'prometheus:{PASSWORD} ')}",
        f"Basic {encoded(':')}",
        f"Bearer {encoded(f'prometheus:{PASSWORD}')}",
        f"Digest {PASSWORD}",
        f"Basic {encoded('prometheus:' + HASH.decode())}",
    ],
)
async def test_what_is_no_login(client: TestClient, authorization: str):
    response = await client.get("/metrics", headers={"Authorization": authorization})
    assert (response.status, response.headers["WWW-Authenticate"]) == (401, CHALLENGE)


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
async def test_a_login_in_any_case(client: TestClient, scheme: str):
    header = {"Authorization": f"{scheme} {encoded(f'prometheus:{PASSWORD}')}"}
    assert (await client.get("/metrics", headers=header)).status == 200


async def test_a_challenge_of_the_api_is_a_problem(client: TestClient):
    response = await client.get("/api/v1/state")
    assert response.headers["WWW-Authenticate"] == CHALLENGE
    assert await response.json(content_type="application/problem+json") == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "A user and a password are needed.",
    }


async def test_guessing_is_answered_with_a_time_and_users_go_on(client: TestClient):
    assert (await client.get("/metrics", headers=ALICE)).status == 200
    statuses = [
        (await client.get("/metrics", headers=basic("prometheus", f"guess {number}"))).status
        for number in range(MOST_FAILURES + 2)
    ]
    assert statuses == [401] * MOST_FAILURES + [429] * 2
    slowed = await client.get("/api/v1/state", headers=basic("prometheus", "guess"))
    assert (slowed.status, slowed.content_type) == (429, "application/problem+json")
    assert 0 < int(slowed.headers["Retry-After"]) <= 60
    assert (await client.get("/metrics", headers=ALICE)).status == 200


async def test_a_users_end_is_felt_at_once(client: TestClient, behind: Behind):
    assert (await client.get("/metrics", headers=ALICE)).status == 200
    behind.web = WebSettings(users={"bob": HASH})
    assert (await client.get("/metrics", headers=ALICE)).status == 401


async def test_who_is_a_user_no_more_reads_no_stream_to_its_end(client: TestClient, behind: Behind):
    async with client.get("/api/v1/stream", headers=ALICE) as response:
        await next_event(response)
        behind.web = replace(USERS, open_health=True)
        behind.publish(behind.report)
        behind.publish(report(team_report("another"), at=later(1)))
        assert (await next_event(response)).teams == ["another"], "the users are as they were"
        behind.web = WebSettings(users={"bob": HASH})
        behind.publish(behind.report)
        await rest_of(response)
    assert (await client.get("/api/v1/stream", headers=ALICE)).status == 401


async def test_a_browser_asks_for_leave_without_a_password_where_its_page_may(client: TestClient, behind: Behind):
    behind.cors_origins = ("https://board.example",)
    asked = {"Origin": "https://board.example", "Access-Control-Request-Method": "GET"}
    assert (await client.options("/api/v1/state", headers=asked)).status == 204
    assert (await client.get("/api/v1/state", headers={"Origin": "https://board.example"})).status == 401
    other = {**asked, "Origin": "https://other.example"}
    assert (await client.options("/api/v1/state", headers=other)).status == 401


def test_a_login_is_never_shown():
    login = login_of(f"Basic {encoded('prometheus:hunter2')}")
    assert login == Login("prometheus", "hunter2")
    assert "hunter2" not in f"{login!r} {login}"
    assert "$2b$" not in repr(USERS)


async def test_the_operators_headers_win(client: TestClient, behind: Behind):
    behind.web = WebSettings(headers={"X-Frame-Options": "SAMEORIGIN", "Strict-Transport-Security": "max-age=1"})
    for path in ("/wall", "/metrics", "/nothing"):
        response = await client.get(path)
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert response.headers["Strict-Transport-Security"] == "max-age=1"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Server"] == "agentmon"
