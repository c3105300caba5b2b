"""Where agentmon stands behind a proxy: its address as others write it, and the path in front of its own."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`prefix` stands in front of every path: empty, or as in /monitoring/agentmon. `url` has no slash at its end."""

    prefix: str = ""
    url: str = ""

    @classmethod
    def of(cls, url: str = "", prefix: str | None = None) -> Self:
        """The prefix is that of the address unless told otherwise. Raises ValueError for what is no path."""
        wanted = urlsplit(url).path if prefix is None else prefix
        found = f"/{wanted.strip('/')}".rstrip("/")
        if not _PREFIX.fullmatch(found) or {".", ".."} & set(found.split("/")):
            raise ValueError("not a path; write it as in /agentmon, with letters, digits and . _ ~ -")
        return cls(prefix=found, url=url.rstrip("/"))


HERE = Place()

BASE = web.AppKey("base", str)
"""What stands in front of every path of the application."""
