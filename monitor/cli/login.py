"""User and password for a running agentmon: from its address, else from the environment; never shown."""

import base64
from collections.abc import Mapping

from aiohttp import hdrs
from yarl import URL

USER = "AGENTMON_USER"
PASSWORD = "AGENTMON_PASSWORD"  # noqa: S105 - the name of a variable


def login_for(url: URL, environment: Mapping[str, str]) -> tuple[URL, dict[str, str]]:
    """The address without them, and the headers that tell them; in UTF-8, as the listener asks for it."""
    user, password = url.user, url.password
    if user is None:
        user, password = environment.get(USER) or None, environment.get(PASSWORD)
    bare = url.with_user(None)
    if user is None:
        return bare, {}
    encoded = base64.b64encode(f"{user}:{password or ''}".encode()).decode()
    return bare, {hdrs.AUTHORIZATION: f"Basic {encoded}"}
