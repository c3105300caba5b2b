"""What `agentmon probe` shows of a capacity that the configuration gave."""

import io

import msgspec
import pytest
from rich.console import Console

from monitor.cli.tables import print_probe
from monitor.model import Channel, Presence, State
from monitor.probe import AgentLine, Probe, SourceProbe


def line(free: int | None, *, is_configured: bool) -> AgentLine:
    return AgentLine(
        account="a1",
        username="jane",
        name="Jane Doe",
        channel=Channel.CHAT,
        presence=Presence.CONNECTED,
        state=State.PARTIAL,
        used=1,
        free=free,
        groups=(),
        teams=(),
        reason="",
        is_configured=is_configured,
    )


def probe(agent: AgentLine) -> Probe:
    source = SourceProbe(
        source="a",
        vendor="liveagent",
        live_failure=None,
        roster_failure=None,
        requests=1,
        records=1,
        rejected=0,
        unknown_statuses={},
        contradictions={},
        unlisted=0,
        notes=(),
        agents=(agent,),
    )
    return Probe(sources=(source,), teams=(), problems=())


@pytest.mark.parametrize(
    ("free", "is_configured", "shown"),
    [
        pytest.param(2, True, "2 (configured)", id="a configured capacity is told as one"),
        pytest.param(2, False, " 2 ", id="a vendor's own number stands alone"),
        pytest.param(None, False, "?", id="what is not known is a question mark"),
    ],
)
def test_free_slots_are_shown_with_where_they_come_from(free: int | None, is_configured: bool, shown: str) -> None:
    page = io.StringIO()
    print_probe(probe(line(free, is_configured=is_configured)), Console(file=page, width=200))
    assert shown in page.getvalue()
    assert ("(configured)" in page.getvalue()) == is_configured


def test_the_json_line_tells_the_same() -> None:
    told = msgspec.to_builtins(line(2, is_configured=True))
    assert (told["free"], told["is_configured"]) == (2, True)
