"""Answers that a client may keep: each with a strong ETag, and 304 to whoever has it already."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Self

import msgspec
from aiohttp import hdrs, web

JSON = "application/json"


class Body(msgspec.Struct, frozen=True):
    """What an answer holds; `etag` is made from the bytes, so equal bytes are equal everywhere."""

    content: bytes
    content_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, content_type: str = JSON) -> Self:
        return cls(content, content_type, blake2b(content, digest_size=12).hexdigest())


def answer(request: web.Request, body: Body, headers: Mapping[str, str]) -> web.Response:
    """200 with the body, or 304 without where `If-None-Match` has its tag."""
    given = {hdrs.ETAG: f'"{body.etag}"', **headers}
    wanted = request.if_none_match or ()
    if any(tag.value in {body.etag, "*"} for tag in wanted):
        return web.Response(status=304, headers=given)
    return web.Response(body=body.content, headers={hdrs.CONTENT_TYPE: body.content_type, **given})
