"""One process per office: an advisory lock on a file in its folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from armband.server.exits import OfficeBusy

LOCK_FILE = "office.lock"


class OfficeLock:
    """The lock of an office's folder. The system frees it when its holder dies."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / LOCK_FILE
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; whether it is held now.

        Raises:
            OSError: the folder is missing or cannot be written.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        # Who holds it is only for others to read: a full disk must not keep the office shut.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Free the lock; fine when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> str:
        """The process that holds the lock, as far as it has said."""
        try:
            return self._path.read_text(encoding="ascii").strip() or "unknown"
        except OSError:
            return "unknown"

    def busy(self) -> OfficeBusy:
        """The error that says who holds the office and what to do."""
        folder = self._path.parent
        return OfficeBusy(
            f"the office in {folder} is held by process {self.holder()}, which does not answer on "
            "its control socket; wait for it to end, or stop that process and try again"
        )
