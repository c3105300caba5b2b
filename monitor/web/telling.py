"""An explanation as a colleague tells it: the answer first, then what it rests on. Plain text, without colours."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from textwrap import TextWrapper

from monitor.explanation import (
    ChannelExplanation,
    PersonExplanation,
    QueueExplanation,
    SelectorExplanation,
    SourceExplanation,
    TeamExplanation,
    in_words,
)
from monitor.model import STAFFED, Failure, State, Status
from monitor.web.landing import floor_text
from monitor.web.telling_people import tell_people

WIDTH = 100


def tell(told: TeamExplanation, *, width: int = WIDTH, everyone: bool = False) -> str:
    """The text, with a line break at its end. With `everyone` no list of people is shortened."""
    lines = [*(answer(told.team, channel) for channel in told.channels), ""]
    lines += _circumstances(told)
    lines += ["", "Sources", *_sources(told.sources), "", "Members", *_selectors(told.selectors)]
    for channel in told.channels:
        lines += ["", f"On {channel.channel}", *_numbers(told, channel), *tell_people(channel, everyone=everyone)]
    return "".join(f"{line}\n" for one in lines for line in _wrapped(one, width))


def answer(team: str, channel: ChannelExplanation) -> str:
    return f"{team} on {channel.channel}: {channel.status} – {channel.why}."


def _circumstances(told: TeamExplanation) -> Iterator[str]:
    at = datetime.fromtimestamp(told.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    yield f"As of {at}. People go by {'name' if told.is_named else 'pseudonym'}."
    if told.hours:
        state, change = ("Open", "closes") if told.is_open else ("Closed", "opens")
        since = f" since {_local(told.hours.since)}" if told.hours.since else ""
        until = f", {change} {_local(told.hours.changes_at)}" if told.hours.changes_at else f", never {change}"
        yield f"{state}{since}{until} (hours: {told.hours.open}, {told.hours.timezone})."
    if told.missing:
        yield f'The data is incomplete, so that numbers are floors ("≥"): {"; ".join(told.missing)}.'


def _local(time: str) -> str:
    return datetime.fromisoformat(time).strftime("%a %Y-%m-%d %H:%M")


def _sources(sources: Iterable[SourceExplanation]) -> Iterator[str]:
    for source in sources:
        state = "fresh" if source.fresh else "waiting for its first data" if source.age is None else "EXPIRED"
        age = "" if source.age is None else f", {in_words(source.age)} old (good for {in_words(source.max_age)})"
        also = "" if source.is_member else "; no member of the team, but of people with a limit"
        vendor = "" if source.vendor == source.name else f" ({source.vendor})"
        yield f"  {source.name}{vendor}: {state}{age}{also}"
        if source.failure:
            yield f"    its last poll failed: {_failure(source.failure)}"
        if source.roster_failure:
            yield f"    its roster could not be read: {_failure(source.roster_failure)}"
        if source.costs:
            yield f"    {source.costs}"
        yield from (f"    note: {note}" for note in source.notes)


def _failure(failure: Failure) -> str:
    return f"{failure.reason}: {failure.detail}"


def _selectors(selectors: Iterable[SelectorExplanation]) -> Iterator[str]:
    for one in selectors:
        who = [f"in {', '.join(one.groups)}"] if one.groups else []
        if one.agents_count:
            who.append(f"agents {', '.join(one.agents)}" if one.agents else _names(one.agents_count))
        if one.exclude_count:
            who.append(f"without {', '.join(one.exclude) if one.exclude else _names(one.exclude_count)}")
        yield f"  {one.source}, {', '.join(who) or 'everyone'}: {_matched(one)}"
        yield from (f"    {problem}" for problem in one.problems)
        yield from (f"    {_queue(queue)}" for queue in one.queues if queue.length)


def _queue(queue: QueueExplanation) -> str:
    group = f" for {queue.group}" if queue.group else ""
    longest = f", the first for {in_words(queue.longest_wait)}" if queue.longest_wait is not None else ""
    return f"{queue.length} waiting on {queue.channel}{group}{longest}"


def _names(number: int) -> str:
    return "1 name or pattern" if number == 1 else f"{number} names or patterns"


def _matched(selector: SelectorExplanation) -> str:
    match selector.matched:
        case None:
            return "not known while the source is expired"
        case 0 if not selector.has_matched:
            return "nobody, never yet"
        case 1:
            return "1 account"
        case number:
            return f"{number} accounts"


def _numbers(told: TeamExplanation, channel: ChannelExplanation) -> Iterator[str]:
    is_exact = told.complete and channel.status is not Status.UNKNOWN

    def number(count: int | None) -> str:
        return floor_text(count if told.has_data else None, is_exact=is_exact)

    yield f"  available: {number(channel.available)}, target {channel.targets.available_agents}"
    if channel.used is not None:
        slots = f"  slots: {number(channel.used)} used, {number(channel.free)} free"
        if channel.finishing:
            slots += f", {number(channel.finishing)} held by people who accept no more"
        if channel.occupancy is not None:
            slots += f"; occupancy {channel.occupancy:.0%}"
        unmetered = sum(map(_is_left_out, channel.people))
        if unmetered:
            slots += f"; without {'one' if unmetered == 1 else unmetered} whose slots are not known"
        yield slots
    elif told.has_data:
        yield "  slots: no source tells any"
    if channel.queue_length is not None:
        longest = f", the first for {in_words(channel.queue_longest_wait)}" if channel.queue_longest_wait else ""
        yield f"  queue: {channel.queue_length} waiting{longest}"
    if channel.inactive:
        yield f"  inactive: {channel.inactive}"


def _is_left_out(person: PersonExplanation) -> bool:
    """Whether some slots of somebody are not added up, because no source tells them whole."""
    if person.counts_as is State.FINISHING:
        return person.used != person.slots_finishing
    return person.counts_as in STAFFED and (person.free is None or person.used != person.slots_used)


def _wrapped(line: str, width: int) -> list[str]:
    """Lines that fit, indented below their first; names from outside bring no control characters to a terminal."""
    clean = "".join(character if character.isprintable() else " " for character in line)
    indent = " " * (len(clean) - len(clean.lstrip()))
    wrapper = TextWrapper(width, subsequent_indent=f"{indent}    ", break_on_hyphens=False, break_long_words=False)
    return wrapper.wrap(clean) or [""]
