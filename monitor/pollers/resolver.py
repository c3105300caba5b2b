"""Names looked up by the system, as ever, but no lookup waits for another one."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.beside import waiting_apart

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Resolver(AbstractResolver):
    """aiohttp asks for a name again only once it is answered, so that there is one thread a name at most.

    The event loop's own lookups are few at once: two under uvloop. Vendors whose names nobody answers for would hold up
    all others.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError where the name is unknown, or cannot be one."""
        try:
            found = await waiting_apart(
                socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
            )
        except UnicodeError as error:  # an empty or overlong label
            raise socket.gaierror(socket.EAI_NONAME, "this cannot be a name") from error
        return [_result(host, kind, protocol, address) for kind, _, protocol, _, address in found]

    async def close(self) -> None:
        pass


def _result(host: str, family: socket.AddressFamily, protocol: int, address: tuple[object, ...]) -> ResolveResult:
    # In numbers, which is no lookup: only so does a link-local address keep its scope.
    numeric, port = socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)  # type: ignore[arg-type]
    return ResolveResult(hostname=host, host=numeric, port=int(port), family=family, proto=protocol, flags=_NUMERIC)
