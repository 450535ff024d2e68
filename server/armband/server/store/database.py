"""The port to a SQLite database: one transaction is one function, run where the connection lives.

Production runs it on the connection's thread (`driver`); tests and the simulator bring a database
with the same methods that runs it in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from armband.server.store import dbapi

T = TypeVar("T")


class Database(Protocol):
    """A SQLite file with one writer."""

    async def write(self, work: Callable[[dbapi.Connection], T]) -> T:
        """Run ``work`` in one transaction; returns its result once that is on the disk.

        Once begun it runs to its end, whatever happens to the caller.

        Raises:
            StoreFull, StoreFailed, StoreLocked, StoreDamaged: nothing was kept.
        """

    async def read(self, work: Callable[[dbapi.Connection], T]) -> T:
        """Run ``work`` on one moment of the database; it cannot write.

        Raises:
            StoreFailed, StoreDamaged: it could not be read.
        """

    async def close(self) -> None:
        """Let go of the file."""
