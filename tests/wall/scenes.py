"""Hand-made reports: one team of each status, a whole contact centre, and what a wall must not stumble over."""

from math import sin
from typing import Any

from builders import agents, channel_report, failed, report, silent_source, source_report, spec, team_report
from msgspec.structs import replace

from monitor.errors import Reason
from monitor.model import Channel, ChannelReport, Opening, Report, Status, Targets, TeamReport

NOW = 1_750_000_000.0
"""A Sunday in June, 15:06:40 UTC: the time at the server of every scene."""
HOUR = 3600.0
MONDAY_AT_EIGHT = NOW - NOW % (24 * HOUR) + 32 * HOUR
OPEN = Opening(is_open=True, since=NOW - 6 * HOUR, opened_at=NOW - 6 * HOUR, changes_at=NOW + 4.89 * HOUR)
SHUT = Opening(is_open=False, since=NOW - 2 * HOUR, opened_at=NOW - 10 * HOUR, changes_at=MONDAY_AT_EIGHT)


def on(status: Status, why: str = "", **fields: Any) -> ChannelReport:
    return channel_report(status, why=why, **fields)


def unstaffed(name: str = "unstaffed") -> TeamReport:
    nobody = {"agents": agents(away=2, offline=4), "used": 0, "free": 0, "occupancy": None, "availability": 0.0}
    return team_report(name, on(Status.UNSTAFFED, "nobody of 6 is staffed", **nobody), opening=OPEN)


def saturated(name: str = "saturated") -> TeamReport:
    full = {"agents": agents(full=4, away=1), "used": 12, "free": 0, "occupancy": 1.0, "availability": 0.0}
    waiting = {"queue_length": 7, "queue_longest_wait": 130.0}
    targets = Targets(available_agents=2, occupancy=0.85)
    return team_report(
        name, on(Status.SATURATED, "4 staffed, and nobody has a free slot", targets=targets, **full, **waiting)
    )


def tight(name: str = "tight") -> TeamReport:
    given = {"agents": agents(partial=1, full=3), "used": 10, "free": 2, "occupancy": 10 / 12, "availability": 0.25}
    targets = Targets(available_agents=3, free_slots=4, occupancy=0.75)
    return team_report(name, on(Status.TIGHT, "1 available, target 3", targets=targets, **given), opening=OPEN)


def ok(name: str = "ok", available: int = 5, used: int = 6, free: int = 14, **fields: Any) -> TeamReport:
    given = {"agents": agents(idle=available - 1, partial=1, offline=3), "used": used, "free": free}
    targets = Targets(available_agents=3, free_slots=4, occupancy=0.85)
    found = on(Status.OK, "enough", targets=targets, occupancy=used / (used + free), availability=1.0, **given)
    return team_report(name, found, **{"opening": OPEN, "data_at": NOW - 4, **fields})


def unknown(name: str = "unknown") -> TeamReport:
    """All of it is hidden: its only source has expired."""
    nothing = {"agents": agents(), "used": None, "free": None, "finishing": None, "occupancy": None}
    why = "nobody is proved available, target 1, while data is missing: comm100 expired 5 min ago"
    return team_report(
        name,
        on(Status.UNKNOWN, why, availability=None, **nothing),
        sources={"comm100": False},
        complete=False,
        data_at=None,
    )


def floor(name: str = "floor") -> TeamReport:
    """Incomplete, but what is known proves that it is well."""
    given = {"agents": agents(idle=2, partial=1), "used": 4, "free": 0, "occupancy": None, "availability": None}
    return team_report(
        name,
        on(Status.OK, "≥ 3 available, target 2", targets=Targets(available_agents=2), **given),
        sources={"iadvize": True, "comm100": False},
        complete=False,
        data_at=NOW - 11,
    )


def closed(name: str = "closed") -> TeamReport:
    away = {"agents": agents(offline=9), "used": 0, "free": 0, "occupancy": None, "availability": None}
    return team_report(name, on(Status.CLOSED, "", **away), opening=SHUT)


EACH = (unstaffed, saturated, unknown, tight, floor, ok, closed)


def each_status() -> Report:
    return scene(*(make() for make in EACH))


def scene(*teams: TeamReport) -> Report:
    expired = silent_source(
        "comm100",
        spec=spec("comm100", "comm100"),
        polls=40,
        last_attempt=NOW - 20,
        last_success=NOW - 300,
        roster_last_success=NOW - 500,
        failure=failed(Reason.AUTH, "the log-in is refused (HTTP 401)"),
    )
    late = source_report(
        "liveagent", up=False, last_success=NOW - 24, failure=failed(Reason.TIMEOUT, "no answer in 10 s")
    )
    return report(*teams, source_report("iadvize", spec=spec("iadvize", "iadvize")), late, expired)


NAMES = (
    "sales-fr", "sales-de", "sales-es", "support-fr", "support-de", "support-uk", "billing", "returns", "premium",
    "onboarding", "phone", "video-demo", "b2b", "retention", "fraud-desk", "delivery", "marketplace", "store-help",
    "tech-1st-line", "tech-2nd-line", "night-shift", "weekend", "escalations", "vip",
)  # fmt: skip


def centre(count: int = 24) -> Report:
    """A contact centre of so many teams on a middling day."""
    troubled = {1: tight, 4: saturated, 6: unknown, 8: unstaffed, 13: tight, 20: closed, 21: closed, 2: floor}
    teams = []
    for number in range(count):
        name = NAMES[number % len(NAMES)] + (f"-{number // len(NAMES) + 1}" if number >= len(NAMES) else "")
        make = troubled.get(number)
        available, used = 3 + number % 9, 2 + (number * 7) % 19
        channel = Channel.CALL if name == "phone" else Channel.CHAT
        team = make(name) if make else ok(name, available, used, 4 + (number * 5) % 17)
        teams.append(_on(channel, team))
    return scene(*teams)


def _on(channel: Channel, team: TeamReport) -> TeamReport:
    return replace(team, channels=tuple(replace(one, channel=channel) for one in team.channels))


def past(team: str, available: int | None) -> list[dict[str, Any]]:
    """The last hour as the API tells it, one point in thirty seconds: a wave, a gap, and at last what is now."""
    phase = sum(team.encode())
    height = available or 2
    points = []
    for number in range(120):
        count = max(0, round(height + height / 2 * sin(phase + number / 14) + sin(phase * 3 + number / 3) / 2))
        is_gap = phase % 3 == 0 and 40 <= number < 52
        points.append({"at": NOW - 3600 + 30 * number, "available": None if is_gap else count})
    if available is None:
        points = [{**point, "available": None} if point["at"] > NOW - 300 else point for point in points]
    return points
