"""shared/METRICS.md lists every metric once, as the code defines it."""

from __future__ import annotations

import re
from pathlib import Path

from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE, View
from armband.shared.policy import Policy
from armband.shared.rollup import all_metrics

PAGE = (Path(__file__).parents[2] / "shared" / "METRICS.md").read_text("utf-8")
ROW = re.compile(r"^\| `([a-z_.]+)` \| ([^|]+) \| ([^|]+) \| (yes|no) \| (.+) \|$", re.MULTILINE)
ROWS = {name: rest for name, *rest in ROW.findall(PAGE)}


def test_every_metric_stands_there_once_with_its_definition() -> None:
    assert len(ROW.findall(PAGE)) == len(ROWS)
    assert {name: rest[3] for name, rest in ROWS.items()} == all_metrics()


def test_of_the_day_or_now_as_its_kind_is_dated() -> None:
    for kind in CATALOGUE.values():
        for name in kind.metrics:
            assert ROWS[name][1] == ("of the day" if kind.dated else "now"), name


def test_what_is_distinct_does_not_add_up_and_nothing_else() -> None:
    ref = "a" * 32
    full: dict[str, Patch] = {
        "visit": {
            "household": ref,
            "channel": "door",
            "outcome": "met",
            "at": 1,
            "day": "2022-03-31",
            "people_seen": 1,
            "temps": [380],
            "needs": "x",
        },
        "check": {
            "code": "red",
            "decision": "passed",
            "at": 1,
            "day": "2022-03-31",
            "temp_tenths": 380,
            "direction": "in",
        },
    }
    for kind, fields in full.items():
        for part in CATALOGUE[kind].contributions(View(bytes(16), kind, "o", fields), Policy()):
            assert ROWS[part.metric][2] == ("yes" if part.member is None else "no"), part.metric


def test_person_times_persons_and_households_are_told_apart() -> None:
    assert ROWS["checks.total"][0] == "person-times 人次"
    assert ROWS["checks.persons"][0] == "persons 人"
    assert ROWS["visits.households"][0] == ROWS["households.total"][0] == "households 户"
    counts = {rest[0] for rest in ROWS.values()}
    assert counts <= {
        *("person-times 人次", "persons 人", "households 户"),
        *("visits", "records", "measurements", "units", "checkpoints"),
    }
