"""Who is who: accounts of one human joined across sources, by hand and by what the rosters agree in."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from monitor.model import Account, AccountKey, Match, PeopleSpec, PersonSpec

Rosters = Mapping[str, Mapping[str, Account]]
"""Accounts by id, by source."""

TOLD = 20
"""Refused joins that are told one by one; the rest is only counted."""


class Identity(msgspec.Struct, frozen=True):
    """One human with several accounts, or one by hand. `id` is unique; `name` is that of people.list, else ""."""

    id: str
    accounts: tuple[AccountKey, ...]
    name: str = ""
    max_slots: int | None = None


def id_of(account: AccountKey) -> str:
    """The id of who has this account first, or alone."""
    return "/".join(account)


def owner_of(account: AccountKey) -> Identity:
    """Whoever has this account and no other."""
    return Identity(id_of(account), (account,))


class People(msgspec.Struct, frozen=True):
    """Identities by source and account; who is in none is a person of their own, without a limit."""

    by_account: Mapping[str, Mapping[str, Identity]] = {}
    capped: Mapping[str, frozenset[str]] = {}
    """Accounts of people with a limit, by source."""
    refused: int = 0
    problems: tuple[str, ...] = ()

    @property
    def joined(self) -> int:
        """People with accounts in several sources."""
        identities = {one.id: one for of_source in self.by_account.values() for one in of_source.values()}
        return sum(len({source for source, _ in one.accounts}) > 1 for one in identities.values())

    def of(self, key: AccountKey) -> Identity | None:
        source, account = key
        return self.by_account.get(source, {}).get(account)


class _Group(msgspec.Struct, eq=False):
    """Accounts joined so far, and the person by hand that they belong to."""

    accounts: list[AccountKey]
    spec: PersonSpec | None = None


def join(spec: PeopleSpec, rosters: Rosters) -> People:
    """Persons by hand first, then what each kind of match joins onto them, in the order configured.

    A match never puts two accounts of one source together, nor two persons by hand: such a join is refused whole,
    whatever the order of accounts and sources.
    """
    owners: dict[AccountKey, _Group] = {}
    for person in spec.listed:
        group = _Group(list(person.accounts), person)
        owners |= dict.fromkeys(person.accounts, group)
    refused: list[str] = []
    for kind in spec.match:
        refused += _join_by(kind, rosters, owners)
    groups = {id(group): group for group in owners.values()}
    return _people(groups.values(), refused, _missing(spec, rosters))


def _people(groups: Iterable[_Group], refused: list[str], missing: Iterable[str]) -> People:
    by_account: dict[str, dict[str, Identity]] = {}
    capped: dict[str, set[str]] = {}
    for group in groups:
        if group.spec is None and len(group.accounts) == 1:
            continue
        accounts = tuple(sorted(group.accounts))
        spec = group.spec
        identity = Identity(
            id=id_of(accounts[0]),
            accounts=accounts,
            name=spec.name if spec else "",
            max_slots=spec.max_slots if spec else None,
        )
        for source, account in accounts:
            by_account.setdefault(source, {})[account] = identity
            if identity.max_slots is not None:
                capped.setdefault(source, set()).add(account)
    told = sorted(refused)[:TOLD]
    if len(refused) > TOLD:
        told.append(f"{len(refused) - TOLD} more joins of people are refused for reasons of this kind")
    return People(
        by_account=by_account,
        capped={source: frozenset(accounts) for source, accounts in capped.items()},
        refused=len(refused),
        problems=(*told, *missing),
    )


def _missing(spec: PeopleSpec, rosters: Rosters) -> Iterator[str]:
    """Accounts by hand that their source does not know. Of a source that was never read nothing is said."""
    for person in spec.listed:
        for source, account in person.accounts:
            if source in rosters and account not in rosters[source]:
                yield f"people.list names the account {source}/{account}, but its source does not know it"


def _join_by(kind: Match, rosters: Rosters, owners: dict[AccountKey, _Group]) -> list[str]:
    """Joins what agrees in one kind; returns a sentence for each join that is refused."""
    parents: dict[int, int] = {}
    groups: dict[int, _Group] = {}

    def root(key: AccountKey) -> int:
        group = owners.get(key)
        if group is None:
            group = owners[key] = _Group([key])
        groups[id(group)] = group
        found = id(group)
        while (above := parents.get(found, found)) != found:
            found = above
        return found

    for one, other in _pairs(kind, rosters):
        parents[root(one)] = root(other)
    together: dict[int, list[_Group]] = {}
    for group in list(groups.values()):
        together.setdefault(root(group.accounts[0]), []).append(group)
    refused = []
    for joined in together.values():
        if len(joined) == 1:
            continue
        objection = _objection(joined)
        accounts = sorted(key for group in joined for key in group.accounts)
        if objection:
            names = " and ".join("/".join(key) for key in accounts)
            refused.append(
                f"{names} agree in {kind} but are not joined: {objection}; name the right ones in people.list"
            )
            continue
        whole = _Group(accounts, next((group.spec for group in joined if group.spec), None))
        owners |= dict.fromkeys(accounts, whole)
    return refused


def _objection(joined: list[_Group]) -> str:
    """Why these groups may not become one; "" if they may."""
    listed = sorted(group.spec.name for group in joined if group.spec)
    if len(listed) > 1:
        return "they belong to several persons of people.list"
    holders = Counter(source for group in joined for source in {source for source, _ in group.accounts})
    twice = [source for source, count in holders.items() if count > 1]
    return f"that would make two accounts of {min(twice)} one person" if twice else ""


def _pairs(kind: Match, rosters: Rosters) -> Iterator[tuple[AccountKey, AccountKey]]:
    """Accounts of different sources that agree: in e-mail, or one's name for itself with any name of the other."""
    named: dict[str, list[AccountKey]] = {}
    for source, accounts in rosters.items():
        for account in accounts.values():
            for value in {_plain(value) for value in _NAMES[kind](account)} - {""}:
                named.setdefault(value, []).append((source, account.id))
    for source, accounts in rosters.items():
        for account in accounts.values():
            key = (source, account.id)
            for other in named.get(_plain(getattr(account, kind)), ()):
                if other[0] != source:
                    yield key, other


def _plain(value: str) -> str:
    return value.strip().casefold()


_NAMES: Mapping[Match, Callable[[Account], tuple[str, ...]]] = {
    Match.EMAIL: lambda account: (account.email,),
    Match.EXTERNAL_ID: lambda account: (account.external_id, account.email, account.username, account.id),
    Match.USERNAME: lambda account: (account.email, account.username, account.id),
}
"""What the other source's account may call itself."""
