"""What the C library does with memory that a server has freed."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Of glibc's ``mallopt`` (malloc.h)."""
_LARGE = 128 * 1024


def give_back_freed_memory() -> None:
    """Large blocks go back to the system when they are freed; elsewhere than on glibc, nothing.

    Left alone, glibc keeps more of them each time it has freed a larger one: a few hostile frames
    of the largest size would leave the server at a third more than it needs, for good.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for option, value in ((_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _LARGE), (_ARENA_MAX, 1)):
        mallopt(option, value)
