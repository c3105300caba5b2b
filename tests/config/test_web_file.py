# ruff: noqa: E501 - a file and all that is said of it stand on one line
"""The web configuration file: every mistake at once, with its place and its mend; and what a good one comes to."""

import re
import ssl
import subprocess
from pathlib import Path

import bcrypt
import pytest
from certificates import Authority
from realparts import require_tool

from monitor.config import WebFile, WebFileError, load_web_file
from monitor.config.reference import json_schema, option_names
from monitor.config.web_schema import CIPHERS, WebFileOptions
from monitor.web.settings import RateLimit

CONFIG = Path(__file__).parents[2] / "config"
EXAMPLE = CONFIG / "web.example.yml"
HASH = "$2y$10$" + "a" * 53
MARKED = "hunter2-marked"
PAIR = "  cert_file: certificate.pem\n  key_file: key.pem\n"
MAKE = "make it with: htpasswd -nBC 12 USER"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates and keys, and some that are none."""
    folder = tmp_path_factory.mktemp("web")
    authority = Authority(folder)
    authority.issue("server").put(folder)
    other = authority.issue("other")
    (folder / "other.key").write_bytes(other.key.read_bytes())
    (folder / "nonsense.pem").write_text("nonsense\n", encoding="utf-8")
    (folder / "empty.pem").touch()
    openssl = require_tool("openssl", "openssl")
    subprocess.run(
        [openssl, "pkey", "-in", folder / "key.pem", "-aes256", "-passout", "pass:x", "-out", folder / "locked.pem"],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    return folder


def read(folder: Path, text: str) -> WebFile:
    file = folder / "web.yml"
    file.write_text(text, encoding="utf-8")
    return load_web_file(file)


def mistakes(folder: Path, text: str) -> list[str]:
    try:
        read(folder, text)
    except WebFileError as error:
        return [problem.show("f").replace(str(folder), "…") for problem in error.problems]
    return []


def test_a_password_in_the_file_is_never_repeated(folder: Path) -> None:
    for text in (f"basic_auth_users: {MARKED}\n", f"{MARKED}\n", f"a: {{b: {MARKED}\n", f"open_health: {MARKED}\n"):
        found = mistakes(folder, text)
        assert found
        assert MARKED not in str(found)


FORM = {
    "empty": ("", ["f:1:1: the file is empty (it needs {} to have neither TLS nor passwords, so that half a file is none)"]),
    "a list": ("- a\n", ["f:1:1: not a mapping (the file begins with a key such as `tls_server_config:`)"]),
    "not YAML": ("a: b: c\n", ["f:1:5: a colon where no value can begin (quote text that holds ': ')"]),
    "an unknown key": ("tls_config: {}\n", ["f:1:1: tls_config: unknown key 'tls_config' (did you mean 'tls_server_config'?)"]),
    "a key twice": ("open_health: true\nopen_health: true\n", ["f:2:1: open_health: the key 'open_health' occurs twice (it stands on line 1 already)"]),
    "users that are gone": ("basic_auth_users:\n", ["f:1:1: basic_auth_users: has no value (leave the key out for its default)"]),
    "TLS that is gone": ("tls_server_config:\n", ["f:1:1: tls_server_config: has no value (leave the key out for its default)"]),
    "no user name": (f'basic_auth_users: {{"": "{HASH}"}}\n', ["f:1:20: basic_auth_users['']: not a user name (it has at least one character, and no colon)"]),
    "a colon in a name": (f'basic_auth_users: {{"a:b": "{HASH}"}}\n', ["f:1:20: basic_auth_users['a:b']: not a user name (it has at least one character, and no colon)"]),
    "a header we do not know": ("http_server_config: {headers: {X-Powered-By: us}}\n", ["f:1:32: http_server_config.headers.X-Powered-By: unknown value 'X-Powered-By' (known: Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection)"]),
    "a header of two lines": ('http_server_config: {headers: {X-Frame-Options: "a\\r\\nSet-Cookie: b"}}\n', ["f:1:49: http_server_config.headers.X-Frame-Options: not written as it has to be"]),
    "HTTP/2": ("http_server_config: {http2: true}\n", ["f:1:29: http_server_config.http2: agentmon speaks HTTP/1.1 only (leave the key out)"]),
    "no duration": ("rate_limit: {interval: 1, burst: 0}\n", ["f:1:24: rate_limit.interval: not a duration (write a unit, as in 1s)", "f:1:34: rate_limit.burst: must be at least 1"]),
}  # fmt: skip

HASHES = {
    "a password in plain text": (MARKED, "not a bcrypt hash, and no other is taken, nor a password in plain text"),
    "a number": ("12345678", "not a bcrypt hash, and no other is taken, nor a password in plain text"),
    "SHA": ("'{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='", "not a bcrypt hash, and no other is taken, nor a password in plain text"),
    "MD5 of Apache": ("$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/", "not a bcrypt hash"),
    "SHA-512 of crypt": ("$6$saltsalt$" + MARKED, "not a bcrypt hash"),
    "argon2": ("$argon2id$v=19$m=65536,t=3,p=4$" + MARKED, "not a bcrypt hash"),
    "half of a hash": (HASH[:40], "not a whole bcrypt hash, which has 60 characters"),
    "bcrypt with its old mistake": (HASH.replace("2y", "2x"), "not a whole bcrypt hash, which has 60 characters"),
    "a cost for ever": (HASH.replace("$10$", "$31$"), "a bcrypt cost that is not 4 to 16"),
}  # fmt: skip

TLS = {
    "nothing": ("tls_server_config: {}\n", ["cert_file: is missing (TLS needs both cert_file and key_file)", "key_file: is missing (TLS needs both cert_file and key_file)"]),
    "no key": ("tls_server_config:\n  cert_file: certificate.pem\n", ["key_file: is missing (TLS needs both cert_file and key_file)"]),
    "no files": ("tls_server_config: {cert_file: a.pem, key_file: b.pem}\n", ["cert_file: …/a.pem cannot be read: No such file or directory", "key_file: …/b.pem cannot be read: No such file or directory"]),
    "another key": ("tls_server_config: {cert_file: certificate.pem, key_file: other.key}\n", ["key_file: is not the key of the certificate (both may just be being replaced)"]),
    "no certificate in it": ("tls_server_config: {cert_file: nonsense.pem, key_file: key.pem}\n", ["cert_file: holds no certificate in PEM form"]),
    "a key for a certificate": ("tls_server_config: {cert_file: key.pem, key_file: key.pem}\n", ["cert_file: holds no certificate in PEM form"]),
    "no key in it": ("tls_server_config: {cert_file: certificate.pem, key_file: empty.pem}\n", ["key_file: holds no key in PEM form"]),
    "a passphrase": ("tls_server_config: {cert_file: certificate.pem, key_file: locked.pem}\n", ["key_file: has a passphrase, for which nobody can be asked (write it without one)"]),
    "inline": (f"tls_server_config:\n{PAIR}  cert: {MARKED}\n  key: {MARKED}\n  client_ca: {MARKED}\n", [f"{key}: is not supported (write it to a file, and name that)" for key in ("cert", "key", "client_ca")]),
    "curves": (f"tls_server_config:\n{PAIR}  curve_preferences: [X25519]\n", ["curve_preferences: is not supported (leave it out: Python's TLS chooses)"]),
    "old versions": (f"tls_server_config:\n{PAIR}  min_version: TLS10\n  max_version: TLS11\n", [f"{key}: this version of TLS is broken (write TLS12 or TLS13)" for key in ("min_version", "max_version")]),
    "upside down": (f"tls_server_config:\n{PAIR}  min_version: TLS13\n  max_version: TLS12\n", ["max_version: below min_version"]),
    "unverified clients": (f"tls_server_config:\n{PAIR}  client_auth_type: RequireAnyClientCert\n", ["client_auth_type: Python's TLS takes no certificate that it cannot verify (write RequireAndVerifyClientCert)"]),
    "clients without authority": (f"tls_server_config:\n{PAIR}  client_auth_type: RequireAndVerifyClientCert\n", ["client_ca_file: is missing (the authorities of the clients' certificates)"]),
    "authority without clients": (f"tls_server_config:\n{PAIR}  client_ca_file: authority.pem\n", ["client_ca_file: nobody is asked for a certificate (set client_auth_type)"]),
    "no authority in it": (f"tls_server_config:\n{PAIR}  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: nonsense.pem\n", ["client_ca_file: holds no certificate in PEM form"]),
    "names that nobody need show": (f"tls_server_config:\n{PAIR}  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: authority.pem\n  client_allowed_sans: [a]\n", ["client_allowed_sans: needs client_auth_type: RequireAndVerifyClientCert"]),
    "a weak suite": (f"tls_server_config:\n{PAIR}  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n", [f"cipher_suites[0]: not a cipher suite that is taken (known: {', '.join(CIPHERS)})"]),
    "a suite of 1.3": (f"tls_server_config:\n{PAIR}  cipher_suites: [TLS_AES_128_GCM_SHA256]\n", ["cipher_suites[0]: a cipher suite of TLS 1.3, which are always on (leave it out)"]),
    "suites of 1.2 without it": (f"tls_server_config:\n{PAIR}  min_version: TLS13\n  cipher_suites: [{next(iter(CIPHERS))}]\n", ["cipher_suites: they are those of TLS 1.2, which min_version rules out (leave them out)"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FORM.values(), ids=FORM)
def test_a_mistake_of_form(folder: Path, text: str, expected: list[str]) -> None:
    assert mistakes(folder, text) == expected


@pytest.mark.parametrize(("written", "sentence"), HASHES.values(), ids=HASHES)
def test_what_is_no_bcrypt_hash_is_refused_and_not_repeated(folder: Path, written: str, sentence: str) -> None:
    assert mistakes(folder, f"basic_auth_users:\n  alice: {written}\n") == [
        f"f:2:10: basic_auth_users.alice: {sentence} ({MAKE})"
    ]


@pytest.mark.parametrize(("text", "expected"), TLS.values(), ids=TLS)
def test_a_mistake_of_tls(folder: Path, text: str, expected: list[str]) -> None:
    found = mistakes(folder, text)
    assert [re.sub(r"^f:\d+:\d+: tls_server_config\.", "", problem) for problem in found] == expected


def test_mistakes_of_form_and_of_the_files_that_are_named_come_together(folder: Path) -> None:
    text = f"tls_server_config:\n  cert_file: a.pem\n  max_version: 3\nbasic_auth_users: {{a: {MARKED}}}\nother: 1\n"
    assert [problem.split(": ")[1] for problem in mistakes(folder, text)] == [
        "tls_server_config.key_file",
        "tls_server_config.cert_file",
        "tls_server_config.max_version",
        "basic_auth_users.a",
        "other",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WebFileError, match=r"none\.yml:1:1: cannot be read: No such file"):
        load_web_file(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{}\n", ["web.yml"]),
        (f"tls_server_config:\n{PAIR}", ["web.yml", "certificate.pem", "key.pem"]),
        ("tls_server_config: {cert_file: a.pem, key_file: key.pem}\n", ["web.yml", "a.pem", "key.pem"]),
        ("tls_server_config: [\n", ["web.yml"]),
    ],
)
def test_whatever_may_mend_it_is_watched(folder: Path, text: str, names: list[str]) -> None:
    try:
        files = read(folder, text).files
    except WebFileError as error:
        files = error.files
    assert files == tuple(folder / name for name in names)


def test_a_good_file(folder: Path) -> None:
    found = read(
        folder,
        f"""tls_server_config:
{PAIR}  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: authority.pem
  client_allowed_sans: [prometheus.example]
  min_version: TLS12
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]
  prefer_server_cipher_suites: false
