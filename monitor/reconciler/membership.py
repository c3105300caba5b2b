"""Who belongs to a team: selectors over the accounts and groups of a source."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import translate

import msgspec

from monitor.model import Account, Group, Reading, Selector, Snapshot


class Index(msgspec.Struct, frozen=True):
    """A snapshot turned so that selectors find their way: made once a snapshot."""

    accounts: Mapping[str, Account]
    """By id; whom only a live list names has an account too."""
    readings: Mapping[str, tuple[Reading, ...]]
    """By account."""
    members: Mapping[str, frozenset[str]]
    """Accounts by group id, as the roster and the live lists know them."""
    group_ids: Mapping[str, tuple[str, ...]]
    """Group ids by name in lower case; more than one where the name is not unique."""


class Selection(msgspec.Struct, frozen=True):
    """What one selector finds in one source: matched accounts, and their readings in the groups selected."""

    accounts: frozenset[str]
    readings: tuple[Reading, ...]
    problems: tuple[str, ...] = ()


def index_of(snapshot: Snapshot) -> Index:
    accounts = dict(snapshot.accounts)
    readings: dict[str, list[Reading]] = {}
    members: dict[str, set[str]] = {group.id: set() for group in snapshot.groups}
    for reading in snapshot.readings:
        if reading.account not in accounts:
            accounts[reading.account] = Account(reading.account)
        readings.setdefault(reading.account, []).append(reading)
        for group in reading.groups:
            members.setdefault(group, set()).add(reading.account)
    for account in snapshot.accounts.values():
        for group in account.groups:
            members.setdefault(group, set()).add(account.id)
    return Index(
        accounts=accounts,
        readings={account: tuple(found) for account, found in readings.items()},
        members={group: frozenset(found) for group, found in members.items()},
        group_ids=_ids_by_name(snapshot.groups),
    )


def _ids_by_name(groups: Iterable[Group]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for group in groups:  # a paged list may repeat a group, which does not make its name ambiguous
        if group.name:
            found.setdefault(group.name.casefold(), {})[group.id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def select(selector: Selector, index: Index) -> Selection:
    """Accounts that match groups and agents, less those excluded."""
    groups, problems = _resolve(selector, index)
    if selector.groups:
        candidates = frozenset().union(*(index.members.get(group, frozenset()) for group in groups))
    else:
        candidates = frozenset(index.accounts)
    if selector.agents or selector.exclude:
        wanted, unwanted = Patterns(selector.agents or ("*",)), Patterns(selector.exclude)
        candidates = frozenset(
            account
            for account in candidates
            if wanted.match(index.accounts[account]) and not unwanted.match(index.accounts[account])
        )
    readings = (reading for account in candidates for reading in index.readings.get(account, ()))
    if selector.groups:
        readings = (reading for reading in readings if not groups.isdisjoint(reading.groups))
    return Selection(candidates, tuple(readings), problems)


def _resolve(selector: Selector, index: Index) -> tuple[frozenset[str], tuple[str, ...]]:
    """Ids of the groups that a selector names by id or name; a name that several groups have names none."""
    ids: set[str] = set()
    problems: list[str] = []
    for group in selector.groups:
        by_name = index.group_ids.get(group.casefold(), ())
        if group in index.members or len(by_name) == 0:
            ids.add(group)
        elif len(by_name) == 1:
            ids.update(by_name)
        else:
            problems.append(
                f"the group name {group!r} of {selector.source} occurs {len(by_name)} times; "
                f"use one of the ids {', '.join(sorted(by_name))}"
            )
    return frozenset(ids), tuple(problems)


class Patterns:
    """Agents as a configuration names them: username, e-mail, `id:ID`, or a glob of these, ignoring case."""

    def __init__(self, patterns: Iterable[str]) -> None:
        folded = [pattern.casefold() for pattern in patterns]
        self._exact = frozenset(pattern for pattern in folded if not _is_glob(pattern))
        globs = [translate(pattern) for pattern in folded if _is_glob(pattern)]
        self._glob = re.compile("|".join(globs)) if globs else None

    def match(self, account: Account) -> bool:
        names = {account.username.casefold(), account.email.casefold(), f"id:{account.id}".casefold()} - {""}
        if not names.isdisjoint(self._exact):
            return True
        return self._glob is not None and any(self._glob.match(name) for name in names)


def _is_glob(pattern: str) -> bool:
    return any(character in pattern for character in "*?[")
