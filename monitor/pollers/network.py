"""How the requests of a source leave: through which proxy, and whose word on a certificate is believed."""

import base64
import ssl
from collections.abc import Callable
from pathlib import Path

from monitor.errors import PollError, Reason

Login = Callable[[], tuple[str, str] | None]
"""User and password as they stand now; raises SecretError where they cannot be read."""


class Network:
    """Certificates are verified always: by the system's authorities, or by those of `ca_file` alone."""

    def __init__(
        self, ca_file: Path | None = None, proxy: str | None = None, proxy_login: Login = lambda: None
    ) -> None:
        self._ca_file = ca_file
        self._read: tuple[tuple[int, int], ssl.SSLContext] | None = None
        self.proxy = proxy
        self._proxy_login = proxy_login

    def proxy_headers(self) -> dict[str, str]:
        """What the proxy wants to hear, and the vendor must not. Raises SecretError."""
        login = self._proxy_login()
        if login is None:
            return {}
        return {"Proxy-Authorization": f"Basic {base64.b64encode(':'.join(login).encode()).decode()}"}

    def trust(self) -> ssl.SSLContext | bool:
        """What aiohttp takes as `ssl`; a file that was replaced is read again. Raises PollError(tls)."""
        if self._ca_file is None:
            return True
        try:
            found = self._ca_file.stat()
            version = (found.st_mtime_ns, found.st_ino)
            if self._read is None or self._read[0] != version:
                self._read = version, authorities(self._ca_file)
        except (OSError, ssl.SSLError) as error:
            raise PollError(Reason.TLS, f"the ca_file {self._ca_file} cannot be used: {error.strerror}") from error
        return self._read[1]


def authorities(ca_file: Path) -> ssl.SSLContext:
    """Raises OSError or ssl.SSLError where the file cannot be read, or holds no certificate."""
    return ssl.create_default_context(cafile=ca_file)


DIRECT = Network()
