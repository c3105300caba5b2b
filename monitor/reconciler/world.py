"""What all teams of one reconciliation look at: the sources at an instant, and who is who."""

from collections.abc import Mapping

import msgspec

from monitor.clock import Now
from monitor.model import Account, AccountKey
from monitor.privacy import Naming
from monitor.reconciler.merge import load_of
from monitor.reconciler.people import Identity, People
from monitor.reconciler.store import SourceState


class World(msgspec.Struct, frozen=True, eq=False):
    """`fresh` are those of the sources whose data takes part."""

    sources: Mapping[str, SourceState]
    fresh: Mapping[str, SourceState]
    people: People
    now: Now

    def loads(self, identity: Identity) -> dict[AccountKey, int | None]:
        """Slots that each account of somebody holds, selected by a team or not; None where that is hidden.

        An expired source hides it, and so does a record that could not be read.
        """
        return {key: self._load(*key) for key in identity.accounts}

    def account(self, key: AccountKey) -> Account:
        """What is known of an account, at the least its id; an expired source still tells whose it is."""
        source, account = key
        state = self.sources.get(source)
        known = state.index.accounts.get(account) if state is not None and state.index is not None else None
        return known or Account(account)

    def name(self, identity: Identity, naming: Naming) -> str:
        """What to call somebody."""
        return naming.person(identity.id, map(self.account, identity.accounts), identity.name)

    def _load(self, source: str, account: str) -> int | None:
        state = self.fresh.get(source)
        if state is None or state.index is None or account in state.index.uncertain:
            return None
        return load_of(state.index.readings.get(account, ()))


def world_at(sources: Mapping[str, SourceState], people: People, now: Now) -> World:
    return World(sources, {name: state for name, state in sources.items() if state.is_fresh(now)}, people, now)
