"""The roster: who stands where, where nobody will, and the note that the next shift reads."""

from __future__ import annotations

from pathlib import Path

from armband.client.roster import roster
from armband.client.tui.screens.detail import DetailScreen
from armband.client.tui.screens.roster import RosterScreen
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from support.desk import COMMUNITY, Desk, desk, record_id
from support.waiting import until

EAST = record_id("checkpoint", "东门")
DAY, NIGHT = b"d" * 16, b"n" * 16


async def with_shifts(running: Desk) -> None:
    """At the east gate the day shift stands, and nobody comes after the night."""
    terminal = running.terminal
    gate = next(e for e in await terminal.checkpoints() if e.view.text("name"))
    told: Patch = {"checkpoint": gate.view.id.hex(), "day": terminal.today}
    staff = Draft("staff", b"s" * 16, COMMUNITY, {"name": "王建国", "posts": ["guard"]})
    await terminal.record(
        [
            staff,
            Draft("shift", DAY, COMMUNITY, {**told, "begins_min": 480, "ends_min": 1200}),
            Draft(
                "shift",
                NIGHT,
                COMMUNITY,
                {**told, "begins_min": 1200, "ends_min": 480, "staff": (b"s" * 16).hex()},
            ),
        ]
    )
    await terminal.change(DAY, {"step": "begin"})


async def test_who_stands_who_comes_and_where_nobody_will(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await with_shifts(running)
        await running.press("f10")
        await until(lambda: isinstance(running.app.screen, RosterScreen), "the roster is shown")
        await running.sees("王建国", "无人")
        await running.matches_snapshot("roster-80x24-zh_CN")
        await running.press("ctrl+l")
        await running.sees("nobody")
        await running.matches_snapshot("roster-80x24-en")
        await running.press("ctrl+l")
        await running.terminal.change(DAY, {"step": "end", "handover": "东门道闸坏了"})
        await running.sees("东门道闸坏了")
        await running.press("enter")
        await until(lambda: isinstance(running.app.screen, DetailScreen), "the shift is shown")
        await running.sees("已阅交接")


async def test_gaps_reach_to_the_end_of_tomorrow(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await with_shifts(running)
        now_ms = running.app.context.environment.now_ms()
        posts = await roster(running.terminal, now_ms)
        (staffed,) = [post for post in posts if post.now]
        assert staffed.now[0].begun
        assert staffed.next is not None
        assert staffed.next.who == "王建国"
        night_ends = staffed.next.to_ms
        assert staffed.gaps == [(night_ends, night_ends + 16 * 3_600_000)]
        for post in posts:
            if post is not staffed:
                assert post.gaps == [(now_ms, night_ends + 16 * 3_600_000)]


async def test_the_lane_says_which_shift_stands(tmp_path: Path) -> None:
    async with desk(tmp_path) as running:
        await with_shifts(running)
        assert not running.shows("08:00-20:00")
        await running.press("f2", "enter")
        await running.sees("卡点 阳光花苑东门 08:00-20:00")
