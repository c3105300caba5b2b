"""Certificates of an authority of our own, made by openssl."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from realparts import require_tool

_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1")


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path

    def put(self, folder: Path) -> None:
        """As `certificate.pem` and `key.pem`, in one step each, as tools that renew certificates do."""
        for source, name in ((self.certificate, "certificate.pem"), (self.key, "key.pem")):
            new = folder / f"{name}.new"
            new.write_bytes(source.read_bytes())
            new.rename(folder / name)


class Authority:
    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._openssl = require_tool("openssl", "openssl")
        self._number = 0
        self.pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
        self._run("req", "-x509", *_EC, "-keyout", self.pair.key, "-out", self.pair.certificate, "-subj", f"/CN={name}")

    @property
    def certificate(self) -> Path:
        return self.pair.certificate

    def issue(self, name: str, names: str = "IP:127.0.0.1,IP:::1,DNS:localhost") -> Pair:
        self._number += 1
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        self._run(
            *("req", "-x509", *_EC, "-keyout", pair.key, "-out", pair.certificate, "-subj", f"/CN={name}"),
            *("-CA", self.pair.certificate, "-CAkey", self.pair.key, "-set_serial", str(self._number)),
            *("-addext", f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE"),
        )
        return pair

    def trusting(self, own: Pair | None = None) -> ssl.SSLContext:
        """A client's side that believes this authority alone, and shows its own certificate if it has one."""
        context = ssl.create_default_context(cafile=self.certificate)
        if own is not None:
            context.load_cert_chain(own.certificate, own.key)
        return context

    def _run(self, *arguments: str | Path) -> None:
        subprocess.run([self._openssl, *arguments], check=True, capture_output=True, timeout=30)
