"""Plays the page's stories at full size, and says what the roll-ups show."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from support.story.liaisons import HOUSEHOLDS, LIAISONS, look_after_everybody
from support.story.play import differences, play
from support.story.stage import FULL, Scale, Stage, StoryFailed


def day(folder: Path, homes_per_microgrid: int) -> bool:
    """The day of a community; whether every figure is as the stories say."""
    stage = Stage(folder, Scale(homes_per_microgrid))
    began = time.monotonic()
    with ExitStack() as stack:
        figures = play(stage, stack, print)
        wrong = list(differences(stage, figures))
    audit = stage.verb("audit", "--json").json
    for found in wrong:
        print(f"{found.day}  {found.metric}: {found.found}, not {found.expected}")
    print(
        f"{audit['records']:,} records, {audit['operations']:,} operations, "
        f"{len(figures)} figures, {len(wrong)} wrong; audit: "
        f"{len(audit['differences'])} differences; {time.monotonic() - began:.0f} s"
    )
    return not wrong and not audit["differences"]


def street(folder: Path, ledger: Path) -> bool:
    """The liaisons of a street."""
    began = time.monotonic()
    shown = look_after_everybody(folder, ledger)
    print(f"{shown}; {time.monotonic() - began:.0f} s")
    right = (HOUSEHOLDS, LIAISONS, 0, 0, 0)
    found = (shown.households, shown.liaisons, shown.without, shown.overloaded, shown.differences)
    return right == found


def main() -> int:
    """0 when everything is as the stories say."""
    parser = argparse.ArgumentParser(prog="scripts/story", description=__doc__)
    homes = FULL.homes_per_microgrid
    parser.add_argument(
        "--homes", type=int, default=homes, help=f"households of a micro-grid (default {homes})"
    )
    parser.add_argument("--ledger", type=Path, help="the street's liaison ledger, 21,822 rows")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="armband-story-") as folder:
        places = [Path(folder) / name for name in ("day", "street")]
        for place in places:
            place.mkdir()
        try:
            right = day(places[0], arguments.homes)
            if arguments.ledger is not None:
                right = street(places[1], arguments.ledger) and right
            else:
                print(
                    f"SKIPPED: the street's {HOUSEHOLDS:,} households and {LIAISONS:,} liaisons; "
                    "--ledger FILE plays them."
                )
        except StoryFailed as failure:
            print(failure)
            return 1
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
