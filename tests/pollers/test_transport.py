"""Every way an exchange can end, over real sockets: a body, or one of the closed reasons."""

import asyncio
import gzip
import socket
import time

import pytest
from pollers.bench import WALL, FakeClock, HttpMaker, failure
from pollers.rawserver import RawServer, http

from monitor.errors import Reason
from monitor.pollers.budget import Priority
from monitor.pollers.transport import Transport, parse_retry_after

BODY = b'{"getOnlineAgents": []}'
PACKED = gzip.compress(BODY)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"


def get(source_http: HttpMaker, raw: RawServer, path: str = "/api", **options: object):
    return source_http(**options).calls(Priority.LIVE).get(raw.url + path)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(http(BODY), id="plain"),
        pytest.param(http(BODY, Content_Type="text/html"), id="as a page"),
        pytest.param(http(PACKED, Content_Encoding="gzip"), id="gzip"),
        pytest.param(CHUNKED + b"17\r\n" + BODY + b"\r\n0\r\n\r\n", id="in chunks"),
        pytest.param(http(BODY, status="201 Created"), id="another success"),
    ],
)
async def test_a_whole_answer_is_its_body(raw: RawServer, source_http: HttpMaker, sent: bytes):
    raw.send = sent
    assert await get(source_http, raw) == BODY


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        pytest.param(b"", Reason.CONNECT, id="closed without a word"),
        pytest.param(http(BODY, length=1000), Reason.CONNECT, id="a body shorter than promised"),
        pytest.param(CHUNKED + b"17\r\nabc", Reason.CONNECT, id="a chunk cut off"),
        pytest.param(http(PACKED[:-9], length=len(PACKED), Content_Encoding="gzip"), Reason.CONNECT, id="gzip cut off"),
        pytest.param(http(b"no gzip at all", Content_Encoding="gzip"), Reason.DECODE, id="gzip that is none"),
        pytest.param(http(BODY, Content_Encoding="br"), Reason.DECODE, id="packed as nobody asked for"),
        pytest.param(b"nonsense\r\n\r\n", Reason.DECODE, id="no HTTP"),
        pytest.param(CHUNKED + b"zz\r\n", Reason.DECODE, id="a chunk without a size"),
        pytest.param(http(X="a" * 100_000), Reason.DECODE, id="a head too long"),
        pytest.param(http(status="401 Unauthorized"), Reason.AUTH, id="401"),
        pytest.param(http(status="403 Forbidden"), Reason.FORBIDDEN, id="403"),
        pytest.param(http(status="429 Too Many Requests"), Reason.RATE_LIMITED, id="429"),
        pytest.param(http(status="404 Not Found"), Reason.STATUS, id="404"),
        pytest.param(http(status="304 Not Modified"), Reason.STATUS, id="304"),
        pytest.param(http(status="302 Found"), Reason.STATUS, id="a redirect to nowhere"),
        pytest.param(http(status="500 Oops"), Reason.STATUS, id="500"),
        pytest.param(http(status="503 Busy"), Reason.STATUS, id="503"),
    ],
)
async def test_anything_else_is_a_closed_reason(raw: RawServer, source_http: HttpMaker, sent: bytes, reason: Reason):
    raw.send = sent
    error = await failure(get(source_http, raw))
    assert error.reason is reason
    assert f"127.0.0.1:{raw.port}/api" in error.detail


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="before the head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="within the head"),
        pytest.param(http(BODY, length=1000), id="within the body"),
        pytest.param(CHUNKED + b"5\r\nabc", id="within a chunk"),
    ],
)
async def test_a_stall_is_a_timeout_wherever_it_comes(raw: RawServer, source_http: HttpMaker, sent: bytes):
    raw.send, raw.stays_open = sent, True
    error = await failure(get(source_http, raw, timeout=0.1))
    assert (error.reason, error.status) == (Reason.TIMEOUT, None)


async def test_a_body_is_refused_while_it_is_read(raw: RawServer, source_http: HttpMaker):
    raw.send, raw.stays_open = http(b"x" * 200_000, length=10**9), True
    error = await failure(get(source_http, raw, body_limit=100_000))
    assert error.reason is Reason.DECODE
    assert "larger than 100000 bytes" in error.detail


