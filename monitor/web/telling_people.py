"""The people of an explanation, grouped by what they count as."""

from collections.abc import Iterator, Sequence

from monitor.explanation import AccountExplanation, ChannelExplanation, PersonExplanation, in_words
from monitor.model import Presence, State

SHOWN = 12
"""People of one state who are told one by one, unless everyone is wanted."""
WORTH_TELLING = 60.0
"""Seconds without activity from which on they are told."""
GROUPS_SHOWN = 3

_STATES = {
    State.IDLE: "accepting, and free",
    State.PARTIAL: "accepting, and holding contacts",
    State.UNMETERED: "accepting; how many slots are free is not known",
    State.FULL: "accepting, but no slot is free",
    State.FINISHING: "not accepting, but still holding contacts",
    State.AWAY: "connected, but not accepting",
    State.UNKNOWN: "present, with a status that agentmon does not know",
    State.OFFLINE: "not connected",
}
_PRESENCES = {
    Presence.CONNECTED: "connected",
    Presence.UNKNOWN: "present, status not known",
    Presence.OFFLINE: "offline",
}


def tell_people(channel: ChannelExplanation, *, everyone: bool) -> Iterator[str]:
    by_state: dict[State, list[PersonExplanation]] = {}
    doubtful, silent = [], []
    for person in channel.people:
        if person.counts_as is not None:
            by_state.setdefault(person.counts_as, []).append(person)
        elif person.is_uncertain:
            doubtful.append(person)
        else:
            silent.append(person)
    for state, words in _STATES.items():
        is_short = state is State.OFFLINE and not everyone
        yield from _group(state, words, by_state.get(state, []), 0 if is_short else None if everyone else SHOWN)
    yield from _group("in no state", "nothing is proved of them", doubtful, None if everyone else SHOWN)
    yield from _group("not counted", "no source says anything of them here", silent, None if everyone else 0)


def _group(title: str, words: str, people: Sequence[PersonExplanation], shown: int | None) -> Iterator[str]:
    if not people:
        return
    yield f"  {len(people)} {title}: {words}"
    for person in people[:shown]:
        yield from _person(person)
    if shown and len(people) > shown:
        yield f"    … and {len(people) - shown} more"


def _person(person: PersonExplanation) -> Iterator[str]:
    is_one = len(person.accounts) == 1
    if is_one:
        (account,) = person.accounts
        id_ = f" {account.id}" if account.id else ""
        yield f"    {person.name} ({account.source}{id_}): {_account(account)}"
    else:
        together = "" if person.used is None and person.free is None else f": {_slots(person.used, person.free)}"
        yield f"    {person.name}, {len(person.accounts)} accounts{together}"
        for account in person.accounts:
            id_ = f" {account.id}" if account.id and account.id != account.name else ""
            yield f"      {account.source} {account.name}{id_}: {_account(account)}"
    if person.limit:
        limit = person.limit
        yield (
            f"      at most {limit.max_slots} in all tools: holds {limit.held}, {limit.elsewhere} of them elsewhere, "
            f"{limit.left} left"
        )
    if person.why:
        yield f"      {person.why}"


def _account(account: AccountExplanation) -> str:
    if account.presence is None:
        return "nothing said of them here" + _unread(account)
    words = ["accepting" if account.accepting else _PRESENCES[account.presence]]
    if account.reason:
        words.append(f'"{account.reason}"')
    if account.used is not None or account.free is not None:
        words.append(_slots(account.used, account.free, " (configured)" if account.is_configured else ""))
    if account.idle is not None and account.idle >= WORTH_TELLING:
        words.append(f"nothing done for {in_words(account.idle)}")
    if account.groups:
        more = len(account.groups) - GROUPS_SHOWN
        words.append(f"in {', '.join(account.groups[:GROUPS_SHOWN])}{f' and {more} more' if more > 0 else ''}")
    return ", ".join(words) + _unread(account)


def _unread(account: AccountExplanation) -> str:
    return ", with something that could not be read" if account.is_unread else ""


def _slots(used: int | None, free: int | None, note: str = "") -> str:
    told = ((used, "used", ""), (free, "free", note))
    return ", ".join(f"{word} not known" if number is None else f"{number} {word}{note}" for number, word, note in told)
