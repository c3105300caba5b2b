"""One line when a source goes down, one when it is back; the rest is silence."""

from pollers.fakes import Stage
from structlog.testing import capture_logs

from monitor.errors import PollError, Reason

DOWN = PollError(Reason.CONNECT, "nothing answers")


def seen(logs: list) -> list[tuple[str, str]]:
    return [(line["log_level"], line["event"]) for line in logs if line["log_level"] != "debug"]


async def test_down_and_up_are_one_line_each():
    with capture_logs() as logs:
        stage = Stage()
        await stage.poll()
        stage.adapter.steps["live"] = [DOWN, DOWN, PollError(Reason.AUTH, "now this")]
        for _ in range(5):
            await stage.poll(after=15)
    assert seen(logs) == [("warning", "source_down"), ("info", "source_recovered")]
    down, up = (line for line in logs if line["log_level"] != "debug")
    assert (down["source"], down["vendor"], down["reason"], down["detail"]) == (
        "source",
        "cobrowser",
        Reason.CONNECT,
        "nothing answers",
    )
    assert up["down_seconds"] == 45.0


async def test_a_source_that_never_was_up_goes_down_once():
    with capture_logs() as logs:
        stage = Stage()
        stage.adapter.steps["live"] = [DOWN] * 4
        for _ in range(4):
            await stage.poll(after=15)
    assert seen(logs) == [("warning", "source_down")]


async def test_a_good_source_says_nothing():
    with capture_logs() as logs:
        stage = Stage()
        for _ in range(4):
            await stage.poll(after=15)
    assert [line for line in logs if line["log_level"] != "debug"] == []


async def test_a_failed_roster_is_told_once():
    with capture_logs() as logs:
        stage = Stage()
        stage.adapter.steps["roster"] = [DOWN] * 10
        for _ in range(10):
            await stage.poll(after=15)
    assert seen(logs) == [("warning", "roster_failed")]


async def test_an_unknown_status_is_told_once():
    with capture_logs() as logs:
        stage = Stage()
        await stage.poll()
        for statuses in ({"Fire drill": 2}, {"Fire drill": 1, "Z": 1}, {"Z": 3}):
            good = stage.adapter.good(stage.http.calls(0), unknown_statuses=statuses)
            stage.adapter.steps["live"] = [good]
            await stage.poll(after=15)
    assert [line["status"] for line in logs if line["event"] == "unknown_status"] == ["Fire drill", "Z"]


async def test_our_own_mistake_is_logged_with_its_trace():
    with capture_logs() as logs:
        stage = Stage()
        stage.adapter.steps["live"] = [KeyError("agents")]
        await stage.poll()
    crash = next(line for line in logs if line["event"] == "poll_crashed")
    assert (crash["log_level"], crash["exc_info"], crash["source"]) == ("error", True, "source")
