"""The token: from its own claims, renewed in time, fetched once however many ask."""

import asyncio
import base64

import msgspec
import pytest
from hypothesis import example, given
from pollers.bench import TOKEN_URL, WALL, Asked, Bench, FakeClock, Told, adapter_of, canned, failure, payload
from pollers.mutations import mutated

from monitor.errors import Reason
from monitor.pollers.vendors.comm100_login import TOKEN_LIFETIME, token_lifetime

NOBODY = payload("comm100/nobody", "livechat/agents")


def jwt(number: int = 1, **claims: object) -> str:
    parts = ({"alg": "none"}, {"jti": str(number), "nbf": 1_587_695_981, "exp": 1_587_703_181} | claims)
    return ".".join(base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=") for part in parts) + ".sig"


class Portal:
    """Gives tokens one after the other; `accepted` are those that the API takes, None for every one."""

    def __init__(self) -> None:
        self.logins = 0
        self.accepted: set[str] | None = None

    def __call__(self, asked: Asked) -> bytes | Told:
        if asked.method == "POST":
            self.logins += 1
            return msgspec.json.encode({"success": True, "token": jwt(self.logins)})
        token = asked.headers["Authorization"].removeprefix("Bearer ")
        if self.accepted is not None and token not in self.accepted:
            return Told(b'{"code":401000,"message":"The token has expired."}', 401)
        return NOBODY


async def used(bench: Bench) -> list[str]:
    return [asked.headers["Authorization"] for asked in bench.asked if asked.method == "GET"]


async def test_the_log_in_as_it_leaves():
    async with canned(Portal()) as bench:
        await bench.live(adapter_of("comm100"))
    login, get = bench.asked
    assert (login.method, login.url) == ("POST", TOKEN_URL)
    assert msgspec.json.decode(login.body) == {
        "LoginType": "Password",
        "Username": "jane@example.com",
        "Password": "comm100-pass",
        "SiteId": "1000",
    }
    assert get.url == "https://api.comm100.example/api/v3/livechat/agents"
    assert get.headers["Authorization"] == f"Bearer {jwt(1)}"


@pytest.mark.parametrize(("after", "logins"), [(5759, 1), (5761, 2)], ids=["before four fifths", "after four fifths"])
async def test_a_token_is_renewed_after_four_fifths_of_its_life(after: float, logins: int):
    portal, adapter = Portal(), adapter_of("comm100")
    async with canned(portal) as bench:
        await bench.live(adapter)
        bench.clock.advance(after)
        await bench.live(adapter)
    assert portal.logins == logins
    assert (await used(bench))[-1] == f"Bearer {jwt(logins)}"


async def test_many_who_ask_at_once_log_in_once():
    portal, adapter = Portal(), adapter_of("comm100")
    async with canned(portal) as bench:
        await asyncio.gather(*(bench.live(adapter) for _ in range(8)))
    assert portal.logins == 1
    assert len(bench.asked) == 9


async def test_many_whose_token_is_refused_log_in_once_more():
    portal, adapter = Portal(), adapter_of("comm100")
    async with canned(portal) as bench:
        await bench.live(adapter)
        portal.accepted = {jwt(2)}
        await asyncio.gather(*(bench.live(adapter) for _ in range(4)))
    assert portal.logins == 2


async def test_a_refused_token_is_one_new_log_in_and_then_auth():
    portal = Portal()
    portal.accepted = set()
    async with canned(portal) as bench:
        error = await failure(bench.live(adapter_of("comm100")))
    assert (error.reason, error.status) == (Reason.AUTH, 401)
    assert [asked.method for asked in bench.asked] == ["POST", "GET", "POST", "GET"]


async def test_a_token_never_reaches_the_error_that_quotes_it():
    def answer(asked: Asked) -> bytes | Told:
        if asked.method == "POST":
            return msgspec.json.encode({"token": jwt()})
        return Told(msgspec.json.encode({"message": f"The token {jwt()} has expired"}), 401)

    async with canned(answer) as bench:
        error = await failure(bench.live(adapter_of("comm100")))
    assert jwt()[:20] not in str(error)
    assert "has expired" in str(error)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param(Told(b"", 401), Reason.AUTH, id="refused"),
        pytest.param(
            Told(payload("comm100/no-permission-403", "livechat/agents"), 403), Reason.FORBIDDEN, id="no permission"
        ),
        pytest.param(
            Told(payload("comm100/quota-of-the-day-403", "livechat/agents"), 403), Reason.RATE_LIMITED, id="the quota"
        ),
        pytest.param(Told(b"", 500), Reason.STATUS, id="trouble"),
        pytest.param(Told(b"", 302, {"Location": "https://elsewhere.example/"}), Reason.STATUS, id="a redirect"),
        pytest.param(
            Told(payload("comm100/error-in-a-200", "livechat/agents")), Reason.VENDOR_ERROR, id="an error in a 200"
        ),
        pytest.param(Told(b'{"token":""}'), Reason.DECODE, id="an empty token"),
        pytest.param(Told(b'{"token":null}'), Reason.DECODE, id="no token"),
        pytest.param(Told(b"{}"), Reason.DECODE, id="an empty object"),
        pytest.param(Told(b"<html></html>"), Reason.DECODE, id="a page"),
        pytest.param(Told(b""), Reason.DECODE, id="nothing"),
    ],
)
async def test_a_failed_log_in(told: Told, reason: Reason):
    async with canned(lambda _asked: told) as bench:
        assert (await failure(bench.live(adapter_of("comm100")))).reason is reason
    assert [asked.method for asked in bench.asked] == ["POST"]


