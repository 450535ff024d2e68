"""2,500 screenings since January of fewer people, and the two returnees that the day's find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armband.shared.days import add_days
from support.story.stage import COMMUNITY, DAY, GRID, NEXT, NOW, Figures, Stage, adds, moment

SCREENINGS, PEOPLE, TODAY = 2500, 1800, 40
"""Person-times and persons since January, and person-times of the day itself."""
_FROM, _DAYS = "2022-01-01", 89
"""The first day, and how many there are before the day of the story."""


def screen(stage: Stage) -> Figures:
    """Who rings from the door (online) and who is met (on the spot): nobody is infected."""
    desk = stage.posts["desk"]
    lines = []
    for number in range(SCREENINGS):
        before = number * _DAYS // (SCREENINGS - TODAY)
        day = add_days(_FROM, before) if number < SCREENINGS - TODAY else DAY
        lines.append(
            {
                "kind": "screening",
                "unit": f"{COMMUNITY}/a{number % 6 + 1}",
                "channel": "online" if number % 5 < 3 else "offline",
                "result": "returnee" if number in (SCREENINGS - 2, SCREENINGS - 1) else "normal",
                "name": f"返郑{number % PEOPLE + 1}",
                "phone": f"154{number % PEOPLE:08}",
                "at": moment("10:00", day),
                "day": day,
            }
        )
    ids = desk.record(lines)
    return (
        adds((NOW, "screenings.ever", SCREENINGS), (NOW, "screenings.ever.persons", PEOPLE))
        + adds(*(part for line in lines for part in _counted(line)))
        + _registered(stage, lines[-2:], ids[-2:])
    )


def _counted(line: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Nobody is screened twice on one day."""
    metrics = ("total", "persons", line["channel"], f"result.{line['result']}")
    return ((line["day"], f"screenings.{metric}", 1) for metric in metrics)


def _registered(stage: Stage, seen: list[dict[str, Any]], screenings: list[str]) -> Figures:
    """One from the county: at home for 14 days, seen morning and evening; one tested twice."""
    desk = stage.posts["desk"]
    county, city = desk.record(
        [
            {
                "kind": "returnee",
                "unit": GRID,
                "name": line["name"],
                "phone": line["phone"],
                "arrived": DAY,
                "source": "self_found",
                "channel": line["channel"],
                "risk": risk,
                "screening": screening,
                "at": moment("10:30"),
                "day": DAY,
            }
            for line, screening, risk in zip(seen, screenings, ("county", "city"), strict=True)
        ]
    )
    desk.steps("returnee", [county, city], "begin", began_at=moment("11:00"))
    stage.sync("desk", "grid")
    stage.posts["grid"].record(
        [
            {
                "kind": "followup",
                "returnee": county,
                "slot": slot,
                "outcome": "seen_ok",
                "temp_tenths": 365,
                "at": moment(clock, day),
                "day": day,
            }
            for slot, clock, day in (
                ("morning", "11:30", DAY),
                ("evening", "18:00", DAY),
                ("morning", "08:00", NEXT),
            )
        ]
    )
    stage.sync("grid", "desk")
    return adds(
        (DAY, "returnees.new", 2),
        (DAY, "returnees.new.self_found", 2),
        (DAY, "returnees.arrived", 2),
        (NOW, "returnees.total", 2),
        (NOW, "returnees.persons", 2),
        (NOW, "returnees.source.self_found", 2),
        (NOW, "returnees.under", 2),
        (NOW, "returnees.active", 2),
        (NOW, "returnees.measure.home", 1),
        (NOW, "returnees.measure.tests", 1),
        # Two temperatures of the one, a test of the other; the test has not been taken.
        (DAY, "followups.due", 3),
        (DAY, "followups.done", 2),
        (DAY, "followups.missed", 1),
        (DAY, "followups.total", 2),
        (DAY, "followups.outcome.seen_ok", 2),
        (DAY, "followups.persons", 1),
        (NEXT, "followups.due", 2),
        (NEXT, "followups.done", 1),
        (NEXT, "followups.missed", 1),
        (NEXT, "followups.total", 1),
        (NEXT, "followups.outcome.seen_ok", 1),
        (NEXT, "followups.persons", 1),
    )
