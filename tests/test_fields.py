"""Fields that several rooms share: secrets, durations, addresses."""

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from builders import row
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from monitor.errors import SecretError
from monitor.fields import (
    Duration,
    DurationOrZero,
    Login,
    Secret,
    Url,
    is_loopback,
    is_plain_http,
    parse_duration,
    show_duration,
)

VALUE = "hunter2-and-more"


class Form(BaseModel, hide_input_in_errors=True):
    secret: Secret | None = None
    user: Login | None = None


def parsed(value: Any, base: Path = Path()) -> Secret:
    found = Form.model_validate({"secret": value}, context={"base": base}).secret
    assert found is not None
    return found


def refusal(kind: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return str(caught.value.errors(include_input=False)[0]["msg"])


# ------------------------------------------------------------------ secrets


def test_a_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOME_KEY", VALUE)
    found = parsed({"env": "SOME_KEY"})
    assert (found.env, found.file, found.is_plain) == ("SOME_KEY", None, False)
    assert found.reveal() == VALUE


def test_a_secret_from_a_file_beside_the_configuration(tmp_path: Path):
    (tmp_path / "key").write_text(f"{VALUE}\r\n", encoding="utf-8")
    found = parsed({"file": "key"}, tmp_path)
    assert (found.env, found.file, found.is_plain) == (None, tmp_path / "key", False)
    assert found.reveal() == VALUE


def test_an_absolute_file_stays_where_it_is(tmp_path: Path):
    (tmp_path / "key").write_text(VALUE, encoding="utf-8")
    assert parsed({"file": str(tmp_path / "key")}, Path("/elsewhere")).reveal() == VALUE


def test_only_line_ends_are_cut_off(tmp_path: Path):
    (tmp_path / "key").write_bytes(b" a\nb \n\n")
    assert parsed({"file": "key"}, tmp_path).reveal() == " a\nb "


def test_a_rotated_secret_is_picked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    by_file, by_env = parsed({"file": "key"}, tmp_path), parsed({"env": "SOME_KEY"})
    for value in ("old", "new"):
        (tmp_path / "key").write_text(value, encoding="utf-8")
        monkeypatch.setenv("SOME_KEY", value)
        assert (by_file.reveal(), by_env.reveal()) == (value, value)


def test_a_plain_secret():
    found = parsed(VALUE)
    assert found.is_plain
    assert found.reveal() == VALUE


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_an_environment_variable_that_is(monkeypatch: pytest.MonkeyPatch, value: str | None):
    monkeypatch.delenv("SOME_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("SOME_KEY", value)
    with pytest.raises(SecretError, match="SOME_KEY is not set"):
        parsed({"env": "SOME_KEY"}).reveal()


FILES = [
    row("missing", None, "No such file"),
    row("empty", b"", "is empty"),
    row("nothing but a line end", b"\n", "is empty"),
    row("no text", b"hunter2\xff", "not UTF-8"),
]


@pytest.mark.parametrize(("content", "sentence"), FILES)
def test_a_secret_file_that_cannot_be_used_is_named_and_not_shown(tmp_path: Path, content: bytes | None, sentence: str):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with pytest.raises(SecretError, match=re.escape(str(tmp_path / "key"))) as caught:
        parsed({"file": "key"}, tmp_path).reveal()
    assert sentence in str(caught.value)
    assert "hunter2" not in str(caught.value)


REFUSED = [
    row("nothing", {"secret": {}}),
    row("an unknown reference", {"secret": {"vault": VALUE}}),
    row("two references", {"secret": {"env": VALUE, "file": VALUE}}),
    row("a reference that is no text", {"secret": {"env": 5}}),
    row("an empty reference", {"secret": {"env": ""}}),
    row("empty text", {"secret": ""}),
    row("a number, which may be the secret itself", {"secret": 8675309}),
    row("a list", {"secret": [VALUE]}),
    row("a truth", {"secret": True}),
]


@pytest.mark.parametrize("value", REFUSED)
def test_what_is_no_secret_is_refused_without_repeating_it(value: dict[str, Any]):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Secret).validate_python(value["secret"])
    sentence = str(caught.value.errors(include_input=False)[0]["msg"])
    assert "{env: NAME}" in sentence
    assert VALUE not in sentence
    assert "8675309" not in sentence


def test_no_form_of_a_secret_shows_it(tmp_path: Path):
    found = Form.model_validate({"secret": VALUE, "user": VALUE})
    for shown in (
        repr(found),
        str(found),
        f"{found.secret}",
        f"{found.secret!r}",
        str([found.user]),
    ):
        assert VALUE not in shown
    assert "env: SOME_KEY" in repr(parsed({"env": "SOME_KEY"}))
    assert f"file: {tmp_path / 'key'}" in repr(parsed({"file": "key"}, tmp_path))


def test_secrets_are_equal_by_what_they_refer_to():
    assert parsed(VALUE) == parsed(VALUE)
    assert hash(parsed(VALUE)) == hash(parsed(VALUE))
    assert len({parsed(VALUE), parsed("other"), parsed({"env": "A"}), parsed({"env": "B"}), parsed({"file": "A"})}) == 5
    assert parsed(VALUE) != VALUE


def test_a_copy_of_a_secret_is_the_secret():
    for found in (parsed(VALUE), parsed({"env": "A"})):
        assert copy.deepcopy(found) == found
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - made one line before


def test_a_user_name_may_be_plain_and_is_a_login():
    found = Form.model_validate({"user": "jane", "secret": "x"})
    assert isinstance(found.user, Login)
    assert found.user.reveal() == "jane"
    assert found.user.plain_is_fine
    assert found.secret is not None
    assert not found.secret.plain_is_fine
    assert repr(found.user).startswith("Login(")


def test_a_value_that_is_a_secret_already_stays():
    found = Secret(env="A")
    assert TypeAdapter(Secret).validate_python(found) is found


# ------------------------------------------------------------------ durations

DURATIONS = [
    ("15s", 15.0),
    ("10m", 600.0),
    ("1h30m", 5400.0),
    ("500ms", 0.5),
    ("1s500ms", 1.5),
    ("2d", 172_800.0),
    ("1w", 604_800.0),
    ("1y", 31_536_000.0),
    ("1y2w3d4h5m6s7ms", 31_536_000 + 2 * 604_800 + 3 * 86_400 + 4 * 3600 + 5 * 60 + 6.007),
    ("0s", 0.0),
    ("007s", 7.0),
    ("90m", 5400.0),
]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_a_duration_as_prometheus_writes_it(text: str, seconds: float):
    assert parse_duration(text) == pytest.approx(seconds, rel=1e-12)


NOT_DURATIONS = [
    "",
    "15",
    "s",
    "1.5h",
    "-5s",
    "5 s",
    " 5s",
    "5s ",
    "5s\n",
    "5S",
    "30s1m",
    "1m1m",
    "1us",
    "5sec",
    "1h-1m",
    "forever",
]


@pytest.mark.parametrize("value", NOT_DURATIONS)
def test_what_is_no_duration_is_refused_with_an_example(value: str):
    assert "write it as in 15s" in refusal(Duration, value)


def test_a_number_without_a_unit_is_answered_with_one():
    assert "as in 15s" in refusal(Duration, 15)
    assert "as in 1.5s" in refusal(Duration, 1.5)


@pytest.mark.parametrize("value", [None, True, [], {"s": 5}, b"5s"])
def test_other_things_are_no_durations(value: Any):
    assert "write it as in 15s" in refusal(Duration, value)


def test_zero_is_a_duration_only_where_it_makes_sense():
    assert "longer than zero" in refusal(Duration, "0s")
    assert TypeAdapter(DurationOrZero).validate_python("0s") == 0


SHOWN = [
    (0, "0s"),
    (15, "15s"),
    (90, "1m30s"),
    (3600, "1h"),
    (5400, "1h30m"),
    (86_400, "1d"),
    (0.5, "500ms"),
    (90_061, "1d1h1m1s"),
]


@pytest.mark.parametrize(("seconds", "text"), SHOWN)
def test_a_duration_is_shown_as_prometheus_writes_it(seconds: float, text: str):
    assert show_duration(seconds) == text


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**12))
def test_a_duration_is_read_as_it_was_shown(milliseconds: int):
    seconds = milliseconds / 1000
    assert parse_duration(show_duration(seconds)) == pytest.approx(seconds, rel=1e-12)


