"""The address of a running agentmon, and what can be wrong with whoever answers there, each as one line."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import msgspec
import typer
from yarl import URL

from monitor import __version__
from monitor.errors import AgentmonError

HEADERS = {"User-Agent": f"agentmon/{__version__}"}


class AddressError(AgentmonError):
    """No agentmon answers there as it should; the text says which address, and what is wrong."""


class Address(msgspec.Struct, frozen=True):
    """`base` may hold a user and a password; `shown` is without them, fit to be shown."""

    base: URL
    shown: str

    def to(self, *path: str) -> URL:
        """The address of a path below; each part is quoted already."""
        return self.base.joinpath(*path, encoded=True)


def read_address(text: str, hint: str) -> Address:
    """Raises typer's BadParameter for the argument `hint`."""
    try:
        url = URL(text).with_query(None).with_fragment(None)
    except ValueError as error:
        raise typer.BadParameter(f"not an address: {error}", param_hint=hint) from error
    if not url.host or url.scheme not in {"http", "https"}:
        raise typer.BadParameter("no host in it; write it as in http://127.0.0.1:9877", param_hint=hint)
    return Address(url, str(url.with_user(None)).rstrip("/"))


@contextmanager
def asking(where: str, within: float) -> Iterator[None]:
    """Whatever goes wrong inside, on the way or in the answer, raises AddressError. `within` is in seconds."""
    try:
        yield
    except TimeoutError as error:
        raise AddressError(f"{where} gave no answer in {within:g} s") from error
    except (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, ssl.SSLError) as error:
        raise AddressError(f"the certificate of {where} is not accepted{_cause(error)}") from error
    except (aiohttp.ClientConnectorError, OSError) as error:
        raise AddressError(f"cannot reach {where}{_cause(error)}; is agentmon running there?") from error
    except msgspec.DecodeError as error:
        raise AddressError(f"{where} is not an agentmon, or one of another version") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise AddressError(f"{where} does not answer as an agentmon does") from error


def refusal(where: str, status: int) -> AddressError:
    """What a status says that is not the one hoped for."""
    if status in {401, 403}:
        return AddressError(f"{where} wants a user and a password, or others than these ({status})")
    return AddressError(f"{where} is not an agentmon, or not well: it answered with status {status}")


def _cause(error: Exception) -> str:
    """What the system says of it: refused, expired."""
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    code = getattr(inner, "errno", None)
    if code and code > 0 and not isinstance(inner, ssl.SSLError):
        return f" ({os.strerror(code)})"  # asyncio's own text repeats the address
    text = getattr(inner, "verify_message", None) or getattr(inner, "strerror", None)
    return f" ({text})" if text else ""
