"""The listener's side of TLS, made from the files that the web configuration names; whatever is wrong, at once."""

import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from monitor.config.web_schema import CIPHERS, TlsOptions

_VERSIONS: Mapping[str, ssl.TLSVersion] = MappingProxyType(
    {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
)
_VERIFY: Mapping[str, ssl.VerifyMode] = MappingProxyType(
    {
        "NoClientCert": ssl.CERT_NONE,
        "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
        "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
    }
)
_Found = tuple[str, str, str]
"""Key, message, mend."""


class Missing(Exception):  # noqa: N818 - what is missing, not how it failed
    """What keeps the options from being TLS."""

    def __init__(self, problems: tuple[_Found, ...]) -> None:
        super().__init__(len(problems))
        self.problems = problems


class _PassphraseError(Exception):
    """A key is not to be had without a passphrase."""


def context_of(options: TlsOptions, base: Path) -> ssl.SSLContext:
    """Raises Missing with every problem; files are relative to `base`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    problems = (*_form(options), *_own(context, options, base), *_clients(context, options, base))
    if problems:
        raise Missing(problems)
    context.minimum_version = _VERSIONS[options.min_version]
    context.maximum_version = _VERSIONS[options.max_version]
    if options.cipher_suites:
        context.set_ciphers(":".join(CIPHERS[name] for name in options.cipher_suites))
    if not options.prefer_server_cipher_suites:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    context.verify_mode = _VERIFY[options.client_auth_type]
    return context


def _form(options: TlsOptions) -> Iterator[_Found]:
    """What does not fit together, whatever stands in the files."""
    if _VERSIONS[options.min_version] > _VERSIONS[options.max_version]:
        yield "max_version", "below min_version", ""
    if options.cipher_suites and options.min_version == "TLS13":
        yield "cipher_suites", "they are those of TLS 1.2, which min_version rules out", "leave them out"
    asks = options.client_auth_type != "NoClientCert"
    if asks and options.client_ca_file is None:
        yield "client_ca_file", "is missing", "the authorities of the clients' certificates"
    if options.client_ca_file is not None and not asks:
        yield "client_ca_file", "nobody is asked for a certificate", "set client_auth_type"
    if options.client_allowed_sans and options.client_auth_type != "RequireAndVerifyClientCert":
        yield "client_allowed_sans", "needs client_auth_type: RequireAndVerifyClientCert", ""


def _own(context: ssl.SSLContext, options: TlsOptions, base: Path) -> Iterator[_Found]:
    """Certificate and key."""
    found: list[_Found] = []
    for option, name in (("cert_file", options.cert_file), ("key_file", options.key_file)):
        if name is None:
            found.append((option, "is missing", "TLS needs both cert_file and key_file"))
        else:
            found += _read(option, base / name)
    yield from found
    if found or options.cert_file is None or options.key_file is None:
        return
    certificate, key = base / options.cert_file, base / options.key_file
    try:
        context.load_cert_chain(certificate, key, password=_no_passphrase)
    except _PassphraseError:
        yield "key_file", "has a passphrase, for which nobody can be asked", "write it without one"
    except (ssl.SSLError, ValueError, OSError) as error:
        yield _bad_pair(certificate, error)


def _no_passphrase() -> str:
    raise _PassphraseError


def _bad_pair(certificate: Path, error: Exception) -> _Found:
    reason = getattr(error, "reason", None)
    if reason == "KEY_VALUES_MISMATCH":
        return "key_file", "is not the key of the certificate", "both may just be being replaced"
    if not _is_certificate(certificate):
        return "cert_file", "holds no certificate in PEM form", ""
    if reason in {"EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"}:
        return "cert_file", "its key or its signature is too weak", "make one of today's strength"
    return "key_file", "holds no key in PEM form", ""


def _is_certificate(file: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(cafile=file)
    except (ssl.SSLError, OSError):
        return False
    return True


def _clients(context: ssl.SSLContext, options: TlsOptions, base: Path) -> Iterator[_Found]:
    """Authorities of the clients."""
    if options.client_ca_file is None:
        return
    file = base / options.client_ca_file
    unreadable = list(_read("client_ca_file", file))
    yield from unreadable
    if not unreadable:
        try:
            context.load_verify_locations(cafile=file)
        except (ssl.SSLError, OSError):
            yield "client_ca_file", "holds no certificate in PEM form", ""


def _read(key: str, file: Path) -> Iterator[_Found]:
    try:
        with file.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        yield key, f"{file} cannot be read: {error.strerror or 'unknown error'}", ""
