"""Answers that a client may keep: each with a strong ETag, and 304 to whoever has it already."""

import gzip
from collections.abc import Mapping
from hashlib import blake2b
from typing import Self

import msgspec
from aiohttp import hdrs, web

from monitor.beside import beside_loop
from monitor.web.accept import accepts_gzip

JSON = "application/json"
WORTH_PACKING = 4096
"""Bytes from which on an answer is compressed for who takes that."""


class Body(msgspec.Struct, frozen=True):
    """What an answer holds; `etag` is made from the bytes, so equal bytes are equal everywhere."""

    content: bytes
    content_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, content_type: str = JSON) -> Self:
        return cls(content, content_type, blake2b(content, digest_size=12).hexdigest())


async def answer(request: web.Request, body: Body, headers: Mapping[str, str]) -> web.Response:
    """200 with the body, or 304 without where `If-None-Match` has its tag."""
    is_packed = len(body.content) >= WORTH_PACKING and accepts_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    etag = f"{body.etag}-gzip" if is_packed else body.etag
    vary = ", ".join(filter(None, (headers.get(hdrs.VARY), hdrs.ACCEPT_ENCODING)))
    given = {**headers, hdrs.ETAG: f'"{etag}"', hdrs.VARY: vary}
    if any(tag.value in {etag, "*"} for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=given)
    given[hdrs.CONTENT_TYPE] = body.content_type
    if not is_packed:
        return web.Response(body=body.content, headers=given)
    packed = await beside_loop(gzip.compress, body.content, compresslevel=1, mtime=0)
    return web.Response(body=packed, headers={**given, hdrs.CONTENT_ENCODING: "gzip"})
