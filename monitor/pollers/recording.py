"""Exchanges with a vendor as files: taken while a source is polled, redacted when written, answered from later."""

import asyncio
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from multidict import CIMultiDict
from yarl import URL

from monitor.clock import Clock, Now
from monitor.errors import AgentmonError, PollError, Reason
from monitor.pollers.redaction import ELSEWHERE, Redactor
from monitor.pollers.transport import Answer, Request, SourceHttp, over_http, parse_retry_after

FORMAT = 1
MANIFEST = "manifest.json"
CURSOR = "next_page_cursor"
"""The one header in which a vendor pages (LiveAgent's API v3)."""

_BOM = b"\xef\xbb\xbf"
_MEDIA_TYPES = frozenset({"application/json", "application/problem+json", "text/json", "text/html", "text/plain"})
_CHARSETS = frozenset({"utf-8", "iso-8859-1", "us-ascii", "windows-1252"})

T = TypeVar("T")


class RecordingError(AgentmonError):
    """A recording cannot be written or read; the text says which and why."""


class Taken(msgspec.Struct):
    """One exchange as it was. Neither `reply` nor `failure`: it was given up before it ended."""

    request: Request
    reply: Answer | None = None
    failure: Reason | None = None
    sent: int = 0
    """How often it left: a broken kept connection costs a second time."""
    ended_at: float = 0.0
    """In Unix seconds."""


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One exchange as its file holds it. `body` is JSON, or `text` anything else; `mark` a byte order mark before it.

    `failure` stands where no answer came: a reason, or "cancelled" where nobody waited for it any more.
    """

    method: str
    path: str
    query: list[tuple[str, str]] = []
    status: int = 0
    headers: dict[str, str] = {}
    body: Any = msgspec.UNSET
    text: str = ""
    mark: bool = False
    failure: str = ""
    sent: int = 1


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay needs besides the exchanges; `options` are the source's, redacted as the exchanges are."""

    format: int
    agentmon: str
    vendor: str
    recorded_at: float
    options: dict[str, Any]
    groups: tuple[str, ...]
    everyone: bool
    exchanges: int
    live_failure: str = ""
    roster_failure: str = ""


class Recorder:
    """An exchange over HTTP that remembers, in the order of sending, what was asked and answered."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []

    async def __call__(self, http: SourceHttp, request: Request, on_sent: Callable[[], None]) -> Answer:
        taken = Taken(Request(request.method, request.url))  # headers and payload hold secrets
        self.taken.append(taken)

        def on_sent_here() -> None:
            taken.sent += 1
            on_sent()

        try:
            taken.reply = await over_http(http, request, on_sent_here)
        except PollError as error:
            taken.failure = error.reason
            raise
        finally:
            taken.ended_at = http.transport.clock.now().wall
        return taken.reply


class Replayer:
    """An exchange without a network: answers as recorded; of equal requests in order, the last one ever after."""

    def __init__(self, exchanges: Iterable[Stored]) -> None:
        self._answers: dict[object, deque[Stored]] = {}
        for stored in exchanges:
            self._answers.setdefault(_key(stored.method, stored.path, stored.query), deque()).append(stored)

    async def __call__(self, _http: SourceHttp, request: Request, on_sent: Callable[[], None]) -> Answer:
        await asyncio.sleep(0)  # as over a network, others get their turn
        answers = self._answers.get(_key(request.method, request.url.path, request.url.query.items()))
        if answers is None:
            raise PollError(Reason.CONNECT, f"the recording holds no answer to {request.method} {request.url.path}")
        stored = answers.popleft() if len(answers) > 1 else answers[0]
        for _ in range(stored.sent):
            on_sent()
        if stored.failure == "cancelled":
            await asyncio.Event().wait()  # whatever made it needless then will do so now, or the deadline
        if stored.failure:
            where = f"{request.method} {request.url.path}"
            raise PollError(Reason(stored.failure), f"{where} had no answer when it was recorded ({stored.failure})")
        headers: Mapping[str, str] = CIMultiDict(stored.headers)
        return Answer(stored.status, body_of(stored), headers)


class RecordedClock:
    """A clock that goes on from the time of the recording, so that tokens and activity are as old as they were."""

    def __init__(self, wall: float, clock: Clock) -> None:
        self._clock = clock
        self._behind = clock.now().wall - wall

    def now(self) -> Now:
        now = self._clock.now()
        return Now(now.wall - self._behind, now.elapsed)


# ---------------------------------------------------------------- files


def check_folder(folder: Path) -> None:
    """Raises RecordingError where a recording would mix with something else."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise RecordingError(f"{folder} is not empty; name another folder with --output")
    except OSError as error:
        raise RecordingError(f"{folder} cannot be used: {error.strerror}") from error


