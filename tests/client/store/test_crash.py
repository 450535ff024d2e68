"""Once it says saved, it is there: whatever happens to the process in that moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from armband.client.model import LedgerQuery
from support.local import GRID, local_terminal

TESTS = Path(__file__).resolve().parents[2]
PROGRAM = f"""
import asyncio, sys
from pathlib import Path
from support.local import Clock, local_terminal
from armband.shared.drafts import Draft

async def main():
    clock = Clock(drawn=int(sys.argv[2]))
    async with local_terminal(Path(sys.argv[1]), clock) as local:
        for number in range(1000):
            fields = {{"code": "green", "decision": "passed", "note": str(number)}}
            draft = Draft("check", local.terminal.new_id(), {GRID!r}, fields)
            await local.terminal.record([draft])
            print("saved", draft.id.hex(), flush=True)

asyncio.run(main())
"""


def killed_after(folder: Path, saves: int, drawn: int) -> list[str]:
    """Ids that a process called saved before SIGKILL hit it, right after the last of them."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(drawn)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    assert process.stdout is not None
    lines = [process.stdout.readline().split() for _ in range(saves)]
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    process.stdout.close()
    whole = [line.split() for line in rest.splitlines() if line.startswith("saved ")]
    return [line[1] for line in [*lines, *whole] if len(line) == 2 and len(line[1]) == 32]


async def test_what_was_called_saved_is_there_after_sigkill(tmp_path: Path) -> None:
    saved: list[str] = []
    for round_number, saves in enumerate((1, 7, 23)):
        saved += killed_after(tmp_path, saves, drawn=round_number * 100_000)
    async with local_terminal(tmp_path) as local:
        page = await local.terminal.ledger(LedgerQuery("check"), 0, 10_000)
        assert set(saved) <= {entry.view.id.hex() for entry in page.entries}
        assert local.terminal.status.written == page.total
        batch = await local.store.waiting(0, 10_000, 1 << 30)
        assert batch is not None
        assert len(batch.wires) == page.total
