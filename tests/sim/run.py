"""One seed from beginning to end: the story, then the checks of the invariants."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.checks import check_all, later_write_wins
from sim.loop import simulate
from sim.world import Mix, World


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seed came to.

    Attributes:
        problems: broken invariants, as text; none when all is well.
        digest: of everything that happened.
        saved: operations that the screens called saved.
        crashes: of terminals and of the office.
        tail: the last things that happened, for the one who has to find out why.
    """

    problems: list[str]
    digest: str
    saved: int
    crashes: int
    tail: list[str]


def run_seed(seed: int, folder: Path, mix: Mix, sabotage: str = "") -> Outcome:
    """Play the story of ``seed`` in ``folder``."""

    async def main() -> Outcome:
        world = World(seed, folder, mix)
        await world.begin()
        await world.live()
        await world.calm()
        problems = [] if await world.settled() else [f"I25 not settled: {world.statuses()}"]
        if not problems:
            problems += await later_write_wins(world)
        if sabotage:
            world.office.forget_one_operation()
        problems += await check_all(world)
        await world.end()
        saved = sum(map(len, world.saved.values()))
        return Outcome(problems, world.trace.digest(), saved, world.crashes, list(world.trace.tail))

    return simulate(seed, main, limit_s=mix.length_s + 7 * mix.settle_s + 600)