http_server_config: {{headers: {{X-Frame-Options: SAMEORIGIN}}}}
basic_auth_users: {{alice: {HASH}, bob: {HASH.replace("2y", "2b")}}}
rate_limit: {{interval: 100ms, burst: 20}}
open_health: true
""",
    )
    settings, tls = found.settings, found.settings.tls
    assert tls is not None
    assert (tls.minimum_version, tls.maximum_version) == (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
    assert "ECDHE-ECDSA-AES256-GCM-SHA384" in {suite["name"] for suite in tls.get_ciphers()}
    assert "ECDHE-ECDSA-AES128-GCM-SHA256" not in {suite["name"] for suite in tls.get_ciphers()}
    assert tls.verify_mode is ssl.CERT_REQUIRED
    assert not tls.options & ssl.OP_CIPHER_SERVER_PREFERENCE
    assert settings.allowed_sans == {"prometheus.example"}
    assert settings.users == {"alice": HASH.encode(), "bob": HASH.replace("2y", "2b").encode()}
    assert settings.headers == {"X-Frame-Options": "SAMEORIGIN"}
    assert settings.rate == RateLimit(interval=0.1, burst=20)
    assert settings.open_health
    assert found.warnings == ()
    assert HASH not in repr(found)


def test_what_is_left_out_is_as_without_a_file(folder: Path) -> None:
    settings = read(folder, "{}\n").settings
    assert (settings.tls, settings.users, settings.rate, settings.open_health) == (None, {}, None, False)
    assert read(folder, "rate_limit: {interval: 0s}\n").settings.rate is None
    tls = read(folder, f"tls_server_config:\n{PAIR}").settings.tls
    assert tls is not None
    assert (tls.minimum_version, tls.verify_mode) == (ssl.TLSVersion.TLSv1_2, ssl.CERT_NONE)


def test_every_cipher_suite_that_is_taken_is_known_to_this_tls(folder: Path) -> None:
    for name in CIPHERS:
        assert read(folder, f"tls_server_config:\n{PAIR}  cipher_suites: [{name}]\n").settings.tls is not None


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (f"basic_auth_users: {{a: {HASH}}}\n", "passwords travel in clear text without tls_server_config"),
        (f"tls_server_config:\n{PAIR}basic_auth_users: {{a: {HASH.replace('$10$', '$09$')}}}\n", "a bcrypt cost below 10"),
        ("open_health: true\n", "without basic_auth_users everything is open"),
    ],
)  # fmt: skip
def test_warnings(folder: Path, text: str, warning: str) -> None:
    assert [found.message for found in read(folder, text).warnings] == [warning]


# ------------------------------------------------------------------ documents


def uncommented(text: str) -> str:
    """The example with its optional lines switched on."""
    return re.sub(r"(?m)^( *)# ( *[A-Za-z0-9_-]+:(?: |$))", r"\1\2", text)


@pytest.mark.parametrize("change", [str, uncommented])
def test_the_example_has_no_mistake_and_no_warning(folder: Path, change: type[str]) -> None:
    (folder / "tls").mkdir(exist_ok=True)
    for name, source in (("certificate", "certificate"), ("key", "key"), ("clients", "authority")):
        (folder / "tls" / f"{name}.pem").write_bytes((folder / f"{source}.pem").read_bytes())
    found = read(folder, change(EXAMPLE.read_text(encoding="utf-8")))
    assert found.warnings == ()
    assert bcrypt.checkpw(b"x", found.settings.users["prometheus"]) is False
    assert found.settings.open_health is (change is uncommented)


def test_every_option_stands_in_the_example_and_in_the_reference() -> None:
    options = option_names(json_schema(WebFileOptions))
    assert options - set(re.findall(r"[a-z_0-9]+(?=:)", EXAMPLE.read_text(encoding="utf-8"))) == frozenset()
    section = (CONFIG / "web.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_0-9]+)` \|", section, re.MULTILINE)) == options
