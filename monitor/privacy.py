"""How people are called where they are shown: by name, or by a pseudonym that stays the same under the same key."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.model import Account

DIGITS = 8
"""Of a pseudonym: with 10,000 people the chance that any two share one is about one in a hundred."""


@dataclass(frozen=True, slots=True)
class Naming:
    """With `is_named` people go by their names, else by pseudonyms of `key`, and nothing leads back to them."""

    is_named: bool
    key: bytes = field(repr=False)

    def person(self, identity: str, accounts: Iterable[Account], listed: str = "") -> str:
        """What to call a human of this id with these accounts; `listed` is their name of people.list, if any."""
        if not self.is_named:
            return self._pseudonym(listed or identity)
        return listed or next((name for account in accounts if (name := _name(account))), identity)

    def account(self, source: str, account: Account) -> tuple[str, str]:
        """What to call an account, and its id, which is empty where it must not be told."""
        if not self.is_named:
            return self._pseudonym(f"{source}/{account.id}"), ""
        return _name(account), account.id

    def agents(self, patterns: tuple[str, ...]) -> tuple[str, ...]:
        """Agents as a selector names them; none where names must not be told."""
        return patterns if self.is_named else ()

    def _pseudonym(self, identity: str) -> str:
        return f"agent-{hmac.digest(self.key, identity.encode(), 'sha256').hex()[:DIGITS]}"


def _name(account: Account) -> str:
    return account.name or account.username or account.email


def named() -> Naming:
    return Naming(is_named=True, key=b"")


def pseudonymous(key: str | None = None) -> Naming:
    """Without a key pseudonyms are good for as long as this value lives, and mean nothing to anybody else."""
    return Naming(is_named=False, key=key.encode() if key else secrets.token_bytes(32))
