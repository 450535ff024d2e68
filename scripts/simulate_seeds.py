"""Runs many seeds of the simulation and names those that break an invariant, with their story."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sim.mixes import DEEDS, MIXES, RELEASES, Mix
from sim.run import Outcome, run_seed

PROBLEMS_MAX = 4
STORIES_MAX = 3
MEMORY = Path("/dev/shm")  # noqa: S108  files of a simulated disk: a memory file system is enough


@dataclass(slots=True)
class Tally:
    """What a run has seen."""

    seeds: int = 0
    failed: list[int] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    virtual_s: float = 0.0

    def add(self, seed: int, outcome: Outcome) -> None:
        """One more seed."""
        self.seeds += 1
        self.faults += outcome.faults
        self.deeds += outcome.deeds
        self.virtual_s += outcome.virtual_s
        if outcome.problems:
            self.failed.append(seed)

    def missing(self, mix: Mix) -> list[str]:
        """The kinds of faults and deeds that never happened."""
        faults = [
            kind for kind in (*mix.weights, *RELEASES) if not self.faults[kind] + self.deeds[kind]
        ]
        return [*faults, *(deed for deed in DEEDS if not self.deeds[deed])]


def judge(seed: int, mix: str) -> tuple[int, Outcome]:
    """Run one seed in a folder of its own."""
    where = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="armband-sim-", dir=where) as folder:
        return seed, run_seed(seed, Path(folder), MIXES[mix])


def outcomes(seeds: range, mix: str, jobs: int) -> Iterator[tuple[int, Outcome]]:
    """The seeds' outcomes, as they come."""
    if jobs == 1:
        yield from (judge(seed, mix) for seed in seeds)
        return
    with multiprocessing.Pool(jobs) as pool:
        yield from pool.imap_unordered(partial(judge, mix=mix), seeds)


def show(seed: int, mix: str, outcome: Outcome, *, with_story: bool) -> None:
    """Say what went wrong, and how to see it again."""
    print(f"seed {seed} of the mix '{mix}':", flush=True)
    for problem in outcome.problems[:PROBLEMS_MAX]:
        print(f"  {problem[:600]}")
    if with_story:
        for line in outcome.story:
            print(f"    {line[:240]}")
    print(f"  again: scripts/simulate --seeds 1 --from {seed} --mix {mix}", flush=True)


def summary(tally: Tally, mix: str, took_s: float) -> None:
    """The figures of a run."""
    print(
        f"{tally.seeds:,} schedules of the mix '{mix}', {len(tally.failed)} failed; {took_s:.0f} s,"
        f" {tally.seeds / took_s:.2f} schedules a second; {tally.virtual_s:,.0f} virtual seconds"
    )
    for title, counts in (("faults", tally.faults), ("deeds and receipts", tally.deeds)):
        listed = ", ".join(f"{kind} {count:,}" for kind, count in sorted(counts.items()))
        print(f"{title}: {listed}")


def main(arguments: list[str]) -> int:
    """0 when every seed holds and every fault has happened, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="scripts/simulate")
    parser.add_argument("--seeds", type=int, default=100, metavar="N", help="how many")
    parser.add_argument("--from", dest="first", type=int, default=1, metavar="S", help="the first")
    parser.add_argument("--mix", choices=sorted(MIXES), default="even", help="what goes wrong")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="processes")
    parser.add_argument("--stop", action="store_true", help="stop at the first that fails")
    options = parser.parse_args(arguments)
    tally, started = Tally(), time.monotonic()
    seeds = range(options.first, options.first + options.seeds)
    for seed, outcome in outcomes(seeds, options.mix, options.jobs):
        tally.add(seed, outcome)
        if outcome.problems:
            with_story = len(tally.failed) <= STORIES_MAX
            show(seed, options.mix, outcome, with_story=with_story)
            if options.stop:
                break
    summary(tally, options.mix, time.monotonic() - started)
    missing = tally.missing(MIXES[options.mix]) if options.seeds > 1 else []
    for kind in missing:
        print(f"never happened: {kind}")
    return 1 if tally.failed or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
