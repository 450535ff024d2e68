"""A few kills each; scripts/faults runs hundreds."""

from __future__ import annotations

from pathlib import Path

from faults.kills import kill_server, kill_terminal


async def test_what_has_a_receipt_is_there_after_sigkill_of_the_server(tmp_path: Path) -> None:
    report = await kill_server(tmp_path, times=3, seed=1, terminals=2)
    assert report.promised > 0
    assert report.is_clean, (str(report), report)


async def test_what_was_called_saved_is_there_after_sigkill_of_the_terminal(
    tmp_path: Path,
) -> None:
    report = await kill_terminal(tmp_path, times=3, seed=1)
    assert report.promised > 0
    assert report.is_clean, (str(report), report)
