"""Redirects: on the same host, counted and bounded; a key is carried nowhere else."""

import pytest
from pollers.bench import HttpMaker, failure
from pollers.rawserver import RawServer, http, raw_server
from yarl import URL

from monitor.errors import PollError, Reason
from monitor.pollers.budget import Priority
from monitor.pollers.transport import MAX_REDIRECTS, _redirected

KEY = {"X-API-Key": "s3cret"}


def to(location: str, status: str = "302 Found") -> bytes:
    return http(status=status, Location=location)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_the_same_host_is_followed_and_counted(raw: RawServer, source_http: HttpMaker, status: str):
    raw.send = lambda head: http(b"good") if head.startswith(b"GET /new") else to("/new?x=1", status)
    source = source_http(requests_per_minute=3)
    calls = source.calls(Priority.LIVE)
    assert await calls.get(raw.url + "/old", headers=KEY) == b"good"
    assert (calls.count, source.requests) == (2, 2)
    assert source.budget.take(1000.0, Priority.LIVE) == 0
    assert source.budget.take(1000.0, Priority.LIVE) > 0


async def test_redirects_without_end_are_given_up(raw: RawServer, source_http: HttpMaker):
    raw.send = to("/again")
    error = await failure(source_http().calls(Priority.LIVE).get(raw.url))
    assert error.reason is Reason.STATUS
    assert len(raw.asked) == MAX_REDIRECTS + 1


@pytest.mark.parametrize("kind", ["another port", "another host"])
async def test_elsewhere_is_refused_and_never_asked(raw: RawServer, source_http: HttpMaker, kind: str):
    async with raw_server() as other:
        raw.send = to(f"{other.url}/" if kind == "another port" else f"http://localhost:{other.port}/")
        error = await failure(source_http().calls(Priority.LIVE).get(raw.url, params={"apikey": "s3cret"}, headers=KEY))
    assert error.reason is Reason.STATUS
    assert other.asked == []
    assert len(raw.asked) == 1


@pytest.mark.parametrize("location", ["/elsewhere", "http://localhost:9/"])
async def test_a_post_is_not_followed_even_on_the_same_host(raw: RawServer, source_http: HttpMaker, location: str):
    raw.send = to(location, "307 Temporary")
    error = await failure(source_http().calls(Priority.LIVE).post_json(raw.url, {"Password": "s3cret"}))
    assert (error.reason, error.status) == (Reason.STATUS, 307)
    assert len(raw.asked) == 1


@pytest.mark.parametrize(
    ("url", "location", "leads"),
    [
        ("https://v.example/a/b?key=1", "c", "https://v.example/a/c"),
        ("https://v.example/a", "/b?x=1", "https://v.example/b?x=1"),
        ("https://v.example/a", "https://V.EXAMPLE:443/b", "https://v.example/b"),
        ("https://v.example:8443/a", "https://v.example:8443/b", "https://v.example:8443/b"),
        ("http://v.example/a", "https://v.example/a", "https://v.example/a"),
    ],
)
def test_what_is_followed(url: str, location: str, leads: str):
    assert str(_redirected(URL(url), location)) == leads


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://v.example/a", "http://v.example/a"),
        ("https://v.example/a", "https://v.example:8443/a"),
        ("https://v.example/a", "http://v.example:443/a"),
        ("https://v.example/a", "https://w.example/a"),
        ("https://v.example/a", "//w.example/a"),
        ("https://v.example/a", "https://v.example.evil/a"),
        ("https://v.example/a", "https://v.example@w.example/a"),
        ("http://v.example:8080/a", "https://v.example/a"),
        ("http://v.example:8080/a", "https://v.example:8443/a"),
        ("https://v.example/a", "mailto:jane@v.example"),
        ("https://v.example/a", "https://v.example:99999/a"),
        ("https://v.example/a", "http://[::1"),
    ],
)
def test_what_is_refused(url: str, location: str):
    with pytest.raises(PollError) as caught:
        _redirected(URL(url + "?apikey=s3cret"), location)
    assert caught.value.reason is Reason.STATUS
    assert "s3cret" not in str(caught.value)
