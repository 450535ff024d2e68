"""The exit codes of ``armband-server``: a contract with scripts."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """How a command ended."""

    DONE = 0
    REFUSED = 1
    """Something was refused or does not match; details on stdout."""
    USAGE = 2
    UNREACHABLE = 3
    """The office cannot be reached."""
    NOT_ALLOWED = 4
    STORE = 5
    """The store is damaged or locked."""
