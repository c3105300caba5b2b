"""A probe as tables for people."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.model import Channel, SlotAge, Status
from monitor.probe import Probe, SourceProbe, Trouble
from monitor.web.landing import floor_text


def print_probe(probe: Probe, console: Console) -> None:
    for source in probe.sources:
        _print_source(source, console)
    if probe.teams:
        console.print(_teams(probe))
    for problem in probe.problems:
        console.print(f"worth a look: {problem}", markup=False)


def _print_source(source: SourceProbe, console: Console) -> None:
    console.print(f"[bold]{source.source}[/bold] ({source.vendor})")
    for what, trouble in (("live poll", source.live_failure), ("roster", source.roster_failure)):
        if trouble:
            _print_trouble(what, trouble, console)
    if source.agents is None:
        console.print("  Nobody can be shown: that is not known, which does not mean nobody is there.")
    else:
        console.print(_agents(source))
    counts = [
        _counted(source.requests, "request"),
        _counted(source.records, "record"),
        f"{source.rejected} rejected",
        "contradictions: " + _listed(source.contradictions),
        "unknown statuses: " + _listed(source.unknown_statuses),
    ]
    if source.unassigned is not None:
        counts.append(f"{source.unassigned} in no team")
    if source.unlisted is not None:
        counts.append(f"{source.unlisted} in the roster but in no live list")
    if source.chatting_visitors is not None:
        held = sum(agent.used or 0 for agent in source.agents or () if agent.channel is Channel.CHAT)
        counts.append(f"{_counted(source.chatting_visitors, 'visitor')} in a chat, {held} held by these agents")
    console.print("  " + "; ".join(counts), markup=False)
    for note in source.notes:
        console.print(f"  note: {note}", markup=False)
    console.print()


def _print_trouble(what: str, trouble: Trouble, console: Console) -> None:
    console.print(f"  [bold red]The {what} failed[/bold red] ({trouble.reason}): {escape(trouble.detail)}")
    console.print(f"  {trouble.advice}", markup=False)


def _agents(source: SourceProbe) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    numbers, long = {"used", "free"}, {"slot ages", "groups", "teams", "reason"}
    titles = ["account", "user", "name", "channel", "state", "used", "free", "groups", "teams", "reason"]
    has_ages = any(agent.slot_ages for agent in source.agents or ())
    if has_ages:
        titles.append("slot ages")
    for title in titles:
        table.add_column(
            title, justify="right" if title in numbers else "left", overflow="fold", no_wrap=title not in long
        )
    for agent in source.agents or ():
        table.add_row(
            *(
                escape(text)
                for text in (
                    agent.account,
                    agent.username,
                    agent.name,
                    agent.channel or "none",
                    agent.state or "no reading",
                    _number(agent.used),
                    _number(agent.free) + (" (configured)" if agent.is_configured else ""),
                    ", ".join(agent.groups),
                    ", ".join(agent.teams) or "none",
                    agent.reason,
                    *((_ages(agent.slot_ages),) if has_ages else ()),
                )
            )
        )
    return table


def _teams(probe: Probe) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("team", "channel", "status", "available", "used", "free", "data"):
        table.add_column(title, justify="right" if title in {"available", "used", "free"} else "left")
    for team in probe.teams:
        is_exact = team.complete and team.status != Status.UNKNOWN
        numbers = (floor_text(number, is_exact=is_exact) for number in (team.available, team.used, team.free))
        table.add_row(team.team, team.channel, team.status, *numbers, "complete" if team.complete else "incomplete")
    return table


def _ages(ages: Iterable[SlotAge]) -> str:
    """Shortest, average and longest of each phase that has slots, in seconds: open 5/40/90."""
    return ", ".join(
        f"{age.phase} {_seconds(age.shortest)}/{_seconds(age.average)}/{_seconds(age.longest)}"
        for age in ages
        if age.longest
    )


def _seconds(seconds: float | None) -> str:
    return "?" if seconds is None else f"{seconds:.0f}"


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
