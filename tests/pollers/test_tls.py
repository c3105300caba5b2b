"""A certificate that nobody vouches for."""

import asyncio
import ssl

import pytest
from pollers.bench import HttpMaker, failure
from pollers.rawserver import http, raw_server
from realparts import self_signed

from monitor.errors import Reason
from monitor.pollers.budget import Priority


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed(tmp_path_factory.mktemp("tls"))


async def test_a_self_signed_certificate_is_not_accepted(untrusted: ssl.SSLContext, source_http: HttpMaker):
    async with raw_server(ssl=untrusted) as server:
        url = f"https://127.0.0.1:{server.port}/api"
        error = await failure(source_http().calls(Priority.LIVE).get(url, params={"apikey": "s3cret"}))
    assert error.reason is Reason.TLS
    assert "self" in error.detail
    assert "s3cret" not in error.detail
    assert server.asked == []


async def test_a_server_that_does_not_speak_tls(source_http: HttpMaker):
    def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http(b"hello"))
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(source_http().calls(Priority.LIVE).get(f"https://127.0.0.1:{port}/"))
    assert error.reason in {Reason.TLS, Reason.CONNECT}
