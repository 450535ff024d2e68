"""Some thousand bad frames; scripts/faults sends a million."""

from __future__ import annotations

from pathlib import Path
from random import Random

from faults.bad_frames import bad_frame
from faults.frames import send_bad_frames


async def test_bad_frames_end_their_own_connection_and_nothing_else(tmp_path: Path) -> None:
    report = await send_bad_frames(tmp_path, times=4000, seed=1)
    assert report.is_clean, str(report)


def test_the_same_seed_sends_the_same_frames() -> None:
    first, second = Random(5), Random(5)
    assert [bad_frame(first) for _ in range(200)] == [bad_frame(second) for _ in range(200)]
