"""Through a proxy, and by the word of another authority than the system's."""

import shutil
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from pollers.bench import HttpMaker, failure
from pollers.proxy import proxy
from pollers.rawserver import http, raw_server
from realparts import self_signed
from running import free_port

from monitor.errors import Reason, SecretError
from monitor.pollers.budget import Priority
from monitor.pollers.network import Network

GOOD = http(b"{}")


@pytest.fixture
def private(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A vendor's side, and the file of the authority that signed it."""
    return self_signed(tmp_path), tmp_path / "certificate.pem"


async def test_a_private_authority_is_believed_where_it_is_named(
    private: tuple[ssl.SSLContext, Path], source_http: HttpMaker
):
    context, ca_file = private
    async with raw_server(ssl=context) as server:
        server.send = GOOD
        calls = source_http(network=Network(ca_file)).calls(Priority.LIVE)
        assert await calls.get(f"https://127.0.0.1:{server.port}/") == b"{}"


async def test_no_other_authority_is_believed_then(
    private: tuple[ssl.SSLContext, Path], source_http: HttpMaker, tmp_path: Path
):
    other = tmp_path / "other"
    other.mkdir()
    self_signed(other)
    async with raw_server(ssl=private[0]) as server:
        calls = source_http(network=Network(other / "certificate.pem")).calls(Priority.LIVE)
        assert (await failure(calls.get(f"https://127.0.0.1:{server.port}/"))).reason is Reason.TLS


async def test_a_file_that_is_replaced_is_read_again_and_one_that_is_gone_is_told(
    private: tuple[ssl.SSLContext, Path], source_http: HttpMaker, tmp_path: Path
):
    other = tmp_path / "other"
    other.mkdir()
    self_signed(other)
    ca_file = tmp_path / "authorities.pem"
    shutil.copy(other / "certificate.pem", ca_file)
    source = source_http(network=Network(ca_file))
    async with raw_server(ssl=private[0]) as server:
        server.send = GOOD
        url = f"https://127.0.0.1:{server.port}/"
        assert (await failure(source.calls(Priority.LIVE).get(url))).reason is Reason.TLS
        ca_file.unlink()
        error = await failure(source.calls(Priority.LIVE).get(url))
        assert (error.reason, str(ca_file) in error.detail) == (Reason.TLS, True)
        shutil.copy(private[1], ca_file)
        assert await source.calls(Priority.LIVE).get(url) == b"{}"


def login(user: str, password: str) -> Callable[[], tuple[str, str]]:
    return lambda: (user, password)


async def test_https_goes_through_a_tunnel_that_wants_a_password(
    private: tuple[ssl.SSLContext, Path], source_http: HttpMaker
):
    context, ca_file = private
    async with raw_server(ssl=context) as server, proxy("me:s3cret") as between:
        server.send = GOOD
        source = source_http(network=Network(ca_file, between.url, login("me", "s3cret")))
        assert await source.calls(Priority.LIVE).get(f"https://127.0.0.1:{server.port}/agents?key=k") == b"{}"
    assert between.asked == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"], "what is asked stays inside the tunnel"
    assert b"s3cret" not in server.asked[0]
    assert b"Proxy-Authorization" not in server.asked[0]


async def test_plain_http_is_asked_of_the_proxy_itself(source_http: HttpMaker):
    async with raw_server() as between:
        between.send = GOOD
        source = source_http(network=Network(None, between.url, login("me", "s3cret")))
        assert await source.calls(Priority.LIVE).get("http://127.0.0.1:9/agents") == b"{}"
    assert between.asked[0].startswith(b"GET http://127.0.0.1:9/agents HTTP/1.1")
    assert b"Proxy-Authorization: Basic" in between.asked[0]


async def test_a_proxy_that_refuses_is_told_apart_from_a_vendor_that_does(
    private: tuple[ssl.SSLContext, Path], source_http: HttpMaker
):
    context, ca_file = private
    async with raw_server(ssl=context) as server, proxy("me:s3cret") as between:
        source = source_http(network=Network(ca_file, between.url, login("me", "wrong")))
        error = await failure(source.calls(Priority.LIVE).get(f"https://127.0.0.1:{server.port}/"))
    assert (error.reason, error.detail) == (
        Reason.CONNECT,
        f"the proxy refuses the way to 127.0.0.1:{server.port}/ (407)",
    )
    assert server.asked == []


async def test_a_proxy_that_is_not_there(source_http: HttpMaker):
    source = source_http(network=Network(None, f"http://127.0.0.1:{free_port()}"))
    error = await failure(source.calls(Priority.LIVE).get("https://vendor.invalid/"))
    assert error.reason is Reason.CONNECT
    assert error.detail.startswith("cannot connect to the proxy for vendor.invalid/")


async def test_a_password_that_cannot_be_read_sends_nothing(source_http: HttpMaker):
    def unreadable() -> tuple[str, str]:
        raise SecretError("the environment variable PROXY is not set")

    async with proxy() as between:
        source = source_http(network=Network(None, between.url, unreadable))
        with pytest.raises(SecretError):
            await source.calls(Priority.LIVE).get("https://vendor.invalid/")
        assert between.asked == []
