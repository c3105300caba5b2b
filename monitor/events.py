"""Every line that agentmon logs, by its event: the reference for whoever searches, filters or counts logs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OF_A_POLL = ("source", "vendor", "poll")
"""Fields of every line that a poll causes; `poll` is the number of the poll in this source, since the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A kind of line. `level` is how it is logged: `exception` is an error with the place of a mistake of ours."""

    name: str
    level: str
    means: str
    fields: Mapping[str, str] = field(default_factory=dict)
    of_a_poll: bool = False


_REASON = {"reason": "one of the reasons of `agentmon_source_failure`", "detail": "what happened, in a sentence"}
_MISTAKE = "a mistake of agentmon itself, with its place; please report it"

EVENTS = (
    Event(
        name="started",
        level="info",
        means="agentmon listens and polls",
        fields={
            "version": "of agentmon",
            "listen": "each address and port",
            "tls": "whether it speaks TLS",
            "users": "how many have a password; with 0 nobody is asked for one",
            "sources": "how many are configured",
            "teams": "how many are configured",
        },
    ),
    Event(
        name="summary",
        level="info",
        means="how things stand, at the pace of `--log.summary`; counts are of the time since the line before",
        fields={
            "teams": "how many teams, by channel, have which status",
            "sources": "how many are fresh and expired",
            "polls": "live polls",
            "failed": "live polls that failed",
            "requests": "requests of every kind",
        },
    ),
    Event(
        name="source_down",
        level="warning",
        means="live polls of a source fail from here on; told once",
        fields=_REASON,
        of_a_poll=True,
    ),
    Event(
        name="source_still_down",
        level="debug",
        means="one more live poll failed",
        fields=_REASON,
        of_a_poll=True,
    ),
    Event(
        name="source_recovered",
        level="info",
        means="live polls succeed again; told once",
        fields={"down_seconds": "since the first failure"},
        of_a_poll=True,
    ),
    Event(
        name="roster_failed",
        level="warning",
        means="the roster cannot be read, while live polls succeed; told once",
        fields=_REASON,
        of_a_poll=True,
    ),
    Event(
        name="unknown_status",
        level="warning",
        means="a vendor uses a status that agentmon does not know; told once for each",
        fields={"status": "in the vendor's words"},
        of_a_poll=True,
    ),
    Event(
        name="polled",
        level="debug",
        means="a live poll succeeded",
        fields={
            "seconds": "from the first request to the end",
            "requests": "that it took",
            "records": "read",
            "rejected": "records that could not be read",
        },
        of_a_poll=True,
    ),
    Event(
        name="request",
        level="debug",
        means="a vendor answered; paths may hold ids of people",
        fields={
            "method": "of HTTP",
            "where": "host and path, without the query",
            "status": "of HTTP",
            "seconds": "that the answer took",
            "bytes": "of the body, unpacked",
        },
        of_a_poll=True,
    ),
    Event(
        name="secret_changed",
        level="info",
        means="a secret of a failing source was changed, so the source is tried at once",
        fields={"source": "its name"},
    ),
    Event(
        name="problem",
        level="warning",
        means="something in members, people or series needs a look; told once, and again after it was mended",
        fields={"text": "what, in a sentence"},
    ),
    Event(
        name="people_problem",
        level="debug",
        means="one of the problems with who is who, which names accounts; told once",
        fields={"text": "what, in a sentence"},
    ),
    Event(
        name="clock_moved",
        level="info",
        means="the clock was set, or the machine was suspended: every source is polled at once",
        fields={"wall_seconds": "that the clock on the wall went on between two looks"},
    ),
    Event(
        name="reloaded",
        level="info",
        means="another configuration is in force",
        fields={"cause": "who asked", "sources": "how many it has", "teams": "how many it has"},
    ),
    Event(
        name="reload_failed",
        level="error",
        means="a configuration was refused, the old one stays; a `config_problem` follows for each mistake",
        fields={"cause": "who asked", "problems": "how many"},
    ),
    Event(
        name="web_config_reloaded",
        level="info",
        means="another web configuration, or another certificate, is in force",
        fields={"cause": "who asked", "tls": "whether it speaks TLS now"},
    ),
    Event(
        name="web_config_failed",
        level="error",
        means="a web configuration was refused, the old one stays; a `config_problem` follows for each new mistake",
        fields={"cause": "who asked", "problems": "how many"},
    ),
    Event(
        name="connections_dropped",
        level="warning",
        means="the listener ended connections that cost too much; for each reason at most once a minute",
        fields={
            "reason": "in a sentence",
            "number": "how many since the line before",
            "connections": "how many there are",
        },
    ),
    Event(
        name="accept_failed",
        level="warning",
        means="no connection can be accepted: no more files or memory are to be had; at most once a minute",
        fields={"text": "what the system says"},
    ),
    Event(
        name="logins_slowed",
        level="warning",
        means="an address has failed so often that its passwords are not looked at for up to a minute",
        fields={"address": "IPv4, or the /64 of IPv6", "failures": "how many", "seconds": "in which they were"},
    ),
    Event(
        name="config_problem",
        level="error",
        means="one mistake of a refused configuration",
        fields={"text": "file:line:column, place, mistake and mend"},
    ),
    Event(
        name="config_warning",
        level="warning",
        means="something in the configuration to think about again",
        fields={"place": "in the file", "text": "what, in a sentence"},
    ),
    Event(
        name="request_rate",
        level="info",
        means="how many requests the sources will make, against budgets and limits of vendors",
        fields={"text": "in a sentence"},
    ),
    Event(
        name="restart_needed",
        level="warning",
        means="a changed option takes effect with the next start only",
        fields={"place": "in the file", "text": "what, in a sentence"},
    ),
    Event(
        name="reload_not_possible",
        level="warning",
        means="SIGHUP, and there is no file to read (`agentmon demo`)",
        fields={"mend": "what to do instead"},
    ),
    Event(
        name="systemd_not_told",
        level="warning",
        means="systemd cannot be told that agentmon lives; told once",
        fields={"error": "what the system says"},
    ),
    Event(name="stopping", level="info", means="told to stop: polls in flight may end"),
    Event(name="stopped", level="info", means="the last line"),
    Event(name="crashed", level="critical", means=f"agentmon ends: {_MISTAKE}"),
    Event(name="poll_crashed", level="exception", means=f"a poll failed: {_MISTAKE}", of_a_poll=True),
    Event(name="outcome_lost", level="exception", means=f"what a poll told was dropped: {_MISTAKE}", of_a_poll=True),
    Event(name="reload_crashed", level="exception", means=f"the old configuration stays: {_MISTAKE}"),
    Event(
        name="request_failed",
        level="exception",
        means=f"an answer of the API is 500: {_MISTAKE}",
        fields={"path": "that was asked for"},
    ),
    Event(
        name="page_failed",
        level="error",
        means=f"an answer beside the API is 500: {_MISTAKE}",
        fields={"route": "that was asked for, without what stood in its place"},
    ),
    Event(name="web_reload_crashed", level="exception", means=f"the old web configuration stays: {_MISTAKE}"),
    Event(name="stream_failed", level="exception", means=f"a stream broke off: {_MISTAKE}"),
    Event(
        name="simulated_vendor",
        level="info",
        means="`agentmon simulate`: a vendor listens",
        fields={"vendor": "its name", "url": "its address"},
    ),
    Event(
        name="simulator_started",
        level="info",
        means="`agentmon simulate`: all vendors listen",
        fields={"control": "address where troubles are made"},
    ),
)


def markdown() -> str:
    """The table of the documentation. What is logged as an exception has the level error."""
    lines = ["| event | level | means | fields |", "|---|---|---|---|"]
    for event in EVENTS:
        told = [f"`{name}`: {means}" for name, means in event.fields.items()]
        told += [f"`{name}`" for name in OF_A_POLL] if event.of_a_poll else []
        level = "error" if event.level == "exception" else event.level
        lines.append(f"| `{event.name}` | {level} | {event.means} | {'; '.join(told)} |")
    return "\n".join(lines) + "\n"
