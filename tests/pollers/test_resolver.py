"""Lookups of names: as the system answers, and each for itself."""

import asyncio
import socket

import pytest
from lookups import silent_name_server
from pollers.bench import HttpMaker
from pollers.rawserver import RawServer, http

from monitor.errors import PollError, Reason
from monitor.pollers.budget import Priority
from monitor.pollers.resolver import Resolver


async def test_a_name_leads_to_numbers() -> None:
    (found, *_) = await Resolver().resolve("localhost", 443, socket.AF_INET)
    assert (found["hostname"], found["host"], found["port"]) == ("localhost", "127.0.0.1", 443)
    assert found["family"] is socket.AF_INET


async def test_an_address_of_a_link_keeps_its_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1", 443, 0, 1))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_question, **_more: told)
    (found,) = await Resolver().resolve("printer.local", 443, socket.AF_UNSPEC)
    assert found["host"].startswith("fe80::1%")


@pytest.mark.parametrize("name", ["a..b", f"{'a' * 64}.example"])
async def test_what_cannot_be_a_name_is_not_found(name: str) -> None:
    with pytest.raises(socket.gaierror):
        await Resolver().resolve(name)


async def test_names_that_nobody_answers_for_hold_up_no_other(raw: RawServer, source_http: HttpMaker) -> None:
    raw.send = http(b"ok")
    with silent_name_server():
        impatient = source_http(timeout=0.5)
        silent = [
            asyncio.create_task(impatient.calls(Priority.LIVE).get(f"http://vendor-{number}.silent/"))
            for number in range(4)
        ]
        await asyncio.sleep(0)
        answer = await source_http().calls(Priority.LIVE).get(f"http://localhost:{raw.port}/")
        failures = await asyncio.gather(*silent, return_exceptions=True)
    assert answer == b"ok"
    assert [one.reason for one in failures if isinstance(one, PollError)] == [Reason.TIMEOUT] * 4
