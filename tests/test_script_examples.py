"""The example scripts: what they tell and draw. One of them runs as a process in tests/e2e."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from armband.client.api import AsOf, CoverageReport, RollupReport, Row
from scripts.watch_alerts import alarms, counts_of, keep, kept
from scripts.weekly_summary import chart


def report(*counts: dict[str, int]) -> RollupReport:
    rows = [
        Row(f"2022-03-{day:02d}", "lianhu", "莲湖<街道>", "office", metrics)
        for day, metrics in enumerate(counts, 1)
    ]
    return RollupReport("lianhu", "lianhu", AsOf(7, 1), CoverageReport(0, 1, []), rows)


def test_only_what_has_grown_is_an_alarm() -> None:
    before = counts_of(report({"checks.fever": 1, "cases.escalated": 2}))
    now = report({"checks.fever": 3, "cases.escalated": 1, "visits.fever": 1, "checks.total": 9})
    told = [json.loads(line) for line in alarms(before, now)]
    assert [(line["metric"], line["more"], line["count"]) for line in told] == [
        ("checks.fever", 2, 3),
        ("visits.fever", 1, 1),
    ]


def test_what_was_told_is_not_told_again_after_a_stop(tmp_path: Path) -> None:
    state = tmp_path / "alerts.json"
    assert kept(state) is None
    keep(state, counts_of(report({"checks.fever": 2})))
    assert list(alarms(kept(state) or {}, report({"checks.fever": 2}))) == []
    assert len(list(alarms(kept(state) or {}, report({"checks.fever": 3})))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["alerts.json"]


def test_a_new_day_begins_with_nothing_told() -> None:
    told = counts_of(report({"checks.fever": 2}))
    next_day = report({}, {"checks.fever": 1})
    assert len(list(alarms(told, next_day))) == 1


def test_the_chart_is_a_sound_picture_of_the_days() -> None:
    week = report({"checks.total": 10}, {}, {"checks.total": 1_234})
    drawn = ElementTree.fromstring(chart(week, week.rows))
    texts = [part.text for part in drawn.iter() if part.text]
    assert {"10", "0", "1,234", "03-01", "03-03"} <= set(texts)
    heights = [float(part.get("height", 0)) for part in drawn.iter() if part.get("x")]
    assert max(heights) > 0
