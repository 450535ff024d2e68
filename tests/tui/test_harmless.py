"""A record that would steer the terminal is shown, and steers nothing."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

from armband.client.tui.screens.ledger import LedgerScreen
from armband.shared.drafts import Draft
from support.desk import FIRST, desk
from support.waiting import until


async def test_a_name_with_escape_sequences_in_the_ledger(tmp_path: Path) -> None:
    name = "安\x1b]0;x\x07\x1b[2J\x9b31m\u202e全"
    async with desk(tmp_path) as running:
        draft = Draft(
            "household", running.terminal.new_id(), FIRST, {"door": "9-9-909", "head": name}
        )
        await running.terminal.record([draft])
        await running.press("f6")
        await until(lambda: isinstance(running.app.screen, LedgerScreen), "the ledger is shown")
        screen = running.app.screen
        assert isinstance(screen, LedgerScreen)
        while screen.question.kind != "household":
            await running.press("tab")
        await running.write("9-9-909")
        await running.sees("9-9-909", "安")
        strips = running.app.screen._compositor.render_strips()
        texts = [segment.text for strip in strips for segment in strip if not segment.control]
        assert any("安" in text for text in texts)
        assert [char for text in texts for char in text if category(char) == "Cc"] == []
        assert "\u202e" not in "".join(texts)
