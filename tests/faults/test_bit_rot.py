"""Some dozens of flipped bits in both stores; scripts/faults flips a thousand in each."""

from __future__ import annotations

import asyncio
from pathlib import Path

from faults.bit_rot import rot_office, rot_terminal


async def test_a_flipped_bit_in_an_office_is_found(tmp_path: Path) -> None:
    report = await asyncio.to_thread(rot_office, tmp_path, 15, 1)
    assert report.is_clean, (str(report), report.unseen)


async def test_a_flipped_bit_in_a_terminal_is_found_and_the_unsent_is_saved(tmp_path: Path) -> None:
    report = await asyncio.to_thread(rot_terminal, tmp_path, 15, 1)
    assert report.is_clean, (str(report), report.unseen)
