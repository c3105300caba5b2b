"""How the configuration wants people to be called."""

from monitor.config.schema import PrivacyOptions
from monitor.privacy import Naming, named, pseudonymous


def naming_of(options: PrivacyOptions) -> Naming:
    """Without a key each call makes pseudonyms of its own. Raises SecretError where the key cannot be read."""
    if options.people == "named":
        return named()
    return pseudonymous(options.pseudonym_key.reveal() if options.pseudonym_key else None)
