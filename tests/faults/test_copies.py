"""An older copy of an office, once; scripts/faults makes more, of terminals too."""

from __future__ import annotations

from pathlib import Path

from faults.restores import restore_office


async def test_an_office_put_back_gets_again_what_its_terminals_hold(tmp_path: Path) -> None:
    report = await restore_office(tmp_path, times=1, seed=1, terminals=1)
    assert report.beyond > 0, str(report)
    assert report.is_clean, (str(report), report)
