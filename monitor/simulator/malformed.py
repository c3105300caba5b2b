"""Answers that no honest server gives, made of good ones, and the few bytes that become far too many."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import structs

from monitor.simulator.faults import FaultKind
from monitor.simulator.wire import Reply

GZIP: Final[Mapping[str, str]] = {"Content-Encoding": "gzip"}
GZIP_HEADER_BYTES: Final = 10
NO_BLOCK_TYPE: Final = b"\xff"  # the third kind of deflate block does not exist (RFC 1951, 3.2.3)
NO_CHARACTER: Final = b"\xff\xc3("
DEPTH: Final = 100_000
FIELDS: Final = 200
FIELD_BYTES: Final = 65_536

GARBAGE: Final = b"SSH-2.0-simulator\r\n" + bytes(range(256))

BOMB_BLOCK: Final = b" " * 2**20
BOMB_BLOCKS: Final = 512


def bad_gzip(good: Reply) -> Reply:
    packed = gzip.compress(good.body, mtime=0)
    broken = packed[:GZIP_HEADER_BYTES] + NO_BLOCK_TYPE * (len(packed) - GZIP_HEADER_BYTES)
    return structs.replace(good, body=broken, headers={**good.headers, **GZIP})


def invalid_utf8(good: Reply) -> Reply:
    """Put bytes that are no text into the first text of the body, and in front of one that has none."""
    head, quoted, rest = good.body.partition(b':"')
    body = head + quoted + NO_CHARACTER + rest if quoted else NO_CHARACTER + good.body
    return structs.replace(good, body=body)


def deep_nesting(good: Reply) -> Reply:
    return structs.replace(good, body=b"[" * DEPTH + b"]" * DEPTH)


def huge_headers(good: Reply) -> Reply:
    fields = {f"X-Filler-{number}": "x" for number in range(FIELDS - 1)}
    return structs.replace(good, headers={**good.headers, **fields, "X-Filler": "x" * FIELD_BYTES})


MALFORMING: Final[Mapping[FaultKind, Callable[[Reply], Reply]]] = {
    FaultKind.BAD_GZIP: bad_gzip,
    FaultKind.INVALID_UTF8: invalid_utf8,
    FaultKind.DEEP_NESTING: deep_nesting,
    FaultKind.HUGE_HEADERS: huge_headers,
}


class Bomb:
    """A whole gzip stream of valid JSON: a list of nothing, with half a gigabyte of space in it.

    A full flush makes a deflate block independent of those before, so one packed megabyte can be sent over
    and over: `length` bytes in all, and nothing of the half gigabyte ever exists here.
    """

    def __init__(self) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._head = b"\x1f\x8b\x08" + bytes(7) + packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
        self._block = packer.compress(BOMB_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)
        self._tail = packer.compress(b"]") + packer.flush(zlib.Z_FINISH)

    @property
    def length(self) -> int:
        return len(self._head) + BOMB_BLOCKS * len(self._block) + len(self._tail) + 8

    def pieces(self) -> Iterator[bytes]:
        yield self._head
        checksum = zlib.crc32(b"[")
        for _ in range(BOMB_BLOCKS):
            checksum = zlib.crc32(BOMB_BLOCK, checksum)
            yield self._block
        checksum = zlib.crc32(b"]", checksum)
        size = BOMB_BLOCKS * len(BOMB_BLOCK) + 2
        yield self._tail + checksum.to_bytes(4, "little") + size.to_bytes(4, "little")
