import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str, mend: str) -> NoReturn:
    """Skip for want of a real part; where CI=true promises all of them, fail."""
    sentence = f"{what} is missing on this machine: {mend}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def require_tool(name: str, package: str) -> str:
    """Return the path of a real program, or tell which Debian package brings it."""
    return shutil.which(name) or missing(name, f"apt-get install {package}")


def require_program(name: str, package: str) -> str:
    """Return the path of a real program that a Python package brings, or tell which."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    return found or missing(name, f"pip install {package}, where there is one for this machine")


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's side with a fresh certificate for 127.0.0.1, signed by itself."""
    openssl = require_tool("openssl", "openssl")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
