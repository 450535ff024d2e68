"""Plants bugs in copies of the tree, one at a time, and counts the seeds until each is caught."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.mutant_list import MUTANTS, Mutant

TOP = Path(__file__).resolve().parent.parent
PARTS = ("client", "server", "shared", "tests", "scripts")
FAILED = re.compile(r"^seed (\d+) of the mix .*:\n {2}(.*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """After how many seeds a mutant was caught (0: it was not), by what, and how long it took."""

    after: int
    problem: str
    took_s: float


def planted(mutant: Mutant, folder: Path) -> None:
    """Copy the tree into ``folder`` and plant the bug there.

    Raises:
        SystemExit: the code has changed so that the bug no longer fits in.
    """
    for part in PARTS:
        shutil.copytree(TOP / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for edit in mutant.edits:
        path = folder / edit.path
        text = path.read_text("utf-8")
        if text.count(edit.old) != 1:
            raise SystemExit(f"{mutant.name}: {edit.path} no longer holds {edit.old!r} once")
        path.write_text(text.replace(edit.old, edit.new), "utf-8")


def hunt(mutant: Mutant, first: int, seeds: int, jobs: int) -> Verdict:
    """Run seeds over the mutant until one fails."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="armband-mutant-") as name:
        folder = Path(name)
        planted(mutant, folder)
        paths = [str(folder / part) for part in ("client", "server", "shared", "tests", ".")]
        done = subprocess.run(  # noqa: S603  this interpreter, this program
            [
                *(sys.executable, "-m", "scripts.simulate_seeds", "--stop", "--mix", mutant.mix),
                *("--from", str(first), "--seeds", str(seeds), "--jobs", str(jobs)),
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
    took_s = time.monotonic() - started
    found = FAILED.search(done.stdout)
    if found is not None:
        return Verdict(int(found[1]) - first + 1, found[2], took_s)
    if "schedules of the mix" not in done.stdout:
        return Verdict(0, f"did not run, exit code {done.returncode}: {done.stderr[-300:]}", took_s)
    return Verdict(0, "", took_s)


def main(arguments: list[str]) -> int:
    """0 when every mutant is caught."""
    parser = argparse.ArgumentParser(prog="scripts/mutants")
    parser.add_argument("names", nargs="*", help="these mutants only")
    parser.add_argument("--seeds", type=int, default=400, metavar="N", help="at most, for each")
    parser.add_argument("--from", dest="first", type=int, default=1, metavar="S")
    parser.add_argument("--jobs", type=int, default=1, metavar="J", help="processes")
    parser.add_argument("--list", action="store_true", help="say what they are, and leave")
    options = parser.parse_args(arguments)
    chosen = [m for m in MUTANTS if not options.names or m.name in options.names]
    unknown = {*options.names} - {m.name for m in MUTANTS}
    if unknown:
        parser.error(f"no mutant is called {', '.join(sorted(unknown))}")
    survived = 0
    for mutant in chosen:
        if options.list:
            print(f"{mutant.name:<20} {mutant.says}")
            continue
        verdict = hunt(mutant, options.first, options.seeds, options.jobs)
        caught = f"after {verdict.after:>4} seeds" if verdict.after else "SURVIVED"
        survived += not verdict.after
        print(
            f"{mutant.name:<20} {mutant.mix:<8} {caught:<17} {verdict.took_s:5.0f} s  "
            f"{verdict.problem[:110]}",
            flush=True,
        )
    if not options.list:
        print(f"{len(chosen) - survived} of {len(chosen)} caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
