"""Who belongs to a team: selectors over the accounts and groups of a source."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import translate

import msgspec

from monitor.model import Account, Channel, Group, Queue, Reading, Selector, Snapshot
from monitor.reconciler.merge import merge_groups


class Selection(msgspec.Struct, frozen=True):
    """What one selector finds in one source: matched accounts, what is read of them, and queues.

    `readings` are by channel and account, merged over the groups selected, which are in `groups` (None: every one).
    `uncertain` are those of the accounts of whom the last poll proves nothing. A queue belongs to who selects its
    group, every queue of a source to who selects everyone, and none to who names agents: nobody tells for whom of a
    group a contact waits.
    """

    accounts: frozenset[str]
    readings: Mapping[Channel, Mapping[str, Reading]]
    groups: frozenset[str] | None = None
    queues: tuple[Queue, ...] = ()
    uncertain: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()

    def covers(self, reading: Reading) -> bool:
        """Whether a reading of the source takes part."""
        return reading.account in self.accounts and (self.groups is None or not self.groups.isdisjoint(reading.groups))


class Index(msgspec.Struct, frozen=True):
    """A snapshot turned so that selectors find their way: made once a snapshot.

    `selections` and `named` keep what was found: the same snapshot is asked at every publication, and who bears a
    name changes with the accounts alone, so `named` outlives the snapshot as long as they stay the same.
    """

    accounts: Mapping[str, Account]
    """By id; whom only a live list names has an account too. The same object as long as nothing in it changes."""
    readings: Mapping[str, tuple[Reading, ...]]
    """By account."""
    rostered: Mapping[str, frozenset[str]]
    """Accounts by group id, as the accounts themselves say."""
    members: Mapping[str, frozenset[str]]
    """The same, with those whom only the live lists see in a group."""
    group_ids: Mapping[str, tuple[str, ...]]
    """Group ids by name in lower case; more than one where the name is not unique."""
    queues: tuple[Queue, ...] = ()
    uncertain: frozenset[str] = frozenset()
    """Accounts of whom nothing is proved, whatever their readings say or leave out."""
    selections: dict[Selector, Selection] = {}
    named: dict[tuple[str, ...], frozenset[str]] = {}
    """Accounts by the agent patterns that match them."""


def index_of(snapshot: Snapshot, previous: Index | None = None) -> Index:
    """The index of a snapshot; `previous` is the one of the snapshot before."""
    accounts = dict(snapshot.accounts)
    readings: dict[str, tuple[Reading, ...]] = {}
    several: dict[str, list[Reading]] = {}
    for reading in snapshot.readings:
        account = reading.account
        if account not in accounts:
            accounts[account] = Account(account)
        if account in readings:
            several.setdefault(account, []).append(reading)
        else:
            readings[account] = (reading,)
    for account, more in several.items():
        readings[account] += tuple(more)
    kept = previous if previous is not None and previous.accounts == accounts else None
    rostered = kept.rostered if kept is not None else _rostered(accounts.values())
    return Index(
        accounts=kept.accounts if kept is not None else accounts,
        readings=readings,
        rostered=rostered,
        members=_members(snapshot, rostered, accounts),
        group_ids=_ids_by_name(snapshot.groups),
        queues=snapshot.queues,
        uncertain=snapshot.uncertain,
        named=kept.named if kept is not None else {},
    )


def _rostered(accounts: Iterable[Account]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for account in accounts:
        for group in account.groups:
            found.setdefault(group, set()).add(account.id)
    return {group: frozenset(members) for group, members in found.items()}


def _members(
    snapshot: Snapshot, rostered: Mapping[str, frozenset[str]], accounts: Mapping[str, Account]
) -> Mapping[str, frozenset[str]]:
    """Members of every group, also of one without any: as the roster knows them, and whom a live list adds."""
    added: dict[str, set[str]] = {group.id: set() for group in snapshot.groups if group.id not in rostered}
    for reading in snapshot.readings:
        known = accounts[reading.account].groups
        if not reading.groups <= known:
            for group in reading.groups - known:
                added.setdefault(group, set()).add(reading.account)
    return {**rostered, **{group: rostered.get(group, frozenset()) | more for group, more in added.items()}}


def _ids_by_name(groups: Iterable[Group]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for group in groups:  # a paged list may repeat a group, which does not make its name ambiguous
        if group.name:
            found.setdefault(group.name.casefold(), {})[group.id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def select(selector: Selector, index: Index) -> Selection:
    """Accounts that match groups and agents, less those excluded."""
    found = index.selections.get(selector)
    if found is None:
        found = index.selections[selector] = _select(selector, index)
    return found


def _select(selector: Selector, index: Index) -> Selection:
    groups, problems = _resolve(selector, index)
    if selector.groups:
        candidates = frozenset().union(*(index.members.get(group, frozenset()) for group in groups))
    else:
        candidates = frozenset(index.accounts)
    if selector.agents:
        candidates &= _named(selector.agents, index)
    if selector.exclude:
        candidates -= _named(selector.exclude, index)
    queues = () if selector.agents or selector.exclude else index.queues
    if selector.groups:
        queues = tuple(queue for queue in queues if queue.group in groups)
    wanted = groups if selector.groups else None
    return Selection(
        accounts=candidates,
        readings=_readings(candidates, wanted, index),
        groups=wanted,
        queues=queues,
        uncertain=candidates & index.uncertain,
        problems=problems,
    )


def _readings(
    accounts: frozenset[str], groups: frozenset[str] | None, index: Index
) -> Mapping[Channel, Mapping[str, Reading]]:
    found: dict[Channel, dict[str, Reading]] = {}
    by_account = index.readings
    for account in accounts:
        for reading in by_account.get(account, ()):
            if groups is None or not groups.isdisjoint(reading.groups):
                of_channel = found.get(reading.channel)
                if of_channel is None:
                    of_channel = found[reading.channel] = {}
                before = of_channel.get(account)
                of_channel[account] = reading if before is None else merge_groups((before, reading))
    return found


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


def _named(patterns: tuple[str, ...], index: Index) -> frozenset[str]:
    found = index.named.get(patterns)
    if found is None:
        match = Patterns(patterns).match
        found = index.named[patterns] = frozenset(id_ for id_, account in index.accounts.items() if match(account))
    return found


class Patterns:
    """Agents as a configuration names them: username, e-mail, `id:ID`, or a glob of these, ignoring case.

    A glob that does not begin with `id:` is about names: `i*` shall not mean everybody. `*` alone does.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        folded = [pattern.casefold() for pattern in patterns]
        self._exact = frozenset(pattern for pattern in folded if not _is_glob(pattern))
        globs = [pattern for pattern in folded if _is_glob(pattern)]
        self._of_names = _any_of(glob for glob in globs if not glob.startswith("id:"))
        self._of_ids = _any_of(glob for glob in globs if glob.startswith("id:"))

    def match(self, account: Account) -> bool:
        id_ = f"id:{account.id}".casefold()
        names = (account.username.casefold(), account.email.casefold())
        if id_ in self._exact or any(name in self._exact for name in names):
            return True
        if self._of_ids is not None and self._of_ids.match(id_):
            return True
        return self._of_names is not None and any(self._of_names.match(name) for name in names)


def _any_of(globs: Iterable[str]) -> re.Pattern[str] | None:
    patterns = [translate(glob) for glob in globs]
    return re.compile("|".join(patterns)) if patterns else None


def _is_glob(pattern: str) -> bool:
    return any(character in pattern for character in "*?[")
