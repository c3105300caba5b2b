"""A recording is files that only their owner reads, and answers later as the vendor did then."""

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from multidict import CIMultiDict
from pollers.bench import FakeClock, failure
from yarl import URL

from monitor.errors import Reason
from monitor.pollers.budget import Priority
from monitor.pollers.recording import (
    FORMAT,
    Manifest,
    RecordedClock,
    RecordingError,
    Replayer,
    Stored,
    Taken,
    read,
    save,
    stored,
)
from monitor.pollers.redaction import Redactor
from monitor.pollers.transport import Answer, Calls, Request, SourceHttp, Transport

HOST = "https://recording.invalid"


def taken(body: bytes = b"{}", status: int = 200, path: str = "/api/live", **headers: str) -> Taken:
    told = CIMultiDict((name.replace("_", "-"), value) for name, value in headers.items())
    return Taken(Request("GET", URL(f"https://v.example{path}")), Answer(status, body, told))


def manifest(exchanges: int, **more: Any) -> Manifest:
    return Manifest(
        **{
            "format": FORMAT,
            "agentmon": "0",
            "vendor": "cobrowser",
            "recorded_at": 1.0,
            "options": {},
            "groups": (),
            "everyone": True,
            "exchanges": exchanges,
            **more,
        }
    )


def calls_of(*exchanges: Stored, timeout: float = 5.0) -> Calls:
    http = SourceHttp(Transport(FakeClock()), timeout=timeout, requests_per_minute=1000, exchange=Replayer(exchanges))
    return http.calls(Priority.LIVE)


def answer(text: str, path: str = "/api/live", **more: Any) -> Stored:
    return msgspec.convert({"method": "GET", "path": path, "status": 200, "text": text, **more}, Stored)


def test_files_are_for_their_owner_alone_and_read_as_they_were_written(tmp_path: Path):
    folder = tmp_path / "new" / "recording"
    save(folder, manifest(2), [taken(b'[{"id": 1}]'), taken(b"<html>")], Redactor())
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == dict.fromkeys(
        ["0001.json", "0002.json", "manifest.json"], 0o600
    )
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    told, exchanges = read(folder)
    assert told == manifest(2)
    assert [exchange.body for exchange in exchanges] == [[{"id": 1000001}], msgspec.UNSET]


def test_nothing_is_mixed_with_what_a_folder_holds(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RecordingError, match="not empty"):
        save(tmp_path, manifest(0), [], Redactor())
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(lambda folder: (folder / "manifest.json").unlink(), "cannot be read", id="no manifest"),
        pytest.param(lambda folder: (folder / "0001.json").unlink(), "cannot be read", id="an exchange is missing"),
        pytest.param(lambda folder: (folder / "0001.json").write_text("{"), "no part of a recording", id="no JSON"),
        pytest.param(
            lambda folder: (folder / "0001.json").write_text("[]"), "no part of a recording", id="no exchange"
        ),
        pytest.param(
            lambda folder: (folder / "manifest.json").write_text(
                json.dumps(msgspec.to_builtins(manifest(1, format=9)))
            ),
            "of format 9",
            id="another format",
        ),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, spoil: Any, says: str):
    save(tmp_path, manifest(1), [taken()], Redactor())
    spoil(tmp_path)
    with pytest.raises(RecordingError, match=says):
        read(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"numFree": 3}', id="JSON"),
        pytest.param(b'\xef\xbb\xbf{"numFree": 3}', id="JSON behind a byte order mark"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"{\\"getOnlineAgents\\": []}"', id="JSON in a JSON text"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"<html><body>Forbidden</body></html>", id="HTML"),
        pytest.param(b'{"numFree": 0', id="JSON that breaks off"),
        pytest.param(b"[" * 5000, id="JSON too deep"),
    ],
)
async def test_a_body_of_harmless_words_comes_back_as_it_was(tmp_path: Path, body: bytes):
    save(tmp_path, manifest(1), [taken(body)], Redactor())
    assert await calls_of(*read(tmp_path)[1]).get(HOST + "/api/live") == body


async def test_equal_requests_are_answered_in_order_and_the_last_answer_stays():
    calls = calls_of(answer("one"), answer("other", "/api/agents"), answer("two"))
    assert [await calls.get(HOST + "/api/live") for _ in range(3)] == [b"one", b"two", b"two"]
    assert await calls.get("https://another.invalid/api/agents") == b"other"
    assert calls.count == 4


async def test_the_order_of_a_query_does_not_matter():
    calls = calls_of(answer("found", query=[["a", "1"], ["b", "2"]]))
    assert await calls.get(HOST + "/api/live?b=2&a=1") == b"found"


@pytest.mark.parametrize("url", ["/api/agents", "/api/live?page=2"])
async def test_a_request_that_is_not_in_the_recording_says_so(url: str):
    error = await failure(calls_of(answer("one")).get(HOST + url))
    assert error.reason is Reason.CONNECT
    assert "the recording holds no answer to GET /api/" in str(error)


@pytest.mark.parametrize("reason", Reason)
async def test_a_request_without_an_answer_fails_as_it_did(reason: Reason):
    found = stored(Taken(Request("GET", URL("https://v.example/api/live")), failure=reason), Redactor())
    assert (await failure(calls_of(found).get(HOST + "/api/live"))).reason is reason


async def test_a_request_that_was_given_up_is_not_answered():
    found = stored(Taken(Request("GET", URL("https://v.example/api/live"))), Redactor())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(calls_of(found).get(HOST + "/api/live"), 0.01)


@pytest.mark.parametrize(
    ("status", "headers", "reason", "after"),
    [
        pytest.param(429, {"Retry_After": "30"}, Reason.RATE_LIMITED, 30.0, id="too many, with a time"),
        pytest.param(401, {}, Reason.AUTH, None, id="refused"),
        pytest.param(302, {"Location": "https://v.example/api/live"}, Reason.STATUS, None, id="redirected in a circle"),
        pytest.param(302, {"Location": "https://sso.example/login"}, Reason.STATUS, None, id="redirected elsewhere"),
        pytest.param(
            302, {"Location": "http://v.example/api/live"}, Reason.STATUS, None, id="redirected to plain http"
        ),
    ],
)
async def test_a_refusal_is_the_same_again(status: int, headers: dict[str, str], reason: Reason, after: float | None):
    found = stored(taken(b"", status, **headers), Redactor())
    error = await failure(calls_of(found).get(HOST + "/api/live"))
    assert (error.reason, error.retry_after) == (reason, after)
    assert "example" not in str(found.headers)


async def test_a_redirect_on_the_same_host_is_followed_again():
    there = Stored(method="GET", path="/api/agents", status=200, text="good")
    found = stored(taken(b"", 302, Location="/api/agents"), Redactor())
    assert await calls_of(found, there).get(HOST + "/api/live") == b"good"


def test_headers_that_nobody_reads_are_left_out():
    found = stored(
        taken(Content_Type="text/html; charset=UTF-8", Set_Cookie="a=b", Server="v1.example", next_page_cursor="c9"),
        Redactor(),
    )
    assert found.headers == {"Content-Type": "text/html; charset=utf-8"}
    cursor = Taken(Request("GET", URL(HOST)), Answer(200, b"[]", {"next_page_cursor": "c9"}))
    assert stored(cursor, Redactor()).headers == {"next_page_cursor": "word1"}


def test_a_recording_lives_in_its_own_time():
    clock = FakeClock()
    recorded = RecordedClock(5000.0, clock)
    clock.advance(10)
    assert recorded.now().wall == 5010.0
    assert recorded.now().elapsed == clock.now().elapsed
