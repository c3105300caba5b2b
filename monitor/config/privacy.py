"""How the configuration wants people to be called."""

from monitor.config.schema import PrivacyOptions
from monitor.privacy import Naming, named, pseudonymous


def naming_of(options: PrivacyOptions, otherwise: str | None = None) -> Naming:
    """Of people in explain, API, wall and `top`. `otherwise` is the key where none is configured, None a random one.

    Raises SecretError where the key cannot be read.
    """
    return named() if options.people == "named" else _pseudonymous(options, otherwise)


def agent_naming_of(options: PrivacyOptions, otherwise: str | None = None) -> Naming | None:
    """Of single accounts in metrics, None where there shall be none of them; the rest as `naming_of`."""
    match options.agent_series:
        case "off":
            return None
        case "named":
            return named()
        case "pseudonym":
            return _pseudonymous(options, otherwise)


def _pseudonymous(options: PrivacyOptions, otherwise: str | None) -> Naming:
    return pseudonymous(options.pseudonym_key.reveal() if options.pseudonym_key else otherwise)
