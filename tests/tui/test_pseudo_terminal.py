"""The real program in a real pseudo-terminal, typed at in Chinese."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from armband.client.model import LedgerQuery
from support import app_process
from support.local import local_terminal
from support.pseudo_terminal import pseudo_terminal

CTRL_Q = "\x11"


async def test_chinese_is_typed_seen_and_stored(tmp_path: Path) -> None:
    assert app_process.__file__ is not None
    tests = Path(app_process.__file__).parent.parent
    program = f"import sys; sys.path.insert(0, {os.fspath(tests)!r}); "
    program += "import asyncio, pathlib; from support.app_process import main; "
    program += f"asyncio.run(main(pathlib.Path({os.fspath(tmp_path)!r})))"
    async with pseudo_terminal([sys.executable, "-c", program]) as terminal:
        await terminal.sees("卡点 阳光花苑社区")
        await terminal.sees("F9")
        terminal.type("诸葛孔明３６。５绿")
        await terminal.sees("诸葛孔明36.5绿")
        await terminal.sees("Enter 记录")
        terminal.type("\r")
        await terminal.sees("已存：诸葛孔明  36.5  绿  放行")
        assert "Traceback" not in terminal.text()
        terminal.type(CTRL_Q)
        assert await terminal.ended() == 0
    async with local_terminal(tmp_path) as local:
        page = await local.terminal.ledger(LedgerQuery("check"), 0, 9)
    assert [entry.view.text("stranger_name") for entry in page.entries] == ["诸葛孔明"]
