"""Pictures of the live board out of the running program: see ``scripts/board_pictures``."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from armband.server.board.ansi import paint
from armband.server.board.feed import BoardFeed
from armband.server.board.gather import SILENT_AFTER_MS
from armband.server.board.sheet import sheet_of
from armband.server.board.web import passphrase
from armband.server.board.web.site import Site
from armband.server.board.words import LANGUAGES
from armband.server.certificate import load_certificate
from armband.server.cli.world import real_environment
from scripts.board_office import OFFICE, board_office
from scripts.browser import Tab, browser, chromium

TOP = Path(__file__).resolve().parent.parent
PICTURES = TOP / "server" / "pictures"
PAPER = TOP / "server" / "OPERATIONS.md"
WORDS = "a picture of the board"
_MARKED = re.compile(r"(<!-- picture board-terminal -->\n)(?:```text\n.*?\n```\n)?", re.DOTALL)
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


async def log_in(tab: Tab, url: str, words: str) -> None:
    """Open the page, type the passphrase, wait for figures."""
    await tab.go(url)
    await tab.until("document.readyState === 'complete' && typeof looked === 'object'")
    await tab.value(
        f"document.getElementById('passphrase').value = {words!r};"
        "document.getElementById('login-form').requestSubmit()"
    )
    await tab.until("document.querySelectorAll('.tile').length > 0")


async def _pictures(folder: Path, program: str) -> None:
    environment = real_environment()
    feed = BoardFeed(folder, SILENT_AFTER_MS)
    passphrase.save(folder, passphrase.hashed(WORDS, environment))
    site = Site(
        folder, feed, environment, unit=OFFICE, language="zh", idle_s=60.0, names=["localhost"]
    )
    try:
        url = await site.start("127.0.0.1", 0, load_certificate(folder))
        async with browser(program) as tab:
            await tab.size(1280, 720)
            await log_in(tab, url, WORDS)
            for language in LANGUAGES:
                await tab.value(f"look({{ language: '{language}' }})")
                title = "Live board" if language == "en" else "实时看板"
                await tab.until(f"document.getElementById('title').textContent === '{title}'")
                (PICTURES / f"board-{language}.png").write_bytes(await tab.picture())
        answer = await feed.board(OFFICE)
        assert answer.board is not None
        lines = paint(sheet_of(answer.board, "zh"), 80, 24, 0)
    finally:
        await site.stop()
        await feed.close()
    shown = "\n".join(_STYLE.sub("", line).rstrip() for line in lines)
    before = PAPER.read_text("utf-8")
    PAPER.write_text(_MARKED.sub(lambda at: f"{at[1]}```text\n{shown}\n```\n", before), "utf-8")


async def _main(program: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with board_office(Path(folder)):
            await _pictures(Path(folder), program)


if __name__ == "__main__":
    found = chromium()
    if found is None:
        sys.exit("no Chromium on this machine: apt-get install chromium")
    asyncio.run(_main(found))
