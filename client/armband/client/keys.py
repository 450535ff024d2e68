"""The files in DIR that make it a terminal: its key, the office's certificate, who it is.

``identity.json`` is written last and whole: a folder with it is enrolled, one without it is not.
"""

from __future__ import annotations

import hashlib
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from armband.client import keyring
from armband.client.errors import NotEnrolled, StoreUnusable
from armband.client.i18n import _
from armband.shared.environment import Environment
from armband.shared.ops import key_id_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

IDENTITY_FILE = "identity.json"
CERTIFICATE_FILE = "office.pem"
KEY_FILE = keyring.TERMINAL_KEY_FILE
ON, OFF = "on", "off"


class Enrolment(msgspec.Struct, frozen=True):
    """What enrolment settled: the content of ``identity.json``.

    Attributes:
        office, office_name: code and name of the office.
        terminal: what the office calls this terminal.
        url: where the office listens.
        role, scope: at enrolment; the store knows the newest.
        encryption: ``on``, or ``off`` where the store is to be plain; a folder of an older release
            has none, and its store is encrypted at its next start.
    """

    office: str
    office_name: str
    terminal: str
    url: str
    role: str
    scope: list[str]
    encryption: str = ON


class TerminalKey:
    """The terminal's Ed25519 key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public: bytes = private.public_key().public_bytes_raw()
        self.key_id: bytes = key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        """The signature of ``message``, 64 bytes."""
        return self._private.sign(message)

    def pem(self) -> bytes:
        """The private key as unencrypted PKCS #8."""
        from cryptography.hazmat.primitives import serialization

        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """An enrolled terminal's files, read."""

    enrolment: Enrolment
    key: TerminalKey
    certificate_pem: str

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the pinned certificate in DER."""
        return fingerprint_of(ssl.PEM_cert_to_DER_cert(self.certificate_pem))


def fingerprint_of(der: bytes) -> bytes:
    """SHA-256 of a certificate in DER."""
    return hashlib.sha256(der).digest()


def key_from_seed(seed_32: bytes) -> TerminalKey:
    """The key whose private half is these 32 random bytes."""
    # Imported here, as below: status and help need no cryptography, and it costs 40 ms.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return TerminalKey(Ed25519PrivateKey.from_private_bytes(seed_32))


def is_enrolled(data_dir: Path) -> bool:
    """Whether DIR is a terminal's."""
    return (data_dir / IDENTITY_FILE).exists()


def load_enrolment(data_dir: Path) -> Enrolment:
    """What enrolment settled.

    Raises:
        NotEnrolled: DIR is not enrolled.
        StoreUnusable: the file is damaged.
    """
    path = data_dir / IDENTITY_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Enrolment)
    except FileNotFoundError:
        raise NotEnrolled(data_dir) from None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreUnusable(
            _("{file} cannot be read: {problem}").format(file=path, problem=error)
        ) from None


def store_key(data_dir: Path) -> bytes | None:
    """The key that DIR's store has now; None for a plain one.

    Raises:
        Locked: a PIN is needed first.
        NotEnrolled, StoreUnusable: the folder's files are missing or damaged.
    """
    return None if load_enrolment(data_dir).encryption == OFF else keyring.key_of(data_dir)


def made_store_key(data_dir: Path, environment: Environment) -> bytes | None:
    """As `store_key`; a store that is to be encrypted and has no key yet gets one.

    Raises:
        Locked, NotEnrolled, StoreUnusable: see `store_key`.
        StoreKeyWrong: the store is encrypted and its key is gone.
        OSError: the disk refuses.
    """
    if load_enrolment(data_dir).encryption == OFF:
        return None
    return keyring.make(data_dir, environment)


def load_identity(data_dir: Path) -> Identity:
    """The whole identity.

    Raises:
        NotEnrolled: DIR is not enrolled.
        StoreUnusable: a file is missing or damaged.
    """
    enrolment = load_enrolment(data_dir)
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = data_dir / KEY_FILE
    try:
        private = serialization.load_pem_private_key(
            keyring.opened(path.read_bytes(), data_dir), password=None
        )
        path = data_dir / CERTIFICATE_FILE
        pem = path.read_text("ascii")
        ssl.PEM_cert_to_DER_cert(pem)
    except (OSError, ValueError, TypeError) as error:
        raise StoreUnusable(
            _("{file} cannot be read: {problem}").format(file=path, problem=error)
        ) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise StoreUnusable(_("{file} holds no Ed25519 key").format(file=data_dir / KEY_FILE))
    return Identity(enrolment, TerminalKey(private), pem)


def save_identity(data_dir: Path, identity: Identity) -> None:
    """Make DIR a terminal's; each file appears whole, ``identity.json`` last.

    The caller holds the store's lock and has seen that DIR is not enrolled, or has this key.

    Raises:
        OSError: the disk is full or DIR may not be written.
    """
    # One that a PIN has sealed stays as it is: it is the same key.
    if not keyring.is_sealed(data_dir / KEY_FILE):
        _write_whole(data_dir / KEY_FILE, identity.key.pem(), 0o600)
    _write_whole(data_dir / CERTIFICATE_FILE, identity.certificate_pem.encode("ascii"), 0o644)
    content = msgspec.json.format(msgspec.json.encode(identity.enrolment))
    _write_whole(data_dir / IDENTITY_FILE, content + b"\n", 0o644)
    folder = os.open(data_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_whole(path: Path, content: bytes, mode: int) -> None:
    half = path.with_name(path.name + ".half")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
