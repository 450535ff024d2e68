"""What a command of the terminal tells the shell: the contract of the README."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """Exit codes of every ``armband`` command."""

    DONE = 0
    REFUSED = 1
    """Something was refused or does not match; details are on stdout."""
    USAGE = 2
    UNREACHABLE = 3
    NOT_ALLOWED = 4
    STORE = 5
    """The store is damaged, full, or held by another process."""
