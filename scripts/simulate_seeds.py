"""Runs many seeds of the simulation on all cores and names those that break an invariant."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim.run import run_seed
from sim.world import MIXES


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one seed."""

    seed: int
    saved: int
    crashes: int
    problems: list[str]


def judge(seed: int, mix: str) -> Verdict:
    """Run one seed in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="armband-sim-") as folder:
        try:
            outcome = run_seed(seed, Path(folder), MIXES[mix])
        except Exception as error:
            return Verdict(seed, 0, 0, [f"{type(error).__name__}: {error}"[:2000]])
    return Verdict(seed, outcome.saved, outcome.crashes, outcome.problems)


def main(arguments: list[str]) -> int:
    """0 when every seed holds, 1 when one does not."""
    parser = argparse.ArgumentParser(prog="scripts/simulate")
    parser.add_argument("--seeds", type=int, default=100, metavar="N", help="how many")
    parser.add_argument("--from", dest="first", type=int, default=1, metavar="S", help="the first")
    parser.add_argument("--mix", choices=sorted(MIXES), default="rough", help="how much trouble")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.seeds)
    started = time.monotonic()
    failed, saved, crashes = 0, 0, 0
    with multiprocessing.Pool(options.workers) as pool:
        for verdict in pool.imap_unordered(partial(judge, mix=options.mix), seeds):
            saved += verdict.saved
            crashes += verdict.crashes
            if verdict.problems:
                failed += 1
                print(f"seed {verdict.seed}: {'; '.join(verdict.problems[:4])}", flush=True)
    took_s = time.monotonic() - started
    print(
        f"{len(seeds)} seeds of the mix '{options.mix}': {failed} failed; {saved:,} operations,"
        f" {crashes:,} crashes, {took_s:.0f} s ({len(seeds) / took_s:.1f} seeds a second)"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
