"""A store opened from beside, as no program of ours does it: with the key of its folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from armband.client import keyring
from armband.client.store import dbapi


@contextmanager
def opened(path: Path, folder: Path | None = None) -> Iterator[dbapi.Connection]:
    """A connection to a terminal's or an office's store; each statement commits by itself.

    Args:
        folder: of the key, where ``path`` is a copy that lies elsewhere.
    """
    key = keyring.key_of(folder or path.parent)
    with closing(dbapi.connect(path, key)) as conn:
        yield conn
