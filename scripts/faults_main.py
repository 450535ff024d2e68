"""Runs one fault many times, in a folder of its own, and says what came of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from faults.bit_rot import rot_office, rot_terminal
from faults.clocks import clock_jumps
from faults.copies import clone_terminal, restore_terminal
from faults.disk_errors import eio_office, eio_terminal
from faults.frames import send_bad_frames
from faults.kills import kill_server, kill_terminal
from faults.network import half_open, partition
from faults.power import cut_power, office_day, terminal_day
from faults.restores import restore_office
from faults.slow_readers import slow_readers
from faults.stopped import stopped
from faults.torn import torn


class Report(Protocol):
    """What a run came to; ``str`` of it is the sentence for people."""

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: how often by default, and what runs it in a folder with (times, seed)."""

    times: int
    run: Callable[[Path, int, int], Report]


FAULTS = {
    "partitions": Fault(
        1000, lambda home, n, seed: asyncio.run(partition(home, n, seed, terminals=50))
    ),
    "rot-office": Fault(1000, rot_office),
    "rot-terminal": Fault(1000, rot_terminal),
    "half-open": Fault(2000, lambda home, n, seed: asyncio.run(half_open(home, n, seed))),
    # How often is how many rounds without and with peers that never read, in turns.
    "slow-readers": Fault(6, lambda home, n, _seed: asyncio.run(slow_readers(home, n))),
    "frames": Fault(1_000_000, lambda home, n, seed: asyncio.run(send_bad_frames(home, n, seed))),
    "kill-server": Fault(500, lambda home, n, seed: asyncio.run(kill_server(home, n, seed))),
    "kill-terminal": Fault(500, lambda home, n, seed: asyncio.run(kill_terminal(home, n, seed))),
    "restore-office": Fault(5, lambda home, n, seed: asyncio.run(restore_office(home, n, seed))),
    "restore-terminal": Fault(
        5, lambda home, n, seed: asyncio.run(restore_terminal(home, n, seed))
    ),
    "clone-terminal": Fault(5, lambda home, n, seed: asyncio.run(clone_terminal(home, n, seed))),
    "clock-jumps": Fault(20, lambda home, n, seed: asyncio.run(clock_jumps(home, n, seed))),
    # How often is up to which write and sync each single one fails once.
    "eio-office": Fault(50, lambda home, n, seed: asyncio.run(eio_office(home, n, seed))),
    "eio-terminal": Fault(50, lambda home, n, seed: asyncio.run(eio_terminal(home, n, seed))),
    "torn-wal": Fault(100, lambda home, n, seed: asyncio.run(torn(home, n, seed))),
    "stopped": Fault(6, lambda home, n, seed: asyncio.run(stopped(home, n, seed))),
    "power-office": Fault(2000, lambda home, n, seed: cut_power(office_day, home, n, seed)),
    "power-terminal": Fault(2000, lambda home, n, seed: cut_power(terminal_day, home, n, seed)),
    # The control: with synchronous=NORMAL these lose what was promised, and must say so.
    "power-office-normal": Fault(
        2000, lambda home, n, seed: cut_power(office_day, home, n, seed, synchronous="NORMAL")
    ),
    "power-terminal-normal": Fault(
        2000, lambda home, n, seed: cut_power(terminal_day, home, n, seed, synchronous="NORMAL")
    ),
}


def main(arguments: list[str]) -> int:
    """0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="scripts/faults")
    parser.add_argument("fault", choices=sorted(FAULTS))
    parser.add_argument("--times", type=int, metavar="N", help="how often (default: the gate's)")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    options = parser.parse_args(arguments)
    fault = FAULTS[options.fault]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="armband-faults-") as folder:
        report = fault.run(Path(folder), options.times or fault.times, options.seed)
    print(f"{options.fault}: {report} ({time.monotonic() - started:.0f} s)")
    if not report.is_clean:
        print(repr(report)[:1000])
    return 0 if report.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
