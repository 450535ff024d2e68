"""The office's own error tree, under the shared `ArmbandError`.

ServerError
├── UnknownPredecessor   an operation follows one that the office does not hold
├── OfficeCannotWrite    the office takes no records just now; ``reason`` says why
├── InviteRefused        an enrolment code is unknown, or not for this key
│   ├── InviteUsed       it was used
│   └── InviteExpired    it is too old
├── BadRequest           an administration verb is unknown or its arguments are wrong
├── NotFound             what a verb names does not exist
├── UnknownUnit          a command names a unit that the office does not have: a typing mistake
├── AlreadyFrozen        a day's report is frozen, and another edition was not asked for
├── BackupUnsound        a copy of the office is damaged or does not add up
├── RecoveryKeyWrong     a sealed backup needs its recovery key, or another one
└── StoreError
    ├── StoreExists      there is an office in this folder already
    ├── StoreMissing     there is no office in this folder
    ├── StoreLocked      another process holds the store
    ├── StoreFull        the disk is full
    ├── StoreFailed      the disk or the database refused (I/O error)
    ├── StoreKeyWrong    the key of an encrypted store is missing or another's
    └── StoreDamaged     the file is no store, damaged, or of a newer release
"""

from __future__ import annotations

from typing import ClassVar

from armband.shared import wire
from armband.shared.errors import ArmbandError


class ServerError(ArmbandError):
    """Base of the office's errors."""


class UnknownPredecessor(ServerError):
    """An operation follows one that the office does not hold: its history has been rolled back."""

    def __init__(self, key_id: bytes, counter: int) -> None:
        super().__init__(
            f"operation {counter} of terminal {key_id.hex()} follows one that the office lacks"
        )
        self.key_id = key_id
        self.counter = counter


class OfficeCannotWrite(ServerError):
    """The office takes no records just now."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the office cannot take records: {reason}")
        self.reason = reason


class InviteRefused(ServerError):
    """An enrolment code is unknown, used or expired; ``problem`` says which."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"the enrolment code is {problem}")
        self.problem = problem


class InviteUsed(InviteRefused):
    """A terminal has enrolled with it."""

    def __init__(self) -> None:
        super().__init__("used already")


class InviteExpired(InviteRefused):
    """It is too old."""

    def __init__(self) -> None:
        super().__init__("expired")


class BadRequest(ServerError):
    """An administration verb is unknown, or its arguments are not what it takes."""


class NotFound(ServerError):
    """What an administration verb names does not exist."""


class AlreadyFrozen(ServerError):
    """A day's report is frozen, and another edition was not asked for."""


class BackupUnsound(ServerError):
    """A copy of the office is damaged or does not add up: it is no backup."""


class RecoveryKeyWrong(ServerError):
    """A sealed backup needs its recovery key, or another one; or that key is damaged."""


class UnknownUnit(ServerError):
    """A command names a unit that the office does not have: a typing mistake."""


class StoreError(ServerError):
    """Base of what goes wrong with the office's files; ``cause`` is what terminals are told."""

    cause: ClassVar[str] = wire.CAUSE_FAILED


class StoreExists(StoreError):
    """There is an office in this folder already."""


class StoreMissing(StoreError):
    """There is no office in this folder."""


class StoreLocked(StoreError):
    """Another process holds the store."""


class StoreFull(StoreError):
    """The disk is full: nothing of the transaction was kept."""

    cause = wire.CAUSE_FULL


class StoreFailed(StoreError):
    """The disk or the database refused: nothing of the transaction was kept."""


class StoreKeyWrong(StoreError):
    """The key of an encrypted store is missing, or is another's."""


class StoreDamaged(StoreError):
    """The file is no store of an office, is damaged, or belongs to a newer release."""

    cause = wire.CAUSE_DAMAGED
