"""A coverage-guided fuzzer: keeps the inputs that reach what no input reached before.

Deterministic: the same seed and number of runs give the same inputs, whatever the machine.
"""

from __future__ import annotations

import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

from fuzz.mutate import Mutator, mutate

SLOW_S = 5.0
"""Processor time of one run that counts as a hang."""
LARGE_KIB = 256 * 1024
"""Growth of the process in one run that counts as a bomb."""
MINIMISE_RUNS = 1500
_HERE = str(Path(__file__).parent)


class TooSlow(BaseException):
    """A run has not ended within `SLOW_S`; nothing may catch it on the way."""


class TooLarge(AssertionError):
    """A run has taken more memory than any input may."""


class Probes(Protocol):
    """What tells what a run has passed: `probes.Coverage`, or nothing."""

    def clear(self) -> None:
        """Forget what was passed."""

    def features(self) -> list[tuple[int, int]]:
        """(probe, how often, roughly) of what was passed."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes.

    Attributes:
        run: raises whatever it must not when a promise is broken.
        seeds: good inputs to start from.
        mutators: what knows the inputs' form, beside the mutators of plain bytes.
        tokens: pieces that mean something in the inputs.
        modules: the modules whose coverage leads the search.
        max_bytes: of an input.
    """

    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    mutators: Sequence[Mutator]
    tokens: Sequence[bytes]
    modules: tuple[str, ...]
    max_bytes: int = 4096


@dataclass(frozen=True, slots=True)
class Crash:
    """An input that broke a promise; ``mark`` is what went wrong, and where."""

    raw: bytes
    mark: str
    text: str


@dataclass
class Fuzzer:
    """One search."""

    target: Target
    probes: Probes
    random: Random
    corpus: list[bytes] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)
    crashes: dict[str, Crash] = field(default_factory=dict)
    runs: int = 0

    def start(self, *more: bytes) -> None:
        """Take in the seeds, and inputs of earlier searches."""
        for raw in [*self.target.seeds(), *more]:
            self._try(raw, always_keep=True)

    def search(self, deadline_s: float, max_runs: int) -> None:
        """Until the monotonic clock says ``deadline_s``, at most ``max_runs`` inputs."""
        end = self.runs + max_runs
        while self.runs < end and time.monotonic() < deadline_s:
            raw = mutate(self._choose(), self._choose(), self.target, self.random)
            self._try(raw[: self.target.max_bytes])

    def _choose(self) -> bytes:
        """The newer half of the corpus more often: what was reached last leads on."""
        if self.random.random() < 0.5:
            return self.random.choice(self.corpus[-(len(self.corpus) // 4 + 1) :])
        return self.random.choice(self.corpus)

    def _try(self, raw: bytes, *, always_keep: bool = False) -> None:
        self.runs += 1
        self.probes.clear()
        crash = run_once(self.target, raw)
        fresh = [feature for feature in self.probes.features() if feature not in self.seen]
        if fresh or always_keep:
            self.seen.update(fresh)
            self.corpus.append(raw)
        if crash is not None and crash.mark not in self.crashes:
            self.crashes[crash.mark] = minimised(self.target, crash)


def said(problem: str) -> None:
    """A refusal has words."""
    assert problem, "refused without a word"


def run_once(target: Target, raw: bytes) -> Crash | None:
    """Run an input; what it broke."""
    before_kib = _peak_kib()
    try:
        with _deadline():
            target.run(raw)
            if _peak_kib() - before_kib > LARGE_KIB:
                raise TooLarge(f"an input of {len(raw)} bytes took over {LARGE_KIB} KiB")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        return Crash(raw, _mark(error), "".join(traceback.format_exception(error)))
    return None


def minimised(target: Target, crash: Crash) -> Crash:
    """The same failure from fewer bytes, as far as leaving out pieces goes."""
    if crash.mark.startswith(("TooSlow", "TooLarge")):
        return crash
    runs, size = 0, max(len(crash.raw) // 2, 1)
    while size and runs < MINIMISE_RUNS:
        at, found = 0, False
        while at < len(crash.raw) and runs < MINIMISE_RUNS:
            runs += 1
            shorter = run_once(target, crash.raw[:at] + crash.raw[at + size :])
            if shorter is not None and shorter.mark == crash.mark:
                crash, found = shorter, True
            else:
                at += size
        size = size if found and size > 1 else size // 2
    return crash


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@contextmanager
def _deadline() -> Iterator[None]:
    """Processor time, so that a busy machine makes nothing slow."""

    def stop(_number: int, _frame: object) -> None:
        raise TooSlow(f"over {SLOW_S} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SLOW_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _mark(error: BaseException) -> str:
    """What went wrong and where, so that one bug is told once."""
    if isinstance(error, TooSlow | TooLarge):
        return type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)[1:]  # without `run_once`
    ours = [f for f in frames if "armband" in f.filename or f.filename.startswith(_HERE)]
    frames = ours or frames
    where = f"{Path(frames[-1].filename).stem}.{frames[-1].name}:{frames[-1].lineno}"
    return f"{type(error).__name__} in {where}"
