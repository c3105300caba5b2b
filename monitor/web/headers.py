"""Headers that every answer has, whoever makes it."""

from collections.abc import Mapping

from aiohttp import hdrs, web

from monitor.web.settings import WebSettings

SECURITY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
"""No Strict-Transport-Security: it binds every port of the host, and so is for the operator to say."""


def secure(response: web.StreamResponse, settings: WebSettings) -> None:
    """What a handler set wins over ours, and what the operator set over both."""
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    response.headers.update(settings.headers)
    response.headers[hdrs.SERVER] = "agentmon"  # and not which Python and which library, with their versions
