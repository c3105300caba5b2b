import asyncio
import zlib
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec
import pytest
from simulator.asking import KEYS, Ask

from monitor.simulator import Fault, Simulator, World

HOST = "127.0.0.1"
VENDORS = ("cobrowser", "iadvize", "liveagent", "comm100")
COBROWSER = b"GET /api/Account.php?user=demo&apiKey=demo-cobrowser-key&c=getOnlineAgents HTTP/1.1\r\nHost: x\r\n\r\n"
BASIC = b"Authorization: Basic ZGVtb0BleGFtcGxlLmNvbTpkZW1vLWNvbW0xMDAta2V5\r\n"
REQUESTS = {
    "cobrowser": COBROWSER,
    "iadvize": b"GET /api/2/operator/live?key=demo-iadvize-key HTTP/1.1\r\nHost: x\r\n\r\n",
    "liveagent": b"GET /api/departments/d1s58gs4/agents?apikey=demo-liveagent-key HTTP/1.1\r\nHost: x\r\n\r\n",
    "comm100": b"GET /api/v3/livechat/agents HTTP/1.1\r\nHost: x\r\n" + BASIC + b"\r\n",
}
KEPT = b"Host: x\r\n"
CLOSED = b"Host: x\r\nConnection: close\r\n"
Connect = Callable[..., Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
Wire = Callable[[str], Awaitable[bytes]]
IMPATIENT = 0.2


@pytest.fixture
async def connect(simulator: Simulator):
    """Open a connection by hand and ask: a client library would hide what is on the wire."""
    writers: list[asyncio.StreamWriter] = []

    async def open_and_ask(vendor: str, *, kept: bool = True) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = int(simulator.roots[vendor].rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection(HOST, port)
        writers.append(writer)
        writer.write(REQUESTS[vendor].replace(b"Host: x\r\n", KEPT if kept else CLOSED))
        return reader, writer

    yield open_and_ask
    for writer in writers:
        writer.close()


@pytest.fixture
def wire(connect: Connect):
    """Ask by hand, and return all bytes until the server closes."""

    async def ask(vendor: str) -> bytes:
        reader, _ = await connect(vendor, kept=False)
        async with asyncio.timeout(5):
            return await reader.read()

    return ask


def split(raw: bytes) -> tuple[dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


async def good(ask: Ask, vendor: str) -> bytes:
    path = {
        "cobrowser": "/api/Account.php",
        "iadvize": "/operator/live",
        "liveagent": "/api/departments/d1s58gs4/agents",
        "comm100": "/livechat/agents",
    }[vendor]
    return (await ask(vendor, path, **({"c": "getOnlineAgents"} if vendor == "cobrowser" else {}))).body


async def test_a_bomb_is_small_on_the_wire_and_half_a_gigabyte_unpacked(wire: Wire, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="gzip_bomb"))
    headers, packed = split(await wire("comm100"))
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(packed) < 1_000_000
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    size, first, last = 0, b"", b""
    while packed and not unpacker.eof:
        piece = unpacker.decompress(packed, 8_388_608)
        packed = unpacker.unconsumed_tail
        size += len(piece)
        first, last = first or piece[:1], piece[-1:] or last
    # eof says that length and checksum are right too
    assert (unpacker.eof, first, last) == (True, b"[", b"]")
    assert size == 512 * 2**20 + 2


async def test_a_bomb_leaves_the_others_their_turn(ask: Ask, connect: Connect, simulator: Simulator):
    simulator.fault("iadvize", Fault(kind="gzip_bomb"))
    reader, _ = await connect("iadvize")
    assert (await ask("comm100", "/livechat/agents")).status == 200
    assert (await reader.read(15)) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_drip_comes_byte_by_byte_and_ends_well(wire: Wire, ask: Ask, simulator: Simulator, vendor: str):
    whole = await good(ask, vendor)
    simulator.fault(vendor, Fault(kind="drip", seconds=0.00001))
    headers, body = split(await wire(vendor))
    assert (int(headers["content-length"]), body) == (len(whole), whole)


async def test_no_single_read_of_a_drip_takes_long(connect: Connect, ask: Ask, simulator: Simulator):
    whole = await good(ask, "comm100")
    simulator.fault("comm100", Fault(kind="drip", seconds=0.01))
    reader, _ = await connect("comm100")
    await reader.readuntil(b"\r\n\r\n")
    read = []
    async with asyncio.timeout(5):
        for _ in range(10):
            async with asyncio.timeout(1):
                read.append(await reader.read(4096))
    assert b"".join(read) == whole[: len(b"".join(read))]
    assert len(b"".join(read)) < len(whole) / 2
    simulator.clear()


async def test_a_drip_outlasts_a_total_timeout(ask: Ask, simulator: Simulator):
    simulator.fault("cobrowser", Fault(kind="drip"))
    with pytest.raises(TimeoutError):
        await ask("cobrowser", "/api/Account.php", c="getOnlineAgents", patience=IMPATIENT)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_length_that_is_too_long(wire: Wire, ask: Ask, simulator: Simulator, vendor: str):
    whole = await good(ask, vendor)
    simulator.fault(vendor, Fault(kind="wrong_length_long", times=1))
    headers, body = split(await wire(vendor))
    assert (int(headers["content-length"]), body) == (len(whole) + 1000, whole)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_length_that_is_too_short_leaves_bytes_for_the_next_answer(
    connect: Connect, ask: Ask, simulator: Simulator, vendor: str
):
    whole = await good(ask, vendor)
    simulator.fault(vendor, Fault(kind="wrong_length_short", times=1))
    reader, writer = await connect(vendor)
    head = await reader.readuntil(b"\r\n\r\n")
    promised = int(split(head)[0]["content-length"])
    assert promised == len(whole) // 2
    assert await reader.readexactly(len(whole)) == whole
    # the connection is open, and the next request on it is answered well
    writer.write(REQUESTS[vendor])
    assert (await reader.readexactly(15)) == b"HTTP/1.1 200 OK"


async def test_gzip_that_cannot_be_unpacked(wire: Wire, ask: Ask, simulator: Simulator):
    simulator.fault("liveagent", Fault(kind="bad_gzip", times=2))
    with pytest.raises(aiohttp.ClientPayloadError):
        await good(ask, "liveagent")
    headers, body = split(await wire("liveagent"))
    assert (headers["content-encoding"], body[:3]) == ("gzip", b"\x1f\x8b\x08")
    with pytest.raises(zlib.error):
        zlib.decompress(body, wbits=zlib.MAX_WBITS | 16)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_bytes_that_are_no_text(ask: Ask, simulator: Simulator, vendor: str):
    simulator.fault(vendor, Fault(kind="invalid_utf8"))
    body = await good(ask, vendor)
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert len(body.decode(errors="ignore")) > 20


async def test_lists_in_lists_in_lists(ask: Ask, simulator: Simulator):
    simulator.fault("comm100", Fault(kind="deep_nesting"))
    body = await good(ask, "comm100")
    assert body == b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(RecursionError):
        msgspec.json.decode(body)


async def test_headers_beyond_measure(wire: Wire, ask: Ask, simulator: Simulator):
    simulator.fault("liveagent", Fault(kind="huge_headers", times=2))
    with pytest.raises(aiohttp.ClientResponseError):
        await good(ask, "liveagent")
    headers, body = split(await wire("liveagent"))
    assert sum(name.startswith("x-filler") for name in headers) == 200
    assert max(map(len, headers.values())) == 65_536
    assert msgspec.json.decode(body)["response"]["agents"]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_garbage_is_no_http(wire: Wire, ask: Ask, simulator: Simulator, vendor: str):
    simulator.fault(vendor, Fault(kind="garbage", times=2))
    assert await wire(vendor) == b"SSH-2.0-simulator\r\n" + bytes(range(256))
    with pytest.raises(aiohttp.ClientError):
        await good(ask, vendor)


async def test_every_second_row_is_none(ask: Ask, office: World, simulator: Simulator):
    for number in range(7):
        office.add_person(f"Extra {number}", tools=["comm100"])
    simulator.fault("comm100", Fault(kind="half_bad"))
    rows = msgspec.json.decode(await good(ask, "comm100"))
    assert [row["id"] for row in rows[::2]] == [1, 3, 5, 7, 9, 11]
    assert rows[1::2] == [None, "row", {}, [], 7]


@pytest.mark.parametrize(
    ("vendor", "rows"),
    [
        ("cobrowser", lambda told: told["getOnlineAgents"]),
        ("iadvize", lambda told: told["data"]),
        ("liveagent", lambda told: told["response"]["agents"]),
        ("comm100", lambda told: told),
    ],
)
async def test_never_more_than_half_is_bad(ask: Ask, simulator: Simulator, vendor: str, rows: Callable):
    whole = rows(msgspec.json.decode(await good(ask, vendor)))
    simulator.fault(vendor, Fault(kind="half_bad"))
    told = rows(msgspec.json.decode(await good(ask, vendor)))
    assert len(told) == len(whole)
    bad = [place for place, row in enumerate(told) if row != whole[place]]
    assert bad == list(range(1, len(whole), 2))


@pytest.mark.parametrize("shape", ["keyed", "encoded", "list"])
async def test_spoilt_rows_keep_shape_and_mark(ask: Ask, simulator: Simulator, shape: str):
    simulator.options.change("cobrowser", shape=shape, bom=True)
    simulator.fault("cobrowser", Fault(kind="half_bad"))
    told = msgspec.json.decode((await good(ask, "cobrowser")).removeprefix(b"\xef\xbb\xbf"))
    listed = (msgspec.json.decode(told) if shape == "encoded" else told)["getOnlineAgents"]
    assert list(listed.values() if shape == "keyed" else listed)[1] is None


async def test_a_refusal_keeps_its_words(ask: Ask, simulator: Simulator):
    simulator.fault("liveagent", Fault(kind="deep_nesting", times=1), Fault(kind="half_bad", times=1))
    for _ in range(2):
        assert (await ask("liveagent", "/api/departments", apikey="no")).json["response"]["statuscode"] == 403


def test_the_keys_asked_with_by_hand_are_the_demo_keys():
    assert all(value.encode() in REQUESTS[vendor] for vendor, keys in KEYS.items() for value in keys.values())
