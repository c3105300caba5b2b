"""The address of a running agentmon, and what can be wrong with whoever answers there, each as one line."""

import base64
import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import aiohttp
import msgspec
import typer
from aiohttp import hdrs
from yarl import URL

from monitor import __version__
from monitor.errors import AgentmonError

USER = "AGENTMON_USER"
PASSWORD = "AGENTMON_PASSWORD"  # noqa: S105 - the name of a variable


class AddressError(AgentmonError):
    """No agentmon answers there as it should; the text says which address, and what is wrong."""


class Address(msgspec.Struct, frozen=True):
    """`shown` is fit to be shown; user and password, where there are any, stand in `headers` alone."""

    base: URL
    headers: Mapping[str, str]

    @property
    def shown(self) -> str:
        return str(self.base).rstrip("/")

    def to(self, *path: str) -> URL:
        """The address of a path below; each part is quoted already."""
        return self.base.joinpath(*path, encoded=True)


def read_address(text: str, hint: str, environment: Mapping[str, str] = os.environ) -> Address:
    """User and password are taken from the address, else from the environment.

    Raises typer's BadParameter for the argument `hint`.
    """
    try:
        url = URL(text).with_query(None).with_fragment(None)
    except ValueError as error:
        raise typer.BadParameter(f"not an address: {error}", param_hint=hint) from error
    if not url.host or url.scheme not in {"http", "https"}:
        raise typer.BadParameter("no host in it; write it as in http://127.0.0.1:9877", param_hint=hint)
    return Address(url.with_user(None), {"User-Agent": f"agentmon/{__version__}", **_login(url, environment)})


def _login(url: URL, environment: Mapping[str, str]) -> dict[str, str]:
    """In UTF-8, as the listener asks for it."""
    user, password = url.user, url.password
    if user is None:
        user, password = environment.get(USER) or None, environment.get(PASSWORD)
    if user is None:
        return {}
    told = f"{user}:{password or ''}".encode()
    return {hdrs.AUTHORIZATION: f"Basic {base64.b64encode(told).decode()}"}


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
