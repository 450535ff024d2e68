"""Runs the checks one after the other, says how long each took, and fails if any failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
FOLDERS = ("client", "server", "shared", "scripts", "tests")
WORKERS_MAX = 4
WAITING_WORKERS = 1
"""Beyond one for each core: a third of a test is waits for a frame, a socket or a disk."""


def static_checks() -> dict[str, list[str]]:
    """The checks that do not run the product, by name."""
    return {
        "format": ["ruff", "format", "--check", "--quiet", *FOLDERS],
        "lint": ["ruff", "check", "--quiet", *FOLDERS],
        "types": ["mypy"],
        "layers": ["lint-imports", "--no-logo"],
    }


def test_command(arguments: list[str]) -> list[str]:
    """Pytest on all cores for the whole suite; named tests run in one process."""
    if arguments:
        return ["pytest", *arguments]
    workers = min(os.cpu_count() or 1, WORKERS_MAX) + WAITING_WORKERS
    return ["pytest", "--quiet", "--numprocesses", str(workers), "--dist", "worksteal"]


def run(name: str, command: list[str]) -> bool:
    """Run one check and say how it went."""
    started = time.monotonic()
    tool, *rest = command
    done = subprocess.run(  # noqa: S603 - the commands are the ones above
        [str(TOOLS / tool), *rest], cwd=TOP, stdin=subprocess.DEVNULL, check=False
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"-- {name}: {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Run all checks, so that one run shows all that is wrong; tests alone when some are named."""
    checks = {"tests": test_command(arguments)}
    if not arguments:
        checks = {**static_checks(), **checks}
    failed = [name for name, command in checks.items() if not run(name, command)]
    if failed:
        print(f"-- failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