def save(folder: Path, manifest: Manifest, taken: Iterable[Taken], redactor: Redactor) -> None:
    """Write a recording that only its owner can read. Raises RecordingError."""
    check_folder(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number, exchange in enumerate(taken, start=1):
            _write(folder / f"{number:04}.json", stored(exchange, redactor))
        _write(folder / MANIFEST, manifest)
    except OSError as error:
        raise RecordingError(f"{folder} cannot be written: {error.strerror}") from error


def read(folder: Path) -> tuple[Manifest, list[Stored]]:
    """Raises RecordingError where the folder holds no whole recording."""
    manifest = _read(folder / MANIFEST, Manifest)
    if manifest.format != FORMAT:
        raise RecordingError(f"{folder} is of format {manifest.format}; this version reads {FORMAT}")
    return manifest, [_read(folder / f"{number:04}.json", Stored) for number in range(1, manifest.exchanges + 1)]


def _write(file: Path, value: Stored | Manifest) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(show(value))


def show(value: Stored | Manifest) -> str:
    """The text of a file of a recording."""
    return json.dumps(msgspec.to_builtins(value), indent=1) + "\n"


def _read(file: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(json.loads(file.read_text(encoding="utf-8")), kind)
    except OSError as error:
        raise RecordingError(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.ValidationError, RecursionError) as error:
        raise RecordingError(f"{file} is no part of a recording of agentmon") from error


# ---------------------------------------------------------------- one exchange


def stored(taken: Taken, redactor: Redactor) -> Stored:
    """An exchange without anything that is not known to be harmless."""
    url, reply = taken.request.url, taken.reply
    where = {
        "method": taken.request.method,
        "path": redactor.path(url.path),
        "query": redactor.query(url.query.items()),
        "sent": taken.sent,
    }
    if reply is None:
        return msgspec.convert({**where, "failure": str(taken.failure or "cancelled")}, Stored)
    text: dict[str, Any] = {"mark": reply.body.startswith(_BOM), **_content(reply.body, redactor)}
    return msgspec.convert(
        {**where, "status": reply.status, "headers": _headers(taken, reply, redactor), **text}, Stored
    )


def _content(body: bytes, redactor: Redactor) -> dict[str, Any]:
    bare = body.removeprefix(_BOM)
    try:
        tree = redactor.tree(msgspec.json.decode(bare))
        json.dumps(tree, indent=1)
    except (ValueError, msgspec.DecodeError, RecursionError):
        return {"text": redactor.body(bare.decode("utf-8", "surrogateescape"))}
    return {"body": tree}


def body_of(exchange: Stored) -> bytes:
    """The body of an answer as it came."""
    if exchange.body is msgspec.UNSET:
        content = exchange.text.encode("utf-8", "surrogateescape")
    else:
        content = json.dumps(exchange.body).encode()
    return _BOM * exchange.mark + content


def _headers(taken: Taken, reply: Answer, redactor: Redactor) -> dict[str, str]:
    """What adapters and transport read of an answer's headers; all others are left out."""
    told = {}
    if media := _media_type(reply.headers.get("Content-Type", "")):
        told["Content-Type"] = media
    if (seconds := parse_retry_after(reply.headers.get("Retry-After"), taken.ended_at)) is not None:
        told["Retry-After"] = str(round(seconds))
    if CURSOR in reply.headers:
        told[CURSOR] = redactor.value(reply.headers[CURSOR], CURSOR)
    if "Location" in reply.headers:
        told["Location"] = _location(taken.request.url, reply.headers["Location"], redactor)
    return told


def _media_type(value: str) -> str:
    media, _, rest = value.lower().partition(";")
    charset = rest.strip().removeprefix("charset=")
    if media.strip() not in _MEDIA_TYPES:
        return ""
    return media.strip() + (f"; charset={charset}" if charset in _CHARSETS else "")


def _location(url: URL, location: str, redactor: Redactor) -> str:
    """Where a redirect leads, as far as the rules of redirects tell places apart: the same host or another."""
    try:
        target = url.join(URL(location))
    except ValueError:
        return "//["  # no address either
    if target.origin() == url.origin():
        return redactor.address(target.raw_path_qs)
    upgraded = target.host == url.host and target.scheme == "https" and target.is_default_port()
    return redactor.address(str(target)) if upgraded else redactor.address(str(target), ELSEWHERE)


def _key(method: str, path: str, query: Iterable[tuple[str, str]]) -> object:
    return method, path, tuple(sorted((name, value) for name, value in query))
