"""The listener: its addresses, and the TLS that is in force when a connection comes."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from certificates import Authority, Pair
from realparts import missing
from running import eventually
from web.behind import Behind

from monitor.web.listener import Address, Listener, ListenError
from monitor.web.server import create_app
from monitor.web.settings import WebSettings


def listener(behind: Behind, *addresses: Address) -> Listener:
    return Listener(create_app(behind.surface()), addresses, lambda: behind.web)


def ipv6() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        missing("IPv6", "sysctl net.ipv6.conf.lo.disable_ipv6=0")


async def status(url: str, trust: ssl.SSLContext | bool = True) -> int:
    async with aiohttp.ClientSession() as session, session.get(url, ssl=trust) as response:
        return response.status


async def test_it_serves_while_it_is_open_and_tells_its_port(behind: Behind):
    async with listener(behind, ("127.0.0.1", 0)) as opened:
        port = opened.port
        assert opened.addresses == (f"127.0.0.1:{port}",)
        assert await status(f"http://127.0.0.1:{port}/-/healthy") == 200
    with pytest.raises(aiohttp.ClientConnectorError):
        await status(f"http://127.0.0.1:{port}/-/healthy")


@pytest.mark.parametrize("host", ["a..b", 64 * "a"])
async def test_what_cannot_be_a_host_is_said_in_one_line(behind: Behind, host: str):
    with pytest.raises(ListenError, match=f"cannot listen on {host}:0: this cannot be the name of a host"):
        async with listener(behind, (host, 0)):
            pass


async def test_several_addresses_serve_the_same(behind: Behind):
    async with listener(behind, ("127.0.0.1", 0), ("127.0.0.2", 0)) as opened:
        assert len(opened.addresses) == 2
        for address in opened.addresses:
            assert await status(f"http://{address}/-/healthy") == 200


async def test_ipv6(behind: Behind):
    ipv6()
    async with listener(behind, ("::1", 0)) as opened:
        assert opened.addresses == (f"[::1]:{opened.port}",)
        assert await status(f"http://[::1]:{opened.port}/-/healthy") == 200


async def test_a_port_alone_is_every_interface_of_both_families(behind: Behind):
    ipv6()
    async with listener(behind, ("", 0)) as opened:
        assert {address.rpartition(":")[0] for address in opened.addresses} == {"0.0.0.0", "[::]"}  # noqa: S104
        for host in ("127.0.0.1", "[::1]"):
            assert await status(f"http://{host}:{opened.port}/-/healthy") == 200


async def test_a_family_that_the_machine_does_not_have_is_left_out(behind: Behind, monkeypatch: pytest.MonkeyPatch):
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2001:db8::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)
    async with listener(behind, ("both", 0)) as opened:
        assert opened.addresses == (f"127.0.0.1:{opened.port}",)
    found.pop()
    with pytest.raises(ListenError, match=r"both:0: Cannot assign"):
        await listener(behind, ("both", 0)).__aenter__()


async def test_a_port_in_use_is_an_error_that_names_the_address_and_nothing_stays_open(behind: Behind):
    async with listener(behind, ("127.0.0.1", 0)) as opened:
        port = opened.port
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port}.*in use"):
            await listener(behind, ("127.0.0.2", port), ("127.0.0.1", port)).__aenter__()
        async with listener(behind, ("127.0.0.2", port)):
            pass
    async with listener(behind, ("127.0.0.1", port)) as again:
        assert again.port == port


@pytest.mark.parametrize(("host", "shown"), [("192.0.2.1", "192.0.2.1:0"), ("no-such-host.invalid", "no-such-host")])
async def test_an_address_of_another_machine_is_an_error_that_names_it(behind: Behind, host: str, shown: str):
    with pytest.raises(ListenError, match=shown):
        await listener(behind, (host, 0)).__aenter__()


async def test_an_end_waits_for_nobody_in_a_handshake(behind: Behind, authority: Authority):
    behind.web = serving(authority.issue("server"))
    async with listener(behind, ("127.0.0.1", 0)) as opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        await eventually(lambda: len(opened.guard) == 1)
    async with asyncio.timeout(5):
        assert await gone(reader)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def gone(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


# ------------------------------------------------------------------ TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: Authority) -> Pair:
    return authority.issue("server")


def serving(pair: Pair, **more: frozenset[str]) -> WebSettings:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    return WebSettings(tls=context, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def over_tls(behind: Behind, settings: WebSettings) -> AsyncIterator[str]:
    behind.web = settings
    async with listener(behind, ("127.0.0.1", 0)) as opened:
        yield f"https://127.0.0.1:{opened.port}/-/healthy"


async def test_over_tls_alone(behind: Behind, authority: Authority, server: Pair):
    async with over_tls(behind, serving(server)) as url:
        assert await status(url, authority.trusting()) == 200
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await status(url)
        with pytest.raises(aiohttp.ClientError):
            await status(url.replace("https:", "http:"))
        assert await status(url, authority.trusting()) == 200


async def test_another_certificate_is_that_of_the_next_connection_and_nobody_is_cut_off(
    behind: Behind, authority: Authority, server: Pair, tmp_path: Path
):
    other = Authority(tmp_path, "other")
    async with over_tls(behind, serving(server)) as url, aiohttp.ClientSession() as session:
        async with session.get(url, ssl=authority.trusting()) as response:
            await response.read()
            behind.web = serving(other.issue("renewed"))
            assert await status(url, other.trusting()) == 200
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await status(url, authority.trusting())
        connections = session.connector and len(session.connector._conns)
        assert connections == 1, "the first connection is kept open"


async def test_tls_may_be_switched_on_and_off(behind: Behind, authority: Authority, server: Pair):
    async with listener(behind, ("127.0.0.1", 0)) as opened:
        url = f"127.0.0.1:{opened.port}/-/healthy"
        assert await status(f"http://{url}") == 200
        behind.web = serving(server)
        assert await status(f"https://{url}", authority.trusting()) == 200
        behind.web = WebSettings()
        assert await status(f"http://{url}") == 200


async def test_a_client_certificate_must_have_one_of_the_names(behind: Behind, authority: Authority, server: Pair):
    prometheus = authority.trusting(
        authority.issue("prometheus", "DNS:prometheus.example,URI:spiffe://here/prometheus")
    )
    grafana = authority.trusting(authority.issue("grafana", "DNS:grafana.example"))
    settings = serving(server)
    assert settings.tls is not None
    settings.tls.verify_mode = ssl.CERT_REQUIRED
    settings.tls.load_verify_locations(authority.certificate)
    async with over_tls(behind, settings) as url:
        for client in (prometheus, grafana):
            assert await status(url, client) == 200
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await status(url, authority.trusting())
        for name in ("prometheus.example", "spiffe://here/prometheus"):
            behind.web = replace(settings, allowed_sans=frozenset({name, "other.example"}))
            assert await status(url, prometheus) == 200
            with pytest.raises((aiohttp.ClientError, ConnectionError)):
                await status(url, grafana)
