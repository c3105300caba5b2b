"""The line that tells how things stand."""

from builders import channel_report, report, silent_source, source_report, team_report

from monitor.errors import Reason
from monitor.events import EVENTS
from monitor.model import Channel, Report, Status
from monitor.summary import summary

FIELDS = next(event.fields for event in EVENTS if event.name == "summary")


def at(polls: int, requests: int, timeouts: int = 0) -> Report:
    call = channel_report(Status.UNKNOWN, channel=Channel.CALL)
    return report(
        team_report("sales", channel_report(Status.OK), call),
        team_report("night", channel_report(Status.OK)),
        source_report("a", polls=polls, requests=requests, poll_failures={Reason.TIMEOUT: timeouts, Reason.TLS: 1}),
        silent_source("b", polls=2, requests=2),
    )


def test_the_first_tells_everything_since_the_start():
    assert summary(at(polls=10, requests=30, timeouts=3)) == {
        "teams": "2 ok, 1 unknown",
        "sources": "1 fresh, 1 expired",
        "polls": 12,
        "failed": 4,
        "requests": 32,
    }


def test_the_next_one_what_came_since():
    before = at(polls=10, requests=30, timeouts=3)
    found = summary(at(polls=14, requests=42, timeouts=4), before)
    assert (found["polls"], found["failed"], found["requests"]) == (4, 1, 12)


def test_a_source_that_is_gone_takes_nothing_away():
    found = summary(report(source_report("a", polls=3, requests=3)), at(polls=10, requests=30))
    assert (found["polls"], found["requests"]) == (0, 0)


def test_nothing_at_all():
    assert (summary(report())["teams"], summary(report())["sources"]) == ("none", "none")


def test_its_fields_are_those_of_the_reference():
    assert summary(report()).keys() == FIELDS.keys()
