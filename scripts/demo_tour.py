"""``./scripts/demo``: one terminal for the person at the keyboard, colleagues in the background."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from armband.client.terminal import open_terminal
from armband.client.world import real_environment
from scripts.demo_community import COMMUNITY, COMMUNITY_SHORT
from scripts.demo_crew import GATES, Member
from scripts.demo_day import CHECKS_PER_GATE, Day, gate, rounds
from scripts.demo_office import COMMANDS, command
from scripts.demo_post import Post, all_drained, at_post
from scripts.demo_stage import Stage, note, set_stage
from scripts.demo_tally import Tally

COLLEAGUES = ("gate2", "grid02", "grid05", "grid08")
YOU = Member("you", "你", "community", COMMUNITY)
BACKGROUND_S = 240.0
"""The colleagues' day: gentle, a record every two or three seconds."""
SYNC_TIMEOUT_S = 60.0


async def tour(folder: Path, language: str | None) -> int:
    """Open the terminal on a living office; returns when it is closed, with its exit code."""
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(set_stage(folder))
        data = stage.terminal(YOU)
        await _enrol(stage, data)
        posts = await _colleagues(stage, stack)
        note("Opening the terminal. F1 helps, Ctrl+Q leaves.")
        work = asyncio.create_task(_work(posts))
        try:
            return await _screens(data, language)
        finally:
            work.cancel()
            await asyncio.wait([work])
            if not work.cancelled():
                note(f"The colleagues stopped early: {work.exception()!r}")


async def _enrol(stage: Stage, data: Path) -> None:
    """Make the person's terminal with the commands that anybody would use; it stands at a gate."""
    code = await stage.invite(YOU)
    common = ("--data", str(data), "--json")
    await command("armband", "enrol", code, "--url", stage.url, *common)
    for gate_name in GATES:
        fields = (f"name={COMMUNITY_SHORT}{gate_name}", f"unit={COMMUNITY}")
        await command("armband", "record", "checkpoint", *fields, *common)
    await command("armband", "sync", "--once", *common)
    async with open_terminal(data, real_environment()) as terminal:
        places = {place.view.text("name"): place.view.id for place in await terminal.checkpoints()}
        await terminal.set_preference("checkpoint", places[COMMUNITY_SHORT + GATES[0]].hex())


async def _colleagues(stage: Stage, stack: AsyncExitStack) -> list[Post]:
    codes = await stage.invite_all()
    tally = Tally()
    return [
        await stack.enter_async_context(
            at_post(member, stage.terminal(member), stage.url, codes[member.key], tally, number)
        )
        for number, member in enumerate(stage.crew)
        if member.key in COLLEAGUES
    ]


async def _work(posts: list[Post]) -> None:
    """Record now and then, so that the board lives, for as long as somebody looks."""
    await all_drained(posts, SYNC_TIMEOUT_S)
    while True:
        day = Day(asyncio.get_running_loop().time(), BACKGROUND_S)
        async with asyncio.TaskGroup() as group:
            for post in posts:
                if post.member.key.startswith("gate"):
                    group.create_task(gate(post, day, CHECKS_PER_GATE))
                else:
                    group.create_task(rounds(post, day, CHECKS_PER_GATE // 2))


async def _screens(data: Path, language: str | None) -> int:
    process = await asyncio.create_subprocess_exec(
        str(COMMANDS / "armband"), "--data", str(data), env=_environment(language, os.environ)
    )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


def _environment(language: str | None, environ: Mapping[str, str]) -> dict[str, str]:
    if language is None:
        return dict(environ)
    return {**environ, "LANGUAGE": language}
