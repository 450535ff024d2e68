"""The east gate for 24 hours: a day and a night, 80 people, and a note that the next one reads."""

from __future__ import annotations

from typing import Any

from support.story.opening import GATE_PERSON, NIGHT_PERSON
from support.story.stage import COMMUNITY, DAY, NEXT, NOW, Figures, Stage, adds, moment

BY_DAY, BEFORE_MIDNIGHT, AFTER_MIDNIGHT = 60, 12, 8
"""Checks of each part; the last come until half past two."""
_MORNING, _EVENING = "08:00", "20:00"
NOTE = "东门：3号楼代购药未取，快递架消杀两次。"


def stand(stage: Stage) -> Figures:
    """Plan the shifts, stand them, hand over."""
    desk, gate, night = (stage.posts[key] for key in ("desk", "gate", "night"))
    desk.run("record", "checkpoint", "name=东门", f"unit={COMMUNITY}", "form=fixed")
    planned = (
        (GATE_PERSON, DAY, _MORNING, _EVENING),
        (NIGHT_PERSON, DAY, _EVENING, _MORNING),
        (GATE_PERSON, NEXT, _MORNING, _EVENING),
    )
    first, second, third = desk.record(
        [
            {
                "kind": "shift",
                "checkpoint": "东门",
                "day": day,
                "begins_min": begins,
                "ends_min": ends,
                "staff": person,
            }
            for person, day, begins, ends in planned
        ]
    )
    stage.sync("desk", "gate", "night")
    gate.steps("shift", [first], "begin", began_at=moment("08:00"))
    gate.record([_check(number, "08:10", DAY) for number in range(BY_DAY)])
    gate.steps("shift", [first], "end", ended_at=moment("20:00"), handover=NOTE)
    stage.sync("gate", "night")
    night.steps("shift", [first], "read", read_at=moment("20:02"))
    night.steps("shift", [second], "begin", began_at=moment("20:03"))
    # Nobody says which day it is: the shift does, before midnight and after it.
    night.record(
        [_check(BY_DAY + number, "21:00", DAY) for number in range(BEFORE_MIDNIGHT)]
        + [
            _check(BY_DAY + BEFORE_MIDNIGHT + number, "02:20", NEXT)
            for number in range(AFTER_MIDNIGHT)
        ]
    )
    night.steps("shift", [second], "end", ended_at=moment("08:00", NEXT), handover="夜间无异常。")
    stage.sync("night", "gate")
    gate.steps("shift", [second], "read", read_at=moment("08:01", NEXT))
    gate.steps("shift", [third], "begin", began_at=moment("08:02", NEXT))
    gate.record([_check(900, "08:20", NEXT)])
    stage.sync("gate", "desk")
    total = BY_DAY + BEFORE_MIDNIGHT + AFTER_MIDNIGHT
    return adds(
        (NOW, "checkpoints.total", 1),
        (NOW, "staff.on_duty", 1),
        *((DAY, f"shifts.{what}", 2) for what in ("total", "stood", "handed_over", "notes_read")),
        (NEXT, "shifts.total", 1),
        (NEXT, "shifts.stood", 1),
        *((day, f"checks.{what}", count) for day, count in ((DAY, total), (NEXT, 1))
          for what in ("total", "persons", "strangers", "in")),
        *((day, "activity.records", count) for day, count in ((DAY, total), (NEXT, 1))),
        # One with a fever is referred, two with a yellow code are turned back.
        (DAY, "checks.fever", 1),
        (DAY, "checks.referred", 1),
        (DAY, "checks.turned_back", 2),
        (DAY, "checks.passed", total - 3),
        (DAY, "checks.code.yellow", 2),
        (DAY, "checks.code.green", total - 2),
        (NEXT, "checks.passed", 1),
        (NEXT, "checks.code.green", 1),
    )  # fmt: skip


def _check(number: int, clock: str, day: str) -> dict[str, Any]:
    fever, yellow = number == 7, number in (11, BY_DAY + BEFORE_MIDNIGHT)
    return {
        "kind": "check",
        "checkpoint": "东门",
        "stranger_name": f"过路{number + 1}",
        "stranger_phone": f"1547{number:07}",
        "temp_tenths": 374 if fever else 365,
        "code": "yellow" if yellow else "green",
        "decision": "referred" if fever else "turned_back" if yellow else "passed",
        "direction": "in",
        "at": moment(clock, day) + number * 1000,
    }
