"""Pages of an encrypted store, opened without the driver: for what it refuses to read.

The format of SQLCipher 4: AES-256-CBC by page; the last 80 bytes of a page are its start value (16)
and its MAC (64); the first 16 bytes of the file are a salt. Nothing that comes out is believed:
rows are proved by their ids.
"""

from __future__ import annotations

from pathlib import Path

PAGE = 4096
RESERVED = 80
"""Bytes at the end of a page that are no page of SQLite."""
_START = 16
_TREE_PAGES = (0x02, 0x05, 0x0A, 0x0D)
_LOOKED_AT = 64


def decrypted(page: bytes, key: bytes) -> bytes:
    """The page as SQLite would see it, in its whole length; a piece of one as it is."""
    if len(page) != PAGE:
        return page
    # Imported here: only a salvage and a wrong key need it.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    end = PAGE - RESERVED
    opener = Cipher(algorithms.AES(key), modes.CBC(page[end : end + _START])).decryptor()
    return opener.update(page[:end]) + opener.finalize() + bytes(RESERVED)


def key_fits(path: Path, key: bytes) -> bool:
    """Whether the pages of an encrypted store make sense under ``key``.

    By the kind that a page begins with, so that a file with some damage is told from one that
    belongs to another key.
    """
    with path.open("rb") as file:
        file.seek(PAGE)
        pages = [file.read(PAGE) for _number in range(_LOOKED_AT)]
    whole = [page for page in pages if len(page) == PAGE]
    sound = sum(decrypted(page, key)[0] in _TREE_PAGES for page in whole)
    return sound > len(whole) // 4
