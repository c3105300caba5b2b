"""The one outgoing HTTP module: deadline, size limit, budget, redirects, and every failure as a closed reason."""

import asyncio
import base64
import re
import ssl
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import urlencode

import aiohttp
import msgspec
import structlog
from aiohttp.http_exceptions import ContentEncodingError
from yarl import URL

from monitor import __version__
from monitor.clock import Clock, Now
from monitor.errors import PollError, Reason
from monitor.pollers.budget import Budget, Priority
from monitor.pollers.network import DIRECT, Network
from monitor.pollers.resolver import Resolver

BODY_LIMIT = 32 * 1024 * 1024  # 50,000 accounts in the wordiest of the four vendors
MAX_REDIRECTS = 5
CONCURRENT_REQUESTS = 4  # of one source: polite to the vendor, and enough for its departments
RETRY_AFTER_LIMIT = 3600.0
_DETAIL_LIMIT = 200
_SCRUBBED = 10_000  # characters of a vendor's text that are looked at: far more than is ever shown
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """An answer read whole; names of `headers` in whatever case. What callers get of it has a status of 2xx."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


class Request(msgspec.Struct, frozen=True):
    """A request as it is about to be sent."""

    method: str
    url: URL
    headers: Mapping[str, str] | None = None
    data: bytes | None = None


class Exchange(Protocol):
    """How a request becomes an answer of any status: over HTTP, into a recording or out of one. Raises PollError.

    `on_sent` is called each time that the request leaves.
    """

    async def __call__(self, http: "SourceHttp", request: Request, on_sent: Callable[[], None], /) -> Answer: ...


Explain = Callable[[int, bytes], PollError | None]
"""A vendor's own reading of an answer that is not 2xx; None leaves it to the general rule."""


class Transport:
    """One aiohttp session for all sources; use as an async context manager."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_on_headers_sent)
        self._session = aiohttp.ClientSession(
            trace_configs=[trace],
            # Bounded per source, so that none can starve another.
            connector=aiohttp.TCPConnector(limit=0, resolver=Resolver()),
            cookie_jar=aiohttp.DummyCookieJar(),  # two accounts of one vendor must not share a session
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # ours, over the whole exchange
            headers={"User-Agent": f"agentmon/{__version__}", "Accept": "application/json"},
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the transport is not open")
        return self._session


class SourceHttp:
    """The transport as one source sees it: its budget, its timeout, its secrets to keep out of texts."""

    def __init__(
        self,
        transport: Transport,
        *,
        timeout: float,
        requests_per_minute: int,
        secrets: Callable[[], Iterable[str]] = tuple,
        body_limit: int = BODY_LIMIT,
        exchange: Exchange | None = None,
        network: Network = DIRECT,
    ) -> None:
        self.transport = transport
        self.network = network
        self.timeout = timeout
        self.body_limit = body_limit
        self.budget = Budget(requests_per_minute, transport.clock)
        self.slots = asyncio.Semaphore(CONCURRENT_REQUESTS)
        self.requests = 0
        self.exchange = exchange or over_http
        self._secrets = secrets

    def calls(self, priority: Priority) -> "Calls":
        """A fresh set of calls, for one poll."""
        return Calls(self, priority)

    def succeed(self, other: "SourceHttp") -> None:
        """Go on counting where another one stopped."""
        self.requests = other.requests
        self.budget.succeed(other.budget)

    def scrub(self, text: str, *also: str) -> str:
        """`text` without this source's secrets and those in `also`, without control characters, and short."""
        text = text[:_SCRUBBED]
        for secret in sorted({*self._secrets(), *also} - {""}, key=len, reverse=True):
            text = any_form(secret).sub("***", text)
        return clip(text)


