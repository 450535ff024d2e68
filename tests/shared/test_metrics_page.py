"""shared/METRICS.md lists every metric once, as the code defines it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from armband.shared.kinds import CATALOGUE, Contribution, View
from armband.shared.kinds.declare import RAW
from armband.shared.policy import Policy
from armband.shared.rollup import all_metrics
from support.full_records import FULL

PAGE = (Path(__file__).parents[2] / "shared" / "METRICS.md").read_text("utf-8")
ROW = re.compile(r"^\| `([a-z0-9_.]+)` \| ([^|]+) \| ([^|]+) \| (yes|no) \| (.+) \|$", re.MULTILINE)
FAR_DAY = "2099-12-31"
"""By then everything that is open is overdue."""
ROWS = {name: rest for name, *rest in ROW.findall(PAGE)}


def test_every_metric_stands_there_once_with_its_definition() -> None:
    assert len(ROW.findall(PAGE)) == len(ROWS)
    assert {name: rest[3] for name, rest in ROWS.items()} == all_metrics()


def parts_of(kind: str) -> list[Contribution]:
    """What the full records of a kind add to the roll-ups."""
    return [
        part
        for fields in FULL[kind]
        for part in CATALOGUE[kind].contributions(View(bytes(16), kind, "o", fields), Policy())
    ]


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_metric_can_be_given_and_no_other(kind: str) -> None:
    sums: dict[str, int] = {}
    for part in parts_of(kind):
        sums[part.metric] = sums.get(part.metric, 0) + part.count
    derive = CATALOGUE[kind].derive
    derived = derive(sums, FAR_DAY) if derive else {}
    given = {name.partition(RAW)[0] for name in sums} | set(derived)
    assert given == set(CATALOGUE[kind].metrics)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_when_a_metric_counts_and_whether_it_adds_up(kind: str) -> None:
    for part in parts_of(kind):
        row = ROWS[part.metric.partition(RAW)[0]]
        assert row[1] == ("of the day" if part.day else "now"), part.metric
        assert row[2] == ("yes" if part.member is None else "no"), part.metric


def test_person_times_persons_and_households_are_told_apart() -> None:
    assert ROWS["checks.total"][0] == "person-times 人次"
    assert ROWS["checks.persons"][0] == "persons 人"
    assert ROWS["visits.households"][0] == ROWS["households.total"][0] == "households 户"
    counts = {rest[0] for rest in ROWS.values()}
    assert counts <= {
        *("person-times 人次", "persons 人", "households 户"),
        *("visits", "records", "measurements", "units", "checkpoints"),
        *("cases", "calls", "seconds", "policy texts"),
        *("shops", "inspections", "shifts"),
        *("notices", "acknowledgements", "services", "rounds", "reveals", "per cent"),
    }
