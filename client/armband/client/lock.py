"""One process per store: an advisory lock on a file in DIR, which the system frees at any exit."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType

from armband.client.errors import StoreHeld, StoreUnusable
from armband.client.i18n import _

LOCK_FILE = "terminal.lock"


class StoreLock:
    """The held lock; `release` or the end of the process gives it back."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> StoreLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def hold(data_dir: Path) -> StoreLock:
    """Hold the store in DIR, which is made if it is absent.

    Raises:
        StoreHeld: another process does; the error names its process id.
        StoreUnusable: DIR cannot be made or written.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnusable(
            _("{folder} cannot be used: {problem}").format(folder=data_dir, problem=error.strerror)
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pid = _pid_in(descriptor)
        os.close(descriptor)
        raise StoreHeld(
            _("{folder} is in use by another armband (process {pid})").format(
                folder=data_dir, pid=pid or "?"
            ),
            pid,
        ) from None
    # Who holds it is only for others to read: a full disk must not keep the store shut.
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return StoreLock(descriptor)


def _pid_in(descriptor: int) -> int:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else 0
