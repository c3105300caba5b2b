"""The one error tree. What a poll may end in is a closed set of reasons."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a poll failed; each is a value of the `reason` label."""

    AUTH = "auth"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    STATUS = "status"
    TIMEOUT = "timeout"
    CONNECT = "connect"
    TLS = "tls"
    DECODE = "decode"
    VENDOR_ERROR = "vendor_error"
    INTERNAL = "internal"


ADVICE = {
    Reason.AUTH: "Check the user name, the key or the password, and that the key is of this API's generation.",
    Reason.FORBIDDEN: "The log-in works, but may not read this: give the account the permission that the README names.",
    Reason.RATE_LIMITED: "Too many requests: poll less often, or find out who else uses this key.",
    Reason.STATUS: "The address may be wrong, or the vendor has trouble: compare the url with the vendor's documents.",
    Reason.TIMEOUT: "Try the address by hand from this machine; raise poll.timeout if the vendor is that slow.",
    Reason.CONNECT: "Nothing answers: check the address, name resolution and firewall of this machine.",
    Reason.TLS: "The certificate is not trusted: check the host name, the machine's clock and its CA certificates.",
    Reason.DECODE: "The answer is not what this API documents: is the url really that of the API?",
    Reason.VENDOR_ERROR: "The vendor says what is wrong; compare the message with its documents.",
    Reason.INTERNAL: "This is a defect of agentmon: please report it with the log of this moment.",
}
"""What an operator can do about each reason."""


class AgentmonError(Exception):
    """Every error of ours; its text is fit to be shown to the operator."""


class PollError(AgentmonError):
    """A poll failed for `reason`. The text never holds a secret, a query string or a body.

    `status` is the HTTP status where there was one; `retry_after` in seconds, where the vendor asked for it
    or its documents say when asking makes sense again.
    """

    def __init__(
        self, reason: Reason, detail: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


class RosterOutdatedError(PollError):
    """A live call failed by what the roster says, as of a department that is gone: worth one more try with a new one.

    While a source fails, nothing else reads its roster again: such a failure told in another way would never end.
    """


class SecretError(AgentmonError):
    """A secret cannot be read; the text names the variable or the file, never a value."""
