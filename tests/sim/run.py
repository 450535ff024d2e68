"""One seed from beginning to end: the story, then the checks of the invariants."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from armband.server.errors import StoreError
from sim.checks import check_all, check_terminal
from sim.files import read_office, read_terminal
from sim.knobs import turned
from sim.loop import simulate
from sim.mixes import Mix
from sim.release import several_protocols
from sim.settle import all_come_home, later_write_wins
from sim.terminal_machine import TerminalMachine
from sim.trace import Trace
from sim.world import World

LIMIT_S = 20_000.0
YOUNG_OBJECTS = 50_000


@dataclass(slots=True)
class Outcome:
    """What one seed came to.

    Attributes:
        problems: broken invariants, as text; none when all is well.
        digest: of everything that happened.
        faults, deeds: how often each kind really happened.
        story: what happened, for the one who has to find out why; only of a failed seed.
    """

    problems: list[str]
    digest: str = ""
    faults: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    virtual_s: float = 0.0
    story: list[str] = field(default_factory=list)


class _Failures(logging.Handler):
    """What the program logs as failed, beside a disk that refuses: nothing may."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, StoreError):
            self.texts.append(f"failed: {record.getMessage()}: {error!r}")


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Look for cycles seldom: at the usual pace that is a tenth of a run's time."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def run_seed(seed: int, folder: Path, mix: Mix) -> Outcome:
    """Play the story of ``seed`` in ``folder``; a failure of the program is a problem too."""
    seen: list[Trace] = []
    took_s: list[float] = []
    failures = _Failures()

    async def main() -> list[str]:
        world = World(seed, folder, mix)
        seen.append(world.trace)
        world.trace.tell("world", f"the seed turns {', '.join(knobs) or 'no knob'}")
        await world.begin()
        await world.live()

        def check(machine: TerminalMachine) -> list[str]:
            return check_terminal(world, machine, read_terminal(machine), read_office(world))

        problems = await all_come_home(world, check)
        if not problems:
            problems += await later_write_wins(world)
        if not problems:
            problems += await check_all(world)
        problems += [each for each in world.wiretap.problems if each not in problems]
        await world.end()
        problems += [*failures.texts[:3], *world.inspector.problems.values()]
        took_s.append(asyncio.get_running_loop().time())
        return problems

    logger = logging.getLogger("armband")
    logger.addHandler(failures)
    propagate, logger.propagate = logger.propagate, False
    try:
        with turned(seed) as knobs, several_protocols(), _patient_collector():
            problems = simulate(seed, main, limit_s=LIMIT_S)
    except Exception as error:
        problems = [f"{type(error).__name__}: {error}"[:3000]]
    finally:
        logger.removeHandler(failures)
        logger.propagate = propagate
    trace = seen[0]
    outcome = Outcome(problems, trace.digest(), trace.faults, trace.deeds, sum(took_s))
    if problems:
        outcome.story = trace.story(problems[0])
    return outcome
