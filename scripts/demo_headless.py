"""``./scripts/demo --headless``: the day through real terminals, then the proof that it adds up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from scripts.demo_community import OFFICE_CODE
from scripts.demo_day import open_gates, play
from scripts.demo_office import DemoFailed, command, verb
from scripts.demo_post import Post, all_drained, at_post
from scripts.demo_stage import Stage, note, set_stage
from scripts.demo_tally import Tally

DRAIN_TIMEOUT_S = 60.0
GRID_DEPTH = 3
"""From the office down to its grids."""


async def headless(folder: Path, length_s: float) -> int:
    """Play the day and print the roll-up; 0 when every terminal drained and all figures agree.

    Raises:
        DemoFailed: a step could not be done at all.
    """
    tally = Tally()
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(set_stage(folder))
        posts = await _enrol_all(stage, stack, tally)
        note(f"{len(posts)} terminals enrolled; the day takes {length_s:g} s")
        await _report_late(await all_drained(list(posts.values()), DRAIN_TIMEOUT_S))
        await open_gates(posts["community"])
        await play(posts, length_s)
        late = await all_drained(list(posts.values()), DRAIN_TIMEOUT_S)
        problems = [f"{post.member.key}: {post.terminal.status}" for post in late]
        report = await _rollup(stage, posts)
        problems += _figures(report, tally)
        problems += await _audit(stage)
        problems += [
            f"{key}: {post.terminal.status.conflicts} conflicts, {post.terminal.status.refused}"
            " refused"
            for key, post in posts.items()
            if post.terminal.status.conflicts or post.terminal.status.refused
        ]
        written = sum(post.terminal.status.written for post in posts.values())
    print(json.dumps(report, ensure_ascii=False, indent=2))
    for problem in problems:
        note(f"WRONG {problem}")
    if not problems:
        note(f"{written} operations written, all held; the roll-up equals the recount")
    return 1 if problems else 0


async def _report_late(late: list[Post]) -> None:
    if late:
        names = ", ".join(post.member.key for post in late)
        raise DemoFailed(f"not connected and caught up in time: {names}")


async def _enrol_all(stage: Stage, stack: AsyncExitStack, tally: Tally) -> dict[str, Post]:
    codes = await stage.invite_all()
    posts: dict[str, Post] = {}
    for number, member in enumerate(stage.crew):
        post = at_post(
            member, stage.terminal(member), stage.url, codes[member.key], tally, seed=number
        )
        posts[member.key] = await stack.enter_async_context(post)
    return posts


async def _rollup(stage: Stage, posts: Mapping[str, Post]) -> dict[str, Any]:
    """What a script with a token gets for today, by grid."""
    token = (await verb(stage.office, "token", "--unit", OFFICE_CODE, "--expires", "1h"))["token"]
    day = posts["street"].terminal.today
    arguments = ("--url", stage.url, "--token", token, "--unit", OFFICE_CODE, "--day", day)
    depth = ("--depth", str(GRID_DEPTH))
    return await command("armband", "rollups", *arguments, *depth, "--format", "json")


def _figures(report: Mapping[str, Any], tally: Tally) -> list[str]:
    """The office's own row against what the play has recorded."""
    rows = [row for row in report["rows"] if row["unit"] == OFFICE_CODE]
    return tally.differences(rows[-1]["metrics"]) if rows else ["the roll-up has no row"]


async def _audit(stage: Stage) -> list[str]:
    """The office's recount."""
    audit = await verb(stage.office, "audit")
    return [f"audit: {difference}" for difference in audit["differences"]]
