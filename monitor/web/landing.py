"""The landing page: the state of each source and team in plain words, one document without scripts.

It does not renew itself: that would throw away what somebody reads or selects, and the wall is there to be live.
"""

from collections.abc import Iterable, Mapping
from html import escape
from time import gmtime, strftime
from urllib.parse import quote

from monitor.errors import ADVICE
from monitor.model import ChannelReport, Report, SourceReport, Status, TeamReport
from monitor.web.views import Pace

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
th, td { text-align: left; padding: .35rem .75rem; border-bottom: 1px solid #8888; }
.bad { font-weight: 600; }
caption { text-align: left; font-size: 1.25rem; font-weight: 600; padding: .5rem 0; }
"""
LINKS = (
    ("wall", "Wall"),
    ("api/v1/state", "API"),
    ("api/v1/openapi.json", "OpenAPI"),
    ("metrics", "Metrics"),
    ("config", "Configuration"),
    ("-/ready", "Ready?"),
    ("-/healthy", "Healthy?"),
)
"""Addresses relative to this page, so that a path may stand in front of them."""


def landing_page(report: Report, paces: Mapping[str, Pace], problems: Iterable[str], version: str) -> str:
    """HTML; everything that came from outside is escaped. `paces` are by source, `problems` those that the report does
    not tell.
    """
    sources = "".join(_source_row(source, paces.get(source.spec.name), report.at.wall) for source in report.sources)
    links = " · ".join(f'<a href="{address}">{name}</a>' for address, name in LINKS)
    teams = "".join(_team_row(team, channel) for team in report.teams for channel in team.channels)
    worth_a_look = [*report.public_problems, *problems]
    worth_a_look += [f"{source.spec.name}: {note}" for source in report.sources for note in source.notes]
    listed = "".join(f"<li>{escape(text)}</li>" for text in worth_a_look)
    worth = f"<h2>Worth a look</h2><ul>{listed}</ul>" if listed else ""
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>agentmon</title>
<style>{_STYLE}</style></head>
<body>
<h1>agentmon</h1>
<p>Version {escape(version)}, as of {_time(report.at.wall)}: <a href="">look again</a>,
or at the <a href="wall">wall</a>, which is live.</p>
<nav>{links}</nav>
<table><caption>Sources</caption>
<thead><tr><th>Source</th><th>Vendor</th><th>State</th><th>Data age</th><th>Accounts</th><th>Polled every</th>
<th>Next poll</th><th>Requests in a minute</th><th>Last error</th></tr></thead>
<tbody>{sources}</tbody></table>
<table><caption>Teams</caption>
<thead><tr><th>Team</th><th>Channel</th><th>Status</th><th>Available</th><th>Free slots</th><th>Data</th></tr></thead>
<tbody>{teams}</tbody></table>
{worth}
</body></html>
"""


def _source_row(source: SourceReport, pace: Pace | None, at: float) -> str:
    state = _state_of(source)
    if not source.up and source.polls:
        state += ", last poll failed"
    age = "none" if source.data_age is None else f"{source.data_age:.0f} s"
    cells = (
        source.spec.name,
        source.spec.vendor,
        state,
        age,
        _accounts(source),
        f"{source.interval:g} s",
        _next_poll(pace, at),
        f"{'unknown' if pace is None else pace.requests_last_minute} of {source.spec.poll.requests_per_minute}",
        _error(source),
    )
    return _row(cells, is_bad=not source.fresh or not source.up)


def _next_poll(pace: Pace | None, at: float) -> str:
    if pace is None or pace.next_poll_at is None:
        return "unknown"
    left = round(pace.next_poll_at - at)
    return f"in {left} s" if left > 0 else "now"


def _error(source: SourceReport) -> str:
    """What happened, and what to do about it."""
    failure = source.failure or source.roster_failure
    if failure is None:
        return ""
    of_roster = "" if source.failure else "the roster: "
    return f"{of_roster}{failure.reason}: {failure.detail}. {ADVICE[failure.reason]}"


def _accounts(source: SourceReport) -> str:
    if source.agents is None:
        return "unknown"
    parts = [str(source.agents)]
    if source.unassigned:
        parts.append(f"in no team: {source.unassigned}")
    if source.unlisted:
        parts.append(f"in no live list: {source.unlisted}")
    if source.chatting_visitors is not None:
        parts.append(f"visitors in a chat: {source.chatting_visitors}")
    return ", ".join(parts)


def _state_of(source: SourceReport) -> str:
    if source.fresh:
        return "fresh"
    if source.last_success is None:
        return "waiting for its first data"
    return "expired" if source.roster_last_success is not None else "waiting for its first roster"


def _team_row(team: TeamReport, channel: ChannelReport) -> str:
    fresh = sum(team.sources.values())
    is_exact = team.complete and channel.status is not Status.UNKNOWN
    cells = (
        team.name,
        channel.channel,
        _status(team, channel),
        floor_text(channel.available if team.has_data else None, is_exact=is_exact),
        floor_text(channel.free, is_exact=is_exact),
        "complete" if team.complete else f"incomplete: {fresh} of {len(team.sources)} sources fresh",
    )
    return _row(
        cells,
        is_bad=channel.status not in {Status.OK, Status.CLOSED},
        link=f"api/v1/teams/{quote(team.name, safe='')}/explain?format=text",
    )


def _status(team: TeamReport, channel: ChannelReport) -> str:
    """The status, and of a closed team the time at which it opens."""
    opens_at = team.opening.changes_at
    if channel.status is not Status.CLOSED or opens_at is None:
        return channel.status
    return f"{channel.status}, opens {_time(opens_at)}"


def _time(wall: float) -> str:
    return strftime("%Y-%m-%d %H:%M:%S UTC", gmtime(wall))


def floor_text(number: int | None, *, is_exact: bool) -> str:
    """A count for people: a floor as "≥ n", and a floor of 0, which says nothing, as unknown."""
    if number is None or (number == 0 and not is_exact):
        return "unknown"
    return str(number) if is_exact else f"≥ {number}"


def _row(cells: tuple[str, ...], *, is_bad: bool, link: str = "") -> str:
    """`link` is where the first cell leads to."""
    mark = ' class="bad"' if is_bad else ""
    first, *others = (escape(cell) for cell in cells)
    if link:
        first = f'<a href="{escape(link)}">{first}</a>'
    return f"<tr{mark}>{''.join(f'<td>{cell}</td>' for cell in (first, *others))}</tr>"
