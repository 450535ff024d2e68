"""Runs a program of Python under a clock that is off, by as much as a file says at any moment.

    python shifted_clock.py OFFSET_FILE PROGRAM [WORD ...]

OFFSET_FILE holds the milliseconds to add, 8 bytes, little-endian. Only the wall clock is off: the
clock that waits are measured with goes on, as on a machine whose date somebody sets.
"""

from __future__ import annotations

import mmap
import runpy
import sys
import time
from pathlib import Path

SIZE = 8


def set_offset(file: Path, offset_ms: int) -> None:
    """Let the clock of whoever runs with this file jump to ``offset_ms`` beside the real one."""
    raw = offset_ms.to_bytes(SIZE, "little", signed=True)
    if file.exists():
        with file.open("r+b") as there:
            there.write(raw)
    else:
        file.write_bytes(raw)


def main(offset_file: Path, program: str, words: list[str]) -> None:
    """Shift the clock, then be the program."""
    with offset_file.open("rb") as file:
        shared = mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ)
    real = time.time_ns

    def shifted() -> int:
        return real() + int.from_bytes(shared[:SIZE], "little", signed=True) * 1_000_000

    time.time_ns = shifted
    time.time = lambda: shifted() / 1e9
    # Python puts this script's folder first; the program's own would not be there.
    sys.path.pop(0)
    sys.argv = [program, *words]
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
