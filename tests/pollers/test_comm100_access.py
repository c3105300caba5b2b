"""The two other log-ins: a token by form, and an API key with each request."""

import asyncio
import base64
from urllib.parse import parse_qs

import msgspec
import pytest
from pollers.bench import HOSTS, Asked, Told, adapter_of, canned, failure, payload

from monitor.errors import Reason
from monitor.pollers.vendors.base import Adapter
from monitor.pollers.vendors.comm100_login import OAUTH_LIFETIME

OAUTH_URL = "https://portal.comm100.example/oauth/token"
KEY = "Zx+9/q=é &7%w"
NOBODY = payload("comm100/nobody", "livechat/agents")
TOKEN = "opaque-token"


def oauth(**more: object) -> Adapter:
    return adapter_of("comm100", auth="oauth", token_url=OAUTH_URL, site_id=None, **more)


def basic(**more: object) -> Adapter:
    given = {"auth": "basic", "token_url": None, "password": None, "site_id": None, "api_key": KEY, **more}
    return adapter_of("comm100", **given)


def granting(api: bytes | Told = NOBODY, **more: object):
    """A portal that grants a token, and an API that answers so."""

    def answer(asked: Asked) -> bytes | Told:
        if asked.method == "POST":
            return msgspec.json.encode({"access_token": TOKEN, "token_type": "bearer", **more})
        return api

    return answer


async def test_the_form_as_it_leaves():
    async with canned(granting(expires_in=43199)) as bench:
        await bench.live(oauth(password="a&b=c d+é"))
    login, get = bench.asked
    assert (login.method, login.url) == ("POST", OAUTH_URL)
    assert login.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(login.body.decode(), strict_parsing=True) == {
        "grant_type": ["password"],
        "email": ["jane@example.com"],
        "password": ["a&b=c d+é"],
    }
    assert get.headers["Authorization"] == f"Bearer {TOKEN}"
    assert get.query == {}


@pytest.mark.parametrize(
    ("told", "lifetime"),
    [
        pytest.param({"expires_in": 1000}, 1000.0, id="what the answer says"),
        pytest.param({"expires_in": "1000"}, 1000.0, id="in text too"),
        pytest.param({}, OAUTH_LIFETIME, id="else what the documents say"),
    ],
)
@pytest.mark.parametrize(("share", "logins"), [(0.79, 1), (0.81, 2)], ids=["before four fifths", "after"])
async def test_a_token_is_renewed_after_four_fifths_of(told: object, lifetime: float, share: float, logins: int):
    adapter = oauth()
    async with canned(granting(**told)) as bench:
        await bench.live(adapter)
        bench.clock.advance(lifetime * share)
        await bench.live(adapter)
    assert len([asked for asked in bench.asked if asked.method == "POST"]) == logins


async def test_many_who_ask_at_once_log_in_once():
    adapter = oauth()
    async with canned(granting(expires_in=43199)) as bench:
        await asyncio.gather(*(bench.live(adapter) for _ in range(8)))
    assert [asked.method for asked in bench.asked].count("POST") == 1


async def test_a_refused_token_is_one_new_log_in_and_then_auth():
    async with canned(granting(Told(b"", 401))) as bench:
        error = await failure(bench.live(oauth()))
    assert (error.reason, error.status) == (Reason.AUTH, 401)
    assert [asked.method for asked in bench.asked] == ["POST", "GET", "POST", "GET"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param(Told(b"", 401), Reason.AUTH, id="refused"),
        pytest.param(Told(b'{"error":"invalid_grant"}', 400), Reason.AUTH, id="a wrong password in OAuth's words"),
        pytest.param(Told(b'{"error":"invalid_request"}', 400), Reason.STATUS, id="another 400 of OAuth"),
        pytest.param(Told(b"", 400), Reason.STATUS, id="another 400"),
        pytest.param(
            Told(payload("comm100/quota-of-the-day-403", "livechat/agents"), 403), Reason.RATE_LIMITED, id="the quota"
        ),
        pytest.param(Told(b"", 302, {"Location": "https://elsewhere.example/"}), Reason.STATUS, id="a redirect"),
        pytest.param(
            Told(payload("comm100/error-in-a-200", "livechat/agents")), Reason.VENDOR_ERROR, id="an error in a 200"
        ),
        pytest.param(Told(b'{"access_token":"x","expires_in":"NaN"}'), Reason.DECODE, id="a life that is no number"),
        pytest.param(Told(b'{"access_token":""}'), Reason.DECODE, id="an empty token"),
        pytest.param(Told(b'{"token":"x"}'), Reason.DECODE, id="a token of another name"),
        pytest.param(Told(b""), Reason.DECODE, id="nothing"),
    ],
)
async def test_a_failed_log_in_by_form(told: Told, reason: Reason):
    async with canned(lambda _asked: told) as bench:
        assert (await failure(bench.live(oauth()))).reason is reason
    assert [asked.method for asked in bench.asked] == ["POST"]


async def test_a_key_goes_with_each_request_and_nothing_before_it():
    async with canned(lambda _asked: NOBODY) as bench:
        await bench.live(basic())
    (get,) = bench.asked
    scheme, _, encoded = get.headers["Authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(encoded).decode() == f"jane@example.com:{KEY}"
    assert get.url == f"{HOSTS['comm100']}/livechat/agents"


async def test_a_key_on_v4_names_the_site():
    async with canned(lambda _asked: NOBODY) as bench:
        await bench.live(basic(api="v4", site_id="1000"))
    assert [asked.query for asked in bench.asked] == [{"siteId": "1000"}]


async def test_a_refused_key_is_not_tried_twice():
    async with canned(lambda _asked: Told(b"", 401)) as bench:
        assert (await failure(bench.live(basic()))).reason is Reason.AUTH
    assert len(bench.asked) == 1


QUOTED = {
    "the key with the name in base64": base64.b64encode(f"jane@example.com:{KEY}".encode()).decode(),
    "the same without its padding": base64.b64encode(f"jane@example.com:{KEY}".encode()).decode().rstrip("="),
    "the key in base64": base64.b64encode(KEY.encode()).decode(),
    "the key as it is": KEY,
}


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED.keys())
@pytest.mark.parametrize("status", [401, 403])
async def test_a_vendor_that_quotes_the_header_is_not_repeated(quoted: str, status: int):
    body = msgspec.json.encode({"code": 1, "message": f"unknown {quoted}!"})
    async with canned(lambda _asked: Told(body, status), secrets=[KEY]) as bench:
        error = await failure(bench.live(basic()))
    assert "unknown ***" in str(error)
    assert quoted not in str(error)


async def test_a_vendor_that_quotes_the_form_is_not_repeated():
    def answer(asked: Asked) -> Told:
        words = asked.body.decode() if asked.method == "POST" else ""
        return Told(msgspec.json.encode({"message": f"cannot read {words}"}), 401)

    async with canned(answer, secrets=[KEY]) as bench:
        error = await failure(bench.live(oauth(password=KEY)))
    assert "password=***" in str(error)
