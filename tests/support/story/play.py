"""The page's stories, played with their own numbers (莲湖, 桐柏路, 林山寨, 西流湖 and others).

Each records through the public commands of terminals and of the office, as people and their
scripts would, and says which figures it must leave. Their sum has to be every metric that the
roll-up shows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from support.story import desk, doors, everybody, gates, opening, screened
from support.story.stage import DAY, NEXT, NOW, OFFICE, Figures, Stage, adds

Story = Callable[[Stage], Figures]
STORIES: Mapping[str, Story] = {
    "posts, volunteers and terminals": opening.man,
    "2,500 screenings": screened.screen,
    "35 calls and 118 cases": desk.answer_calls,
    "24 hours at the east gate": gates.stand,
    "a thermometer": doors.buy_thermometer,
    "a home assessment": doors.assess_at_home,
    "shops": doors.inspect_shops,
    "a notice to every household": doors.tell_everybody,
    "twelve rounds": everybody.sample_twelve_times,
    "an inquiry at night": everybody.inquire,
    "a one-key start": everybody.call_up,
}
FIRST, LAST = "2022-01-01", "2022-01-31"
"""Days of the twelve rounds; the last has what is now, too, and is left out."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not as the stories say."""

    day: str
    metric: str
    expected: int
    found: int


def play(
    stage: Stage, stack: ExitStack, tell: Callable[[str], None] = lambda _told: None
) -> Figures:
    """Open the office, let everything happen, drain every terminal.

    Args:
        stack: the office serves until it is closed.
        tell: hears of each story when it is over.

    Returns:
        every figure that the roll-up must show.
    """
    figures = opening.register(stage)
    stage.serve(stack)
    for name, story in STORIES.items():
        began = time.monotonic()
        figures += story(stage)
        tell(f"{name}: {time.monotonic() - began:.1f} s")
    stage.sync()
    today = max(day for day, _metric in figures)
    return figures + adds(
        # What is now looks different from a later day: nobody has been anywhere today.
        (today, "shops.waiting", 3),
        (today, "staff.expired", opening.VOLUNTEERS + opening.STEWARDS),
        (today, "returnees.release_due", 2),
    )


def differences(stage: Stage, figures: Figures) -> Iterator[Difference]:
    """Every figure of the roll-up that is missing, wrong or too much, as a terminal prints it."""
    today = max(day for day, _metric in figures)
    for day in (DAY, NEXT, today):
        (row,) = _rows(stage, "--day", day)
        yield from _compared(day, {**_of(figures, NOW), **_of(figures, day)}, row["metrics"])
    for row in _rows(stage, "--from", FIRST, "--to", LAST)[:-1]:
        yield from _compared(row["day"], _of(figures, row["day"]), row["metrics"])


def _rows(stage: Stage, *words: str) -> list[dict[str, Any]]:
    asked = ("rollups", "--unit", OFFICE, "--depth", "0", "--format", "json", *words)
    rows: list[dict[str, Any]] = json.loads(stage.posts["street"].run(*asked).out)["rows"]
    return rows


def _of(figures: Figures, day: str) -> dict[str, int]:
    return {metric: count for (of, metric), count in figures.items() if of == day and count}


def _compared(day: str, wanted: dict[str, int], found: dict[str, int]) -> Iterator[Difference]:
    for metric in sorted(wanted.keys() | found.keys()):
        expected, shown = wanted.get(metric, 0), found.get(metric, 0)
        # A percentile is the middle of its bucket: METRICS.md allows it ten in a hundred.
        allowed = expected * 0.1 if metric.endswith("_s") else 0
        if abs(expected - shown) > allowed:
            yield Difference(day, metric, expected, shown)