async def test_the_limit_counts_what_is_unpacked(raw: RawServer, source_http: HttpMaker):
    raw.send = http(gzip.compress(b" " * 10_000_000), Content_Encoding="gzip")
    assert (await failure(get(source_http, raw, body_limit=1_000_000))).reason is Reason.DECODE


async def test_a_body_of_exactly_the_limit_is_read(raw: RawServer, source_http: HttpMaker):
    raw.send = http(b"x" * 1000)
    assert len(await get(source_http, raw, body_limit=1000)) == 1000


async def test_a_refused_connection(source_http: HttpMaker):
    with socket.socket() as held:  # bound and not listening: nobody else can get this port meanwhile
        held.bind(("127.0.0.1", 0))
        error = await failure(source_http().calls(Priority.LIVE).get(f"http://127.0.0.1:{held.getsockname()[1]}/"))
    assert error.reason is Reason.CONNECT
    assert "cannot connect" in error.detail


async def test_a_name_that_cannot_be_resolved(
    transport: Transport, source_http: HttpMaker, monkeypatch: pytest.MonkeyPatch
):
    async def nowhere(*_args: object, **_more: object):
        raise OSError(None, "Name or service not known")

    monkeypatch.setattr(transport.session.connector._resolver, "resolve", nowhere)
    error = await failure(source_http().calls(Priority.LIVE).get("https://vendor.invalid/api?apikey=s3cret"))
    assert error.reason is Reason.CONNECT
    assert "vendor.invalid" in error.detail
    assert "s3cret" not in error.detail


async def test_cancelling_is_no_failure(raw: RawServer, source_http: HttpMaker):
    raw.send, raw.stays_open = b"", True
    task = asyncio.ensure_future(get(source_http, raw))
    async with asyncio.timeout(5):
        while not raw.asked:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.002)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Busy"])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), ("Thu, 01 Jan 2026 00:02:00 GMT", 120.0), ("soon", None)],
    ids=["seconds", "date", "nonsense"],
)
async def test_retry_after_comes_with_the_failure(
    raw: RawServer, source_http: HttpMaker, status: str, header: str, seconds: float | None
):
    raw.send = http(status=status, Retry_After=header)
    assert (await failure(get(source_http, raw))).retry_after == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        (" 30 ", 30.0),
        ("3600", 3600.0),
        ("86400", 3600.0),
        ("9" * 400, 3600.0),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Thu Jan  1 00:00:30 2026", 30.0),
        ("Thursday, 01-Jan-26 00:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30.0),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
        ("Fri, 02 Jan 2026 00:00:00 GMT", 3600.0),
        ("Fri, 02 Jan 99999 00:00:00 GMT", None),
        ("0 0 0 0", None),
    ],
    ids=repr,
)
@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_both_forms_of_retry_after(
    value: str | None, seconds: float | None, zone: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert parse_retry_after(value, WALL) == seconds
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_a_transport_that_is_not_open_says_so():
    with pytest.raises(RuntimeError, match="not open"):
        _ = Transport(object()).session  # type: ignore[arg-type]  # no clock is needed for this


async def test_the_first_request_is_stamped_and_all_are_counted(
    raw: RawServer, source_http: HttpMaker, clock: FakeClock
):
    http_of_source = source_http()
    calls = http_of_source.calls(Priority.LIVE)
    assert calls.first_sent is None
    begun = clock.now()
    await calls.get(raw.url)
    clock.advance(9)
    raw.send = http(status="500 Oops")
    await failure(calls.get(raw.url))
    assert (calls.first_sent, calls.count, http_of_source.requests) == (begun, 2, 2)


async def test_a_request_that_aiohttp_repeats_by_itself_counts_twice(raw: RawServer, source_http: HttpMaker):
    """A GET on a connection that breaks without an answer is sent once more: the vendor was asked twice."""
    answers = iter([b"", http(b"2")])
    raw.send = lambda _head: next(answers)
    http_of_source = source_http(requests_per_minute=2)
    calls = http_of_source.calls(Priority.LIVE)
    assert await calls.get(raw.url) == b"2"
    assert (calls.count, http_of_source.requests, len(raw.asked)) == (2, 2, 2)
    assert http_of_source.budget.take(calls.clock.now().elapsed, Priority.LIVE) > 0