class Calls:
    """The requests of one poll. `first_sent` is when the first of them left, None before; `count` all of them."""

    def __init__(self, http: SourceHttp, priority: Priority) -> None:
        self._http = http
        self._priority = priority
        self.first_sent: Now | None = None
        self.count = 0
        self.waiting_for_budget = 0
        """Requests that the budget holds back now; still above 0 after a poll that ran out of time waiting."""

    @property
    def clock(self) -> Clock:
        return self._http.transport.clock

    def scrub(self, text: str, *also: str) -> str:
        return self._http.scrub(text, *also)

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        explain: Explain | None = None,
    ) -> bytes:
        """The body of a 2xx answer; redirects are followed on the same host only. Raises PollError."""
        return (await self.ask(url, params=params, headers=headers, explain=explain)).body

    async def ask(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        explain: Explain | None = None,
    ) -> Answer:
        """The same as `get`, for who needs the headers of the answer too."""
        target = URL(url).update_query(params or {})
        async with self._http.slots:
            for _ in range(MAX_REDIRECTS + 1):
                answer, location, retry_after = await self._exchange("GET", target, headers=headers)
                if answer.status not in _REDIRECTS or location is None:
                    return self._settle(answer, target, retry_after, explain)
                target = _redirected(target, location)
        raise PollError(Reason.STATUS, f"{_where(target)} redirects without end")

    async def post_json(self, url: str, payload: object, *, explain: Explain | None = None) -> bytes:
        """The body of a 2xx answer to a POST; a redirect is refused, as it would carry the payload away.

        A POST is a log-in, for which live polls wait as well: it goes before the roster whoever asks for it.
        """
        return await self._post(url, "application/json", msgspec.json.encode(payload), explain)

    async def post_form(self, url: str, form: Mapping[str, str], *, explain: Explain | None = None) -> bytes:
        """The same for a form, as OAuth wants it."""
        return await self._post(url, "application/x-www-form-urlencoded", urlencode(form).encode(), explain)

    async def _post(self, url: str, kind: str, data: bytes, explain: Explain | None) -> bytes:
        target = URL(url)
        async with self._http.slots:
            answer, _, retry_after = await self._exchange(
                "POST", target, headers={"Content-Type": kind}, data=data, priority=Priority.LIVE
            )
        return self._settle(answer, target, retry_after, explain).body

    def _settle(self, answer: Answer, url: URL, retry_after: float | None, explain: Explain | None) -> Answer:
        if 200 <= answer.status < 300:  # noqa: PLR2004 - the 2xx class
            return answer
        error = (explain and explain(answer.status, answer.body)) or status_error(answer.status, _where(url))
        error.status = answer.status
        if retry_after is not None:  # what the vendor asks for goes before what its adapter works out
            error.retry_after = retry_after
        raise error

    def _count(self) -> None:
        self.count += 1
        self._http.requests += 1

    async def _exchange(
        self,
        method: str,
        url: URL,
        *,
        headers: Mapping[str, str] | None,
        data: bytes | None = None,
        priority: Priority | None = None,
    ) -> tuple[Answer, str | None, float | None]:
        """One request and its answer, counted and within the budget."""
        priority = self._priority if priority is None else priority
        self.waiting_for_budget += 1
        await self._http.budget.acquire(priority)
        self.waiting_for_budget -= 1
        self.first_sent = self.first_sent or self.clock.now()
        self._count()
        repeated = False

        def on_sent() -> None:
            nonlocal repeated
            if repeated:
                self._http.budget.spend(self.clock.now().elapsed, priority)
                self._count()
            repeated = True

        begun = self.clock.now().elapsed
        answer = await self._http.exchange(self._http, Request(method, url, headers, data), on_sent)
        log.debug(
            "request",
            method=method,
            where=_where(url),
            status=answer.status,
            seconds=round(self.clock.now().elapsed - begun, 3),
            bytes=len(answer.body),
        )
        retry_after = parse_retry_after(answer.headers.get("Retry-After"), self.clock.now().wall)
        return answer, answer.headers.get("Location"), retry_after


async def over_http(http: SourceHttp, request: Request, on_sent: Callable[[], None]) -> Answer:
    """The exchange with a real vendor; the deadline spans request, status, headers and body."""
    where = _where(request.url)
    for_proxy = http.network.proxy_headers()
    try:
        async with (
            asyncio.timeout(http.timeout),
            http.transport.session.request(
                request.method,
                request.url,
                # Into a tunnel to https they must not go; without one, the proxy reads the request itself.
                headers={**(request.headers or {}), **({} if request.url.scheme == "https" else for_proxy)},
                data=request.data,
                allow_redirects=False,
                ssl=http.network.trust(),
                proxy=http.network.proxy,
                proxy_headers=for_proxy or None,
                trace_request_ctx=on_sent,
            ) as response,
        ):
            body = await _read(response, http.body_limit, where)
            return Answer(response.status, body, response.headers)
    except PollError:
        raise
    except TimeoutError as error:
        raise PollError(Reason.TIMEOUT, f"{where} gave no whole answer in {http.timeout:g} s") from error
    except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError) as error:
        raise _mapped(error, where) from error


async def _on_headers_sent(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _sent: aiohttp.TraceRequestHeadersSentParams
) -> None:
    """Aiohttp sends a GET once more by itself where a kept connection turns out to be broken: that counts too."""
    context.trace_request_ctx()


async def _read(response: aiohttp.ClientResponse, limit: int, where: str) -> bytes:
    """The body, refused while reading once it exceeds `limit` bytes (after decompression).

    In one block, which goes back to the system as a whole, where many chunks would leave holes.
    """
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        if len(body) + len(chunk) > limit:
            raise PollError(Reason.DECODE, f"the answer of {where} is larger than {limit} bytes")
        body += chunk
    return bytes(body)


