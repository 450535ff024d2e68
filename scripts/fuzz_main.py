"""Runs the fuzzer of tests/fuzz on one target, or on all of them, each in a process of its own."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

from fuzz.probes import Coverage

TARGETS = (
    "frames", "session-office", "session-terminal", "lane", "imports", "texts", "sockets",
)  # fmt: skip
MEMORY_MAX = 3 << 30
"""Bytes of address space: an input that wants more breaks the run, not the machine."""
TRACE_LINES = 12


def main(arguments: list[str]) -> int:
    """0 when nothing broke."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz")
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="of each target")
    parser.add_argument("--runs", type=int, default=1 << 60, metavar="N", help="inputs at most")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--keep", action="store_true", help="what broke goes into the corpus")
    parser.add_argument("--missing", action="store_true", help="list what was not reached")
    parser.add_argument("--pool", type=Path, metavar="FOLDER", help="go on from earlier searches")
    options = parser.parse_args(arguments)
    if options.target == "all":
        rest = [argument for argument in arguments if argument != "all"]
        command = [sys.executable, "-m", "scripts.fuzz_main"]
        codes = [_run([*command, name, *rest]) for name in TARGETS]
        return max(code.returncode != 0 for code in codes)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    return _search(options)


def _search(options: argparse.Namespace) -> int:
    # The target says what is to be probed, and importing it imports that: so it is asked in another
    # process first.
    ask = f"from fuzz import targets; print(*targets.load({options.target!r}).modules)"
    modules = _run([sys.executable, "-c", ask], capture_output=True, check=True).stdout.split()
    coverage = Coverage(tuple(modules))
    coverage.install()
    from fuzz import targets
    from fuzz.engine import Fuzzer

    target = targets.load(options.target)
    target = replace(target, tokens=(*target.tokens, *coverage.words))
    fuzzer = Fuzzer(target, coverage, Random(options.seed))
    pool = options.pool / options.target if options.pool else None
    earlier = (
        [path.read_bytes() for path in sorted(pool.iterdir())] if pool and pool.is_dir() else []
    )
    started, before_kib = time.monotonic(), _peak_kib()
    fuzzer.start(*targets.kept(options.target).values(), *earlier)
    fuzzer.search(started + options.seconds, options.runs)
    took_s = time.monotonic() - started
    reached = {at for at, _often in fuzzer.seen}
    print(
        f"{options.target}: {fuzzer.runs:,} inputs in {took_s:.0f} s, "
        f"{fuzzer.runs / took_s:,.0f} a second; {len(reached):,} of {len(coverage.blocks):,} "
        f"branches reached ({100 * len(reached) / len(coverage.blocks):.0f} %), "
        f"{len(fuzzer.corpus):,} inputs kept in mind; grown by {_peak_kib() - before_kib:,} KiB; "
        f"{len(fuzzer.crashes)} broke something",
        flush=True,
    )
    if options.missing:
        _print_missing(coverage, reached)
    for crash in fuzzer.crashes.values():
        print(f"  {crash.mark}: {crash.raw[:200]!r}")
        print("".join(f"    {line}\n" for line in crash.text.splitlines()[-TRACE_LINES:]))
        if options.keep:
            print(f"  kept: {targets.keep(options.target, crash.raw, crash.mark).name}")
    if pool:
        pool.mkdir(parents=True, exist_ok=True)
        for raw in fuzzer.corpus:
            (pool / blake2b(raw, digest_size=8).hexdigest()).write_bytes(raw)
    return 1 if fuzzer.crashes else 0


def _run(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, text=True, **how)  # noqa: S603, PLW1510  this Python, with texts of ours; ``how`` says check


def _print_missing(coverage: Coverage, reached: set[int]) -> None:
    blocks = Counter(block.module for block in coverage.blocks)
    lines: dict[str, list[int]] = {}
    for number, block in enumerate(coverage.blocks):
        if number not in reached:
            lines.setdefault(block.module, []).append(block.line)
    for module, missing in sorted(lines.items()):
        print(f"    {module} ({len(missing)} of {blocks[module]}): {sorted(set(missing))}")


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
