"""The terminal's app as a program of its own, over the store in a folder: for pseudo-terminals."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from armband.client.i18n import CHINESE, set_language
from armband.client.tui.app import ArmbandApp
from support.desk import COMMUNITY, small_community
from support.local import identity, local_terminal


async def main(folder: Path) -> None:
    set_language(CHINESE)
    async with local_terminal(folder, who=identity(COMMUNITY, role="community")) as local:
        await local.terminal.record(small_community())
        await ArmbandApp(local.terminal, local.clock.environment).run_async()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