def _mapped(error: Exception, where: str) -> PollError:
    """The closed reason for a foreign exception; its text is not used, for it may hold the address whole."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError() | ssl.SSLError():
            return PollError(Reason.TLS, f"the certificate of {where} was not accepted{_cause(error)}")
        case aiohttp.ClientProxyConnectionError():
            return PollError(Reason.CONNECT, f"cannot connect to the proxy for {where}{_cause(error)}")
        case aiohttp.ClientHttpProxyError():
            return PollError(Reason.CONNECT, f"the proxy refuses the way to {where} ({error.status})")
        case aiohttp.ClientConnectorDNSError():
            return PollError(Reason.CONNECT, f"the name of {where} cannot be resolved")
        case aiohttp.ClientConnectorError():
            return PollError(Reason.CONNECT, f"cannot connect to {where}{_cause(error)}")
        case aiohttp.ClientPayloadError() if isinstance(error.__cause__, ContentEncodingError):
            return PollError(Reason.DECODE, f"the answer of {where} cannot be decompressed")
        case aiohttp.ClientPayloadError():
            return PollError(Reason.CONNECT, f"the answer of {where} was cut off")
        case aiohttp.ClientResponseError() | aiohttp.InvalidURL() | ValueError():
            return PollError(Reason.DECODE, f"the answer of {where} is not valid HTTP")
        case _:
            return PollError(Reason.CONNECT, f"the connection to {where} broke")


def _cause(error: Exception) -> str:
    """What the system said of it (refused, expired), which never holds an address's query."""
    inner = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    text = getattr(inner, "verify_message", None) or getattr(inner, "strerror", None)
    return f" ({clip(str(text))})" if text else ""


def status_error(status: int, where: str) -> PollError:
    """The general rule for an answer that is not 2xx."""
    match status:
        case 401:
            return PollError(Reason.AUTH, f"{where} refuses the credentials (401)")
        case 403:
            return PollError(Reason.FORBIDDEN, f"{where} denies permission (403)")
        case 429:
            return PollError(Reason.RATE_LIMITED, f"{where} says that there were too many requests (429)")
        case _:
            return PollError(Reason.STATUS, f"{where} answered with status {status}")


def _redirected(url: URL, location: str) -> URL:
    """Where a redirect leads; PollError if to another host, another port or from https to http."""
    try:
        target = url.join(URL(location))
    except ValueError as error:
        raise PollError(Reason.STATUS, f"{_where(url)} redirects to something that is no address") from error
    upgraded = (url.scheme, target.scheme) == ("http", "https") and url.is_default_port() and target.is_default_port()
    if target.host != url.host or (not upgraded and (target.scheme, target.port) != (url.scheme, url.port)):
        raise PollError(Reason.STATUS, f"{_where(url)} redirects to another host or protocol; not followed")
    return target


def any_form(secret: str) -> re.Pattern[str]:
    """Matches a secret as it is, in base64, and with any of its characters percent-encoded, as addresses have it."""
    forms = [re.escape(coded(secret.encode()).decode().rstrip("=")) for coded in _BASE64]
    return re.compile("|".join([*forms, "".join(map(_any_spelling, secret))]))


def _any_spelling(character: str) -> str:
    percent = "".join(f"%{byte:02x}" for byte in character.encode(errors="replace"))
    return f"(?:{re.escape(character)}|(?i:{percent}){'|[+]' if character == ' ' else ''})"


_BASE64 = (base64.b64encode, base64.urlsafe_b64encode)


def _where(url: URL) -> str:
    """Host and path: what may be shown of an address."""
    port = "" if url.is_default_port() else f":{url.port}"
    return f"{url.host}{port}{url.path}"


def parse_retry_after(value: str | None, wall: float) -> float | None:
    """Seconds to wait, from either form of the header, at most an hour; None if there is none or it is nonsense."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    else:
        try:
            date = parsedate_to_datetime(value)
            seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - wall
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), RETRY_AFTER_LIMIT)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def clip(text: str, limit: int = _DETAIL_LIMIT) -> str:
    """`text` on one line without control characters, and short."""
    if not text.isprintable():  # nearly all text is, and telling so is ten times as quick
        text = _CONTROL.sub(" ", text)
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in order; the first failure cancels the others and is raised as itself."""
    tasks: list[asyncio.Task[T]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks += [group.create_task(call) for call in calls]
    except BaseExceptionGroup as errors:
        first, *others = _single(errors)
        # The group holds itself until the collector comes by, and with it every answer in their frames.
        tasks.clear()
        for other in others:
            other.__traceback__ = None
        raise first from errors
    return [task.result() for task in tasks]


def _single(errors: BaseException) -> Iterable[BaseException]:
    if not isinstance(errors, BaseExceptionGroup):
        return [errors]
    return [single for error in errors.exceptions for single in _single(error)]
