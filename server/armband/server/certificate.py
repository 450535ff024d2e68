"""The office's own certificate: made once by ``init``, pinned by every terminal.

Terminals trust the certificate itself (its SHA-256), never a name or an authority, so the names in
it matter only to tools that look at it.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

CERTIFICATE_FILE = "certificate.pem"
KEY_FILE = "certificate-key.pem"
VALID_DAYS = 3652
"""Ten years: a street office renews no certificates."""
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where the certificate and its key lie, and what terminals pin.

    Attributes:
        fingerprint: SHA-256 of the certificate in DER.
    """

    certificate_path: Path
    key_path: Path
    fingerprint: bytes


def make_certificate(directory: Path, office: str, now_ms: int) -> Certificate:
    """Make a key (ECDSA P-256) and a certificate for ``office``; the key's file has mode 0600.

    Raises:
        FileExistsError: one of the files is there already; it is never overwritten.
    """
    # Imported here: only `init` makes one, and the import costs 60 ms.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"armband {office}"[:64])])
    # A minute back, so that a client whose clock runs a little late still finds it valid.
    start = datetime.fromtimestamp((now_ms - _MINUTE_MS) / 1000, UTC)
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=VALID_DAYS))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write_new(directory / KEY_FILE, key_pem, 0o600)
    _write_new(
        directory / CERTIFICATE_FILE, certificate.public_bytes(serialization.Encoding.PEM), 0o644
    )
    return load_certificate(directory)


def load_certificate(directory: Path) -> Certificate:
    """The certificate in ``directory``.

    Raises:
        FileNotFoundError: there is none.
        ValueError: the file holds no certificate.
    """
    path = directory / CERTIFICATE_FILE
    der = ssl.PEM_cert_to_DER_cert(path.read_text(encoding="ascii"))
    return Certificate(path, directory / KEY_FILE, hashlib.sha256(der).digest())


def tls_context(certificate: Certificate) -> ssl.SSLContext:
    """The server's side of TLS 1.3 with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate.certificate_path, certificate.key_path)
    return context


def _write_new(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
