"""The board as people see it: in a real pseudo-terminal, and in headless Chromium."""

from __future__ import annotations

import sys

import pytest

from scripts.board_pictures_main import log_in
from scripts.browser import browser, chromium
from support.board_rig import PASSPHRASE, board_rig, board_site
from support.pseudo_terminal import pseudo_terminal


@pytest.fixture
async def rig(tmp_path):
    async with board_rig(tmp_path) as made:
        yield made


async def test_the_terminal_shows_figures_goes_down_and_leaves(rig) -> None:
    await rig.checks(1, 7)
    command = [sys.executable, "-m", "armband.server", "board", "--data", str(rig.folder)]
    async with pseudo_terminal(command) as terminal:
        await terminal.sees("未报：花园社区 花园第1网格、阳光社区 第2网格")
        await terminal.sees("最高 7")
        terminal.type("\x1b[B\r")
        await terminal.sees("莲湖街道 › 阳光社区")
        terminal.type("\x1bOQ")
        await terminal.sees("1 of 2 grids reported")
        terminal.type("\x1b[21~")
        assert await terminal.ended() == 0


@pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")
async def test_a_browser_shows_real_figures_and_asks_for_nothing_elsewhere(rig) -> None:
    await rig.checks(1, 7, temp_tenths=380)
    program = chromium()
    assert program is not None
    async with board_site(rig) as address, browser(program) as tab:
        await tab.size(1280, 720)
        await log_in(tab, f"https://{address}/", PASSPHRASE)
        text = await tab.value("document.getElementById('board').innerText")
        assert "7 !!" in text
        assert "未报：花园社区 花园第1网格、阳光社区 第2网格" in text
        wide = "document.documentElement.scrollWidth <= innerWidth"
        assert await tab.value(f"{wide} && document.documentElement.scrollHeight <= innerHeight")
        await tab.value("document.querySelector('#table-parts button[data-unit$=yg]').click()")
        await tab.until("document.querySelector('#path b').textContent === '阳光社区'")
        await tab.size(390, 800)
        assert await tab.value(wide)
        assert (await tab.picture()).startswith(b"\x89PNG")
        await tab.value("document.getElementById('logout').click()")
        gone = "document.querySelectorAll('#tiles *, #tables *, #path *').length === 0"
        assert await tab.value(gone), "nothing stays in the page"
        assert tab.problems == []
        assert {url.partition("//")[2].partition("/")[0] for url in tab.requested} == {address}
