"""What `agentmon top` is shown in tests, and what of it is seen."""

from collections.abc import Iterable
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from builders import T0, agents, channel_report, failed, report, silent_source, source_report, team_report
from rich.console import Console, Group
from rich.screen import Screen
from rich.text import Text

from monitor.cli.top.screen import Scene, draw, page
from monitor.errors import Reason
from monitor.model import Channel, Opening, Report, SourceReport, Status, Targets, TeamReport
from monitor.web.feed import Feed, Published
from monitor.web.views import StateView

WHERE = "http://127.0.0.1:9877"
PARIS = ZoneInfo("Europe/Paris")  # where T0 is Sunday, 15 June 2025, 17:06:40
HOUR = 3600.0

OPEN = Opening(is_open=True, since=T0.wall - HOUR, opened_at=T0.wall - HOUR, changes_at=T0.wall + 3 * HOUR)
SHUT = Opening(is_open=False, since=T0.wall - HOUR, opened_at=None, changes_at=T0.wall + 15 * HOUR)


def told(*parts: TeamReport | SourceReport, **fields: Any) -> StateView:
    """What the server tells of them."""
    return told_of(report(*parts, **fields))


def told_of(found: Report) -> StateView:
    return Feed(Published(report=lambda: found, paces=dict, problems=lambda: (), version="1")).state()


def saturated(name: str, **fields: Any) -> TeamReport:
    targets = Targets(available_agents=2, free_slots=3, occupancy=0.8)
    full = channel_report(
        Status.SATURATED,
        agents=agents(full=2),
        free=0,
        used=6,
        occupancy=1.0,
        targets=targets,
        why="everybody is full",
        queue_length=4,
        queue_longest_wait=130.0,
    )
    return team_report(name, full, **fields)


def centre() -> StateView:
    """One team of each kind: full, without data, with floors, fine on two channels, and closed."""
    expired = {"a": True, "b": False}
    return told(
        team_report("night", channel_report(Status.CLOSED), opening=SHUT),
        team_report(
            "support",
            channel_report(agents=agents(idle=5), free=9, used=3, occupancy=0.25, targets=Targets(2, 4, 0.85)),
            channel_report(channel=Channel.TICKET, agents=agents(unmetered=2), used=None, free=None, occupancy=None),
        ),
        team_report("mixed", channel_report(occupancy=None), sources=expired, complete=False, opening=OPEN),
        team_report(
            "billing",
            channel_report(Status.UNKNOWN, agents=agents(), occupancy=None, why="nobody is proved available"),
            sources={"b": False},
            complete=False,
            data_at=None,
        ),
        saturated("sales", data_at=T0.wall - 3),
        source_report("a"),
        source_report(
            "b", up=False, fresh=False, failure=failed(Reason.RATE_LIMITED, "too many"), last_success=T0.wall - 34
        ),
        silent_source("c"),
    )


def busy_day() -> StateView:
    """What the README shows: one vendor down, one team full, one short of people."""
    gap = {"liveagent": True, "iadvize-fr": False}
    targets = Targets(available_agents=2, free_slots=3, occupancy=0.85)
    loaded = {"targets": targets, "used": 12, "free": 4, "occupancy": 0.75, "agents": agents(idle=2, partial=3)}
    return told(
        saturated("sales", data_at=T0.wall - 3, opening=OPEN),
        team_report("support", channel_report(**loaded), data_at=T0.wall - 3, opening=OPEN),
        team_report(
            "phone",
            channel_report(
                Status.TIGHT, channel=Channel.CALL, why="1 available, target 2", occupancy=0.5, targets=Targets(2)
            ),
            data_at=T0.wall - 8,
        ),
        team_report(
            "billing",
            channel_report(Status.UNKNOWN, agents=agents(), free=0, why="no fresh data", occupancy=None),
            sources={"iadvize-fr": False},
            complete=False,
            data_at=None,
        ),
        team_report("tours", channel_report(free=9, occupancy=None), sources=gap, complete=False, data_at=T0.wall - 3),
        team_report("weekend", channel_report(Status.CLOSED, free=3), opening=SHUT, data_at=T0.wall - 8),
        source_report("liveagent"),
        source_report(
            "iadvize-fr",
            up=False,
            fresh=False,
            failure=failed(Reason.TIMEOUT, "no answer within 10 s"),
            last_success=T0.wall - 94,
        ),
    )


def scene(state: StateView | None = None, **fields: Any) -> Scene:
    given: dict[str, Any] = {"now": T0.wall, "where": WHERE, "zone": PARIS, **fields}
    return Scene(state=state or centre(), **given)


def seen(found: Scene, width: int, height: int) -> list[str]:
    """The lines as a terminal of that size shows them, without the empty room at their ends."""
    return _printed(Screen(Group(*draw(found, width, height).lines)), width, height)


def written(found: Scene, width: int = 400) -> list[str]:
    return _printed(Group(*page(found, width)), width, 100)


def names(lines: Iterable[str], *known: str) -> list[str]:
    """Those of the known names that stand in the lines, in their order."""
    return [word for line in lines for word in line.split() if word in known]


def styles(lines: Iterable[Text]) -> set[str]:
    return {str(span.style) for line in lines for span in line.spans} | {str(line.style) for line in lines}


def _printed(what: Screen | Group, width: int, height: int) -> list[str]:
    console = Console(file=StringIO(), width=width, height=height, record=True, color_system=None)
    console.print(what, end="")
    return [line.rstrip() for line in console.export_text().removesuffix("\n").split("\n")]