async def test_the_snapshot_is_stamped_when_the_log_in_left():
    portal = Portal()

    def slowly(asked: Asked) -> bytes | Told:
        bench.clock.advance(3)
        return portal(asked)

    async with canned(slowly) as bench:
        snapshot = await bench.live(adapter_of("comm100"))
    assert snapshot.observed_at == FakeClock().now()
    assert bench.clock.now().elapsed == FakeClock().now().elapsed + 6


@example(claims=b'{"agentId": ' + b"[" * 5000 + b"]" * 5000 + b"}")
@given(claims=mutated({"agentId": "1", "nbf": 1_587_695_981, "exp": 1_587_703_181, "iat": 1_587_695_981}))
def test_whatever_a_token_claims_it_has_a_life_that_ends(claims: bytes):
    token = f"a.{base64.urlsafe_b64encode(claims).decode()}.b"
    assert 0 <= token_lifetime(token, FakeClock().now()) <= 1e13


@pytest.mark.parametrize(
    ("token", "seconds"),
    [
        pytest.param(jwt(), 7200.0, id="the difference of its claims"),
        pytest.param(jwt(nbf=None, iat=1_587_702_181), 1000.0, id="issued at, where not before is missing"),
        pytest.param(jwt(nbf=None, exp=int(WALL) + 600), 600.0, id="our clock, where neither is there"),
        pytest.param(jwt(exp=0), 0.0, id="over before it began"),
        pytest.param(jwt(exp="1587703181"), 7200.0, id="claims in text"),
        pytest.param(jwt(agentId="1", siteId="1000", success="True"), 7200.0, id="the other claims of the sample"),
        pytest.param(jwt(exp=None), TOKEN_LIFETIME, id="without an end: the documented life"),
        pytest.param(jwt(exp="NaN"), TOKEN_LIFETIME, id="an end that is no number"),
        pytest.param(jwt(nbf="-inf"), TOKEN_LIFETIME, id="a beginning that never was"),
        pytest.param("opaque", TOKEN_LIFETIME, id="not a JWT"),
        pytest.param("a.b.c", TOKEN_LIFETIME, id="parts that are no base64"),
        pytest.param("a.é.c", TOKEN_LIFETIME, id="parts that are not even ASCII"),
        pytest.param("a.W10.c", TOKEN_LIFETIME, id="claims that are a list"),
    ],
)
def test_the_life_of_a_token(token: str, seconds: float):
    assert token_lifetime(token, FakeClock().now()) == seconds
