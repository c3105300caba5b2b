"""How the configuration wants people to be called."""

from monitor.config.schema import PrivacyOptions
from monitor.privacy import Naming, named, pseudonymous


def naming_of(options: PrivacyOptions) -> Naming:
    """Of people in explain, API, wall and `top`. Without a key each call makes pseudonyms of its own.

    Raises SecretError where the key cannot be read.
    """
    return named() if options.people == "named" else _pseudonymous(options)


def agent_naming_of(options: PrivacyOptions) -> Naming | None:
    """Of single accounts in metrics, None where there shall be none of them. Raises as `naming_of`."""
    match options.agent_series:
        case "off":
            return None
        case "named":
            return named()
        case "pseudonym":
            return _pseudonymous(options)


def _pseudonymous(options: PrivacyOptions) -> Naming:
    return pseudonymous(options.pseudonym_key.reveal() if options.pseudonym_key else None)
