"""Some power cuts into both stores; scripts/faults makes thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.power import Day, cut_power, office_day, terminal_day

DAYS = {"office": office_day, "terminal": terminal_day}
both = pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)


@both
def test_nothing_promised_is_lost_and_nothing_is_damaged(tmp_path: Path, day: Day) -> None:
    report = cut_power(day, tmp_path, cuts=80, seed=1)
    assert report.is_clean, (str(report), report.examples[:5])


@both
def test_a_journal_that_is_not_synced_at_each_commit_is_caught(tmp_path: Path, day: Day) -> None:
    report = cut_power(day, tmp_path, cuts=40, seed=1, synchronous="NORMAL")
    assert report.lost > 5, str(report)
    assert not report.damaged, str(report)


@both
def test_a_disk_that_only_says_it_has_synced_is_noticed(tmp_path: Path, day: Day) -> None:
    report = cut_power(day, tmp_path, cuts=20, seed=1, lies=True)
    assert report.lost + report.damaged + report.half > 10, str(report)
