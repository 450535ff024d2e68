"""A disk of a few megabytes that can really fill up, where the system lets us mount one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A tmpfs at ``path``. Its size can change while it is in use."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def ballast(self) -> Path:
        return self.path / "ballast"

    def fill(self) -> None:
        """Take all the room that is left."""
        with self.ballast.open("ab", buffering=0) as file:
            for size in (1 << 16, 4096):
                try:
                    while True:
                        file.write(os.urandom(size))
                except OSError:
                    continue

    def free(self) -> None:
        """Give the room back, as when somebody has tidied up."""
        self.ballast.unlink()


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A mounted tmpfs; the test is skipped where we may not mount."""
    path.mkdir(parents=True)
    options = f"size={megabytes}m,mode=700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "armband-test", str(path)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
