"""西流湖: every household has one liaison, 1,056 of them for 21,822 households, by their ledger."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.commands import call_command
from support.story.stage import Scale, Stage, done_well

OFFICE = "xiliuhu"
HOUSEHOLDS, LIAISONS = 21_822, 1_056
"""The page's own numbers; those of the project's shared ledger."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the office's reports say.

    Attributes:
        without: households without a liaison; overloaded: liaisons with too many.
        caseloads: different numbers of households of a liaison, in order.
        own: households of one liaison, as their own terminal counts them.
        differences: what the audit found.
    """

    households: int
    liaisons: int
    without: int
    overloaded: int
    caseloads: tuple[int, ...]
    own: int
    differences: int


def look_after_everybody(folder: Path, ledger: Path) -> Shown:
    """Import a street's liaison ledger, serve it, and look as the office and as one liaison."""
    stage = Stage(folder, Scale(0))
    stage.verb("init", "--office", OFFICE, "--name", "西流湖街道办事处")
    report = stage.verb("import", "households", ledger, "--json").json
    assert report["refused"] == 0, report
    token = stage.verb("token", "--unit", OFFICE, "--json").json["token"]
    (one, *_others) = stage.exported("staff")
    with ExitStack() as stack:
        stage.serve(stack)
        metrics = _asked(stage, token)
        mine = stage.enrol("liaison", one["fields"]["name"], "liaison", one["unit"])
        mine.sync()
        own = [load for load in mine.ask("staffing")["loads"] if load["staff"] == one["id"]]
    whole = stage.verb("staffing", "--json").json
    return Shown(
        households=metrics["households.total"],
        liaisons=metrics["staff.liaison"],
        without=metrics.get("households.without_liaison", 0) + whole["without_liaison"],
        overloaded=whole["overloaded"],
        caseloads=tuple(sorted({load["households"] for load in whole["loads"]})),
        own=own[0]["households"],
        differences=len(stage.verb("audit", "--json").json["differences"]),
    )


def _asked(stage: Stage, token: str) -> dict[str, Any]:
    """The figures as a script with a token gets them, without a terminal."""
    words = ("rollups", "--depth", "0", "--format", "json", "--unit", OFFICE, "--token", token)
    ran = call_command("armband", *words, "--url", stage.url, "--data", stage.folder / "none")
    rows = json.loads(done_well(ran, "armband rollups --token").out)["rows"]
    metrics: dict[str, Any] = rows[0]["metrics"]
    return metrics
