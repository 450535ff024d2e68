"""The terminal's error tree.

ArmbandError
└── ClientError                what the user is told; carries the exit code of a command
    ├── OfficeUnreachable      no connection to the office (exit 3)
    ├── NotAllowed             the office or this terminal says no (exit 4)
    │   ├── WrongCertificate   whoever answered is not the office that was pinned
    │   ├── Revoked            the office has revoked this terminal, and has all of its work
    │   ├── NotEnrolled        no office has listed this terminal yet
    │   ├── RoleMayNot         this terminal's role has no right to do that
    │   ├── Locked             a PIN is missing, wrong, or comes too soon after a wrong one
    │   └── ReadingExpired     the last contact is too long ago for reading what is here
    ├── StoreUnusable          the disk or the file refuses, or it is no terminal's folder (exit 5)
    │   ├── StoreHeld          another process holds it
    │   ├── StoreFull          no room on the disk: nothing was saved, reading goes on
    │   ├── StoreDamaged       the file is no sound database
    │   ├── StoreMissing       the folder is a terminal's, but its store is gone
    │   ├── StoreTooNew        a newer release has written it
    │   ├── StoreKeyWrong      its key is missing or another one's
    │   └── NoCipher           it is encrypted, and the driver is not installed
    ├── UnknownRecord          no such record is on this terminal (exit 1)
    ├── UnknownOperation       no such operation is in the tray (exit 1)
    └── Usage                  what was typed makes no sense (exit 2)
ProtocolViolation              the office broke the protocol: this connection is closed
└── BaseDiffers                the records here are not what the office says: they are fetched anew
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from armband.client.exit_codes import ExitCode
from armband.client.i18n import _
from armband.shared.errors import ArmbandError

if TYPE_CHECKING:
    # Not at run time: every command imports this module, and few need the kinds.
    from armband.shared.rollup_report import RollupReport


class ClientError(ArmbandError):
    """What the user is told, in the user's language; carries the exit code of a command."""

    exit_code = ExitCode.REFUSED


class OfficeUnreachable(ClientError):
    """No connection to the office. ``local``: the figures known here, where some were asked for."""

    exit_code = ExitCode.UNREACHABLE
    local: RollupReport | None = None


class NotAllowed(ClientError):
    """The office or this terminal says no."""

    exit_code = ExitCode.NOT_ALLOWED


class WrongCertificate(NotAllowed):
    """Whoever answered is not the office whose certificate was pinned; trying again is no use."""


class Revoked(NotAllowed):
    """The office has revoked this terminal and answered for all that it held: it is to be wiped."""

    def __init__(self) -> None:
        super().__init__(_("the office has revoked this terminal"))


class NotEnrolled(NotAllowed):
    """No office has listed this terminal yet."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            _("no terminal is enrolled in {folder}: use 'armband enrol CODE' first").format(
                folder=data_dir
            )
        )
        self.data_dir = data_dir


class RoleMayNot(NotAllowed):
    """The role of this terminal has no right to do that to records of the kind."""


class Locked(NotAllowed):
    """The PIN is missing or wrong. ``wait_s``: seconds until the next try is listened to."""

    def __init__(self, message: str, wait_s: int = 0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class ReadingExpired(NotAllowed):
    """The last contact is too long ago: what waits may be sent and exported, nothing is read."""


class StoreUnusable(ClientError):
    """The disk or the store's file refuses, or the folder is no terminal's."""

    exit_code = ExitCode.STORE


class StoreHeld(StoreUnusable):
    """Another process holds the store; ``pid`` is its process id, or 0 when unknown."""

    def __init__(self, message: str, pid: int) -> None:
        super().__init__(message)
        self.pid = pid


class StoreFull(StoreUnusable):
    """There is no room on the disk. Nothing of this save was kept; reading goes on."""


class StoreDamaged(StoreUnusable):
    """The store's file is no sound database."""

    @classmethod
    def found(cls, path: Path, problem: object) -> StoreDamaged:
        """What was met in the store at ``path``, and the way out."""
        words = _(
            "the store at {path} is damaged ({problem}). Nothing more is written into it. "
            "'armband doctor --repair' sets it aside and takes over what was not sent yet"
        )
        return cls(words.format(path=path, problem=problem))


class StoreMissing(StoreUnusable):
    """The folder is a terminal's, and its store is not there or is empty."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _(
                "the store of this terminal is gone: {path} is missing or empty. If it was moved, "
                "or a copy of it is somewhere, put it back. Else enrol anew into another folder "
                "with a new code, or begin anew here with 'armband doctor --repair'; what the "
                "office has comes back, what was not sent is in the lost file alone"
            ).format(path=path)
        )
        self.path = path


class StoreTooNew(StoreUnusable):
    """A newer release has written the store."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            _("the store has schema {found} and this release knows {known}: update armband").format(
                found=found, known=known
            )
        )
        self.found = found
        self.known = known


class StoreKeyWrong(StoreUnusable):
    """The store is encrypted, and the key beside it is missing, damaged or another store's."""

    @classmethod
    def of(cls, path: Path) -> StoreKeyWrong:
        """For the store at ``path``, with the way out."""
        words = _(
            "the key beside {path} does not open it: put the store.key that belongs to it back "
            "(nothing was changed). Without it nobody can read this store; enrol anew in another "
            "folder"
        )
        return cls(words.format(path=path))


class NoCipher(StoreUnusable):
    """The store is encrypted, or is to be, and the driver for it is not installed."""


class UnknownRecord(ClientError):
    """No record of that id is on this terminal."""

    def __init__(self, record: bytes) -> None:
        super().__init__(f"no record {record.hex()} is on this terminal")
        self.record = record


class UnknownOperation(ClientError):
    """No operation of that id is in the tray."""

    def __init__(self, op: bytes) -> None:
        super().__init__(f"no operation {op.hex()} is in the tray")
        self.op = op


class Usage(ClientError):
    """What was typed makes no sense; the message says what would."""

    exit_code = ExitCode.USAGE


class ProtocolViolation(ArmbandError):
    """The office broke the protocol; ``code`` is the close code of this connection."""

    def __init__(self, code: int, problem: str) -> None:
        super().__init__(problem)
        self.code = code
        self.problem = problem


class BaseDiffers(ProtocolViolation):
    """The records here are not what the office says they are; they are fetched anew."""