# ------------------------------------------------------------------ addresses

ADDRESSES = [
    ("https://acme.ladesk.com", "https://acme.ladesk.com"),
    ("https://api1.comm100.io/api/v3/", "https://api1.comm100.io/api/v3"),
    ("http://localhost:8080", "http://localhost:8080"),
    ("HTTPS://Acme.example/API", "HTTPS://Acme.example/API"),
    ("http://[::1]:9000/x", "http://[::1]:9000/x"),
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_an_address_loses_its_closing_slash_only(text: str, address: str):
    assert TypeAdapter(Url).validate_python(text) == address


NOT_ADDRESSES = [
    row("no text", 5, "https://host/path"),
    row("nothing", "", "https://host/path"),
    row("no scheme", "acme.ladesk.com", "https://host/path"),
    row("another scheme", "ftp://acme.ladesk.com", "https://host/path"),
    row("no host", "https:///api", "https://host/path"),
    row("only a port", "https://:443", "https://host/path"),
    row("a port that is none", "https://host:70000", "https://host/path"),
    row("a password where the port should be", f"https://user:{VALUE}", "https://host/path"),
    row("a broken bracket", "https://[::1", "https://host/path"),
    row("credentials", f"https://user:{VALUE}@host", "user name or password"),
    row("a user name", "https://user@host", "user name or password"),
    row("a key in the query", f"https://host/api?apikey={VALUE}", "no query"),
    row("a fragment", f"https://host/api#{VALUE}", "no query"),
]


@pytest.mark.parametrize(("value", "sentence"), NOT_ADDRESSES)
def test_what_is_no_address_is_refused_without_repeating_it(value: Any, sentence: str):
    message = refusal(Url, value)
    assert sentence in message
    assert VALUE not in message


PLAIN_HTTP = [
    ("http://acme.example", True),
    ("http://192.0.2.1:8080/api", True),
    ("http://localhost.example", True),
    ("https://acme.example", False),
    ("https://localhost", False),
    ("http://localhost:8080", False),
    ("http://LOCALHOST", False),
    ("http://127.0.0.1", False),
    ("http://127.9.9.9:1", False),
    ("http://[::1]:9000", False),
    ("http://[2001:db8::1]", True),
    ("http://0.0.0.0", True),
]


@pytest.mark.parametrize(("address", "is_plain"), PLAIN_HTTP)
def test_plain_http_matters_only_beyond_this_machine(address: str, *, is_plain: bool):
    assert is_plain_http(address) is is_plain


@pytest.mark.parametrize(
    ("host", "is_local"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("", False)]
)
def test_loopback(host: str, *, is_local: bool):
    assert is_loopback(host) is is_local
