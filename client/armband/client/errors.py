"""The terminal's error tree.

ArmbandError
└── ClientError                what the user is told; carries the exit code of a command
    ├── OfficeUnreachable      no connection to the office (exit 3)
    ├── NotAllowed             the office or this terminal says no (exit 4)
    │   └── WrongCertificate   whoever answered is not the office that was pinned
    ├── StoreUnusable          damaged, or not a terminal's folder (exit 5)
    │   └── StoreHeld          another process holds it
    └── Usage                  what was typed makes no sense (exit 2)
ProtocolViolation              the office broke the protocol: this connection is closed
"""

from __future__ import annotations

import enum

from armband.shared.errors import ArmbandError


class ExitCode(enum.IntEnum):
    """What a command says to the shell."""

    DONE = 0
    REFUSED = 1
    """Something was refused or does not match; details on standard output."""
    USAGE = 2
    UNREACHABLE = 3
    NOT_ALLOWED = 4
    STORE = 5
    """The store is damaged or locked."""


class ClientError(ArmbandError):
    """What the user is told, in the user's language; carries the exit code of a command."""

    exit_code = ExitCode.REFUSED


class OfficeUnreachable(ClientError):
    """No connection to the office."""

    exit_code = ExitCode.UNREACHABLE


class NotAllowed(ClientError):
    """The office or this terminal says no."""

    exit_code = ExitCode.NOT_ALLOWED


class WrongCertificate(NotAllowed):
    """Whoever answered is not the office whose certificate was pinned; trying again is no use."""


class StoreUnusable(ClientError):
    """The store is damaged, or the folder is no terminal's."""

    exit_code = ExitCode.STORE


class StoreHeld(StoreUnusable):
    """Another process holds the store; ``pid`` is its process id, or 0 when unknown."""

    def __init__(self, message: str, pid: int) -> None:
        super().__init__(message)
        self.pid = pid


class Usage(ClientError):
    """What was typed makes no sense; the message says what would."""

    exit_code = ExitCode.USAGE


class ProtocolViolation(ArmbandError):
    """The office broke the protocol; ``code`` is the close code of this connection."""

    def __init__(self, code: int, problem: str) -> None:
        super().__init__(problem)
        self.code = code
        self.problem = problem
