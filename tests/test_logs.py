"""Logs: one form for all, the level that was asked for, and never a secret."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from builders import row

from monitor.fields import Secret
from monitor.logs import MASK, LogFormat, LogLevel, Mask, configure

SECRET = "k3y/with+signs 'and' \\more"
LONGER = SECRET + "-and-more"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave logging as it was found."""
    names = (None, "apscheduler", "asyncio")
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = logging.getLogger().handlers[:]
    yield
    logging.getLogger().handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    def read() -> str:
        out, err = capsys.readouterr()
        assert out == ""
        assert "Logging error" not in err
        return err

    return read


def masking(*secrets: str) -> Mask:
    mask = Mask()
    mask.hide(secrets)
    return mask


def from_ours(value: Any) -> None:
    structlog.get_logger("ours").warning("event", detail=value)


def from_a_library(value: Any) -> None:
    logging.getLogger("library").warning("event %s", [value] if isinstance(value, tuple) else value)


SOURCES = pytest.mark.parametrize("tell", [from_ours, from_a_library], ids=["from ours", "from a library"])


# ------------------------------------------------------------------ form and level


def test_json_is_one_object_a_line_with_level_and_time(written: Callable[[], str]):
    configure(LogLevel.INFO, LogFormat.JSON, Mask())
    structlog.get_logger("ours").info("started", port=9877, sources=["a", "b"])
    structlog.get_logger("ours").error("ended")
    first, second = map(json.loads, written().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {"event": "started", "level": "info", "port": 9877, "sources": ["a", "b"]}
    assert (second["event"], second["level"]) == ("ended", "error")


def test_libraries_go_the_same_way(written: Callable[[], str]):
    configure(LogLevel.INFO, LogFormat.JSON, Mask())
    logging.getLogger("aiohttp.server").warning("unhandled %s of %d", "request", 7)
    found = json.loads(written())
    assert (found["event"], found["level"]) == ("unhandled request of 7", "warning")
    assert found["timestamp"].endswith("Z")


@SOURCES
def test_console_is_text_without_colours_where_nobody_looks(written: Callable[[], str], tell: Callable[..., None]):
    configure(LogLevel.INFO, LogFormat.CONSOLE, Mask())
    tell(9877)
    line = written()
    assert "event" in line
    assert "9877" in line
    assert "warning" in line
    assert "\x1b" not in line
    with pytest.raises(json.JSONDecodeError):
        json.loads(line)


LEVELS = ["debug", "info", "warning", "error"]


@pytest.mark.parametrize("level", LogLevel)
@pytest.mark.parametrize("get_logger", [structlog.get_logger, logging.getLogger], ids=["ours", "libraries"])
def test_the_level_is_the_least_that_is_told(written: Callable[[], str], get_logger: Any, level: LogLevel):
    configure(level, LogFormat.JSON, Mask())
    for name in LEVELS:
        getattr(get_logger("any"), name)(name)
    told = [json.loads(line)["event"] for line in written().splitlines()]
    assert told == LEVELS[LEVELS.index(level) :]


def test_configured_twice_each_line_is_told_once(written: Callable[[], str]):
    configure(LogLevel.INFO, LogFormat.JSON, Mask())
    configure(LogLevel.INFO, LogFormat.JSON, Mask())
    from_ours(1)
    from_a_library(1)
    assert len(written().splitlines()) == 2


def test_what_is_bound_to_the_context_is_told(written: Callable[[], str]):
    configure(LogLevel.INFO, LogFormat.JSON, masking("s3cret"))
    with structlog.contextvars.bound_contextvars(source="a", key="s3cret"):
        from_ours(1)
    found = json.loads(written())
    assert (found["source"], found["key"]) == ("a", MASK)


# ------------------------------------------------------------------ secrets


class Stray:
    """An object that gives away more than it should."""

    def __repr__(self) -> str:
        return f"Stray(key={SECRET})"


VALUES = [
    row("alone", SECRET),
    row("inside a text", f"apikey={SECRET}&x=1"),
    row("twice", f"{SECRET} {SECRET}"),
    row("in a list", ["x", SECRET]),
    row("in a tuple", ("x", SECRET)),
    row("in a mapping", {"key": SECRET}),
    row("as the key of a mapping", {SECRET: 1}),
    row("deep inside", {"a": [{"b": (f"<{SECRET}>",)}]}),
    row("in a set", {SECRET}),
    row("in an error", ValueError(f"no {SECRET} here")),
    row("in the repr of an object", Stray()),
    row("in an object in a list", [Stray()]),
    row("in bytes", SECRET.encode()),
    row("quoted as in an address", "https://x/?apikey=k3y%2Fwith%2Bsigns%20%27and%27%20%5Cmore"),
    row("quoted as in a form", "apikey=k3y%2Fwith%2Bsigns+%27and%27+%5Cmore"),
    row("as a repr", repr(SECRET)),
]


@pytest.mark.parametrize("format_", LogFormat)
@pytest.mark.parametrize("value", VALUES)
@SOURCES
def test_a_secret_is_masked(written: Callable[[], str], tell: Callable[..., None], value: Any, format_: LogFormat):
    configure(LogLevel.INFO, format_, masking(SECRET))
    tell(value)
    line = written()
    assert MASK in line
    assert "k3y" not in line
    assert "more" not in line


@pytest.mark.parametrize("format_", LogFormat)
def test_a_secret_is_masked_in_the_event_itself(written: Callable[[], str], format_: LogFormat):
    configure(LogLevel.INFO, format_, masking(SECRET))
    structlog.get_logger("ours").warning(f"trying {SECRET}")
    structlog.get_logger("ours").warning("trying %s", SECRET)
    logging.getLogger("library").warning("trying %s", SECRET)
    lines = written()
    assert "k3y" not in lines
    assert lines.count(f"trying {MASK}") == 3


def fail_with(text: str) -> None:
    try:
        raise ValueError(text)  # noqa: TRY301 - a cause, whose text is in the traceback too
    except ValueError as error:
        raise RuntimeError("outer") from error


@pytest.mark.parametrize("format_", LogFormat)
@pytest.mark.parametrize("get_logger", [structlog.get_logger, logging.getLogger], ids=["ours", "libraries"])
def test_a_secret_is_masked_in_the_text_of_an_exception(
    written: Callable[[], str], get_logger: Any, format_: LogFormat
):
    configure(LogLevel.INFO, format_, masking(SECRET))
    try:
        fail_with(f"bad key {SECRET}")
    except RuntimeError:
        get_logger("any").exception("crashed")
    text = written()
    assert "RuntimeError: outer" in text
    assert f"ValueError: bad key {MASK}" in text
    assert "Traceback" in text
    assert "k3y" not in text


def test_of_two_secrets_one_inside_the_other_nothing_is_left():
    for order in ((SECRET, LONGER), (LONGER, SECRET)):
        assert masking(*order).clean(f"<{LONGER}>") == f"<{MASK}>"


def test_secrets_that_come_later_are_masked_beside_the_first():
    mask = masking("first")
    mask.hide(["second", ""])
    assert mask.clean("first second third") == f"{MASK} {MASK} third"


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "text", ["x", 1], {"a": None}, ""])
def test_what_holds_no_secret_stays_as_it_is(value: Any):
    assert masking(SECRET).clean(value) == value


def test_a_number_stays_a_number_beside_a_secret(written: Callable[[], str]):
    configure(LogLevel.INFO, LogFormat.JSON, masking("15"))
    from_ours([1.5, 9815, True, None])
    assert json.loads(written())["detail"] == [1.5, 9815, True, None]


def test_a_secret_by_reference_shows_its_reference_only(written: Callable[[], str]):
    configure(LogLevel.INFO, LogFormat.JSON, Mask())
    from_ours([Secret(env="API_KEY"), Secret(plain=SECRET)])
    line = written()
    assert "env: API_KEY" in line
    assert "k3y" not in line
