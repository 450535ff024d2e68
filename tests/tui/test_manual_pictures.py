"""The manuals show the program as it is: their pictures are the snapshots that tests hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from armband.client.i18n import CHINESE, ENGLISH
from armband.client.tui.screens.notice import NoticeScreen
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from scripts.manual_pictures_main import MANUALS, SNAPSHOTS, Manual, pictured
from support.desk import COMMUNITY, FIRST, desk, record_id
from support.waiting import until

NOTICE, ROUND, DAY = b"n" * 16, b"r" * 16, "2022-03-24"
LIAISON = record_id("staff", "王联户")


def busy_day() -> list[Draft]:
    """A case that waits and one that runs, a round under way, a call-up half answered."""
    home = record_id("household", FIRST, "3-1-201").hex()
    told: Patch = {"category": "livelihood", "channel": "phone", "household": home}
    lamp: Patch = {"category": "emergency", "channel": "patrol", "brief": "3号楼电梯停了"}
    call_up: Patch = {"title": "今晚核酸", "sort": "call_up", "text": "19:00 到岗"}
    return [
        *(
            Draft("staff", record_id("staff", name), FIRST, {"name": name, "posts": ["liaison"]})
            for name in ("王联户", "周三")
        ),
        Draft("case", b"c" * 16, FIRST, {**told, "brief": "体温计坏了，请代买"}),
        Draft("case", b"d" * 16, FIRST, lamp),
        Draft("round", ROUND, COMMUNITY, {"name": "第1轮", "day": DAY, "state": "open"}),
        Draft("notice", NOTICE, COMMUNITY, call_up),
        Draft(
            "ack", b"a" * 16, COMMUNITY,
            {"notice": NOTICE.hex(), "answer": "coming", "staff": LIAISON.hex()},
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
async def test_cases_samples_and_a_notice_look_like_their_pictures(
    tmp_path: Path, language: str
) -> None:
    async with desk(tmp_path, language=language) as running:
        await running.terminal.record(busy_day())
        await running.terminal.change(
            b"d" * 16, {"step": "dispatch", "rung": "liaison", "to": LIAISON.hex()}
        )
        await running.press("f5")
        await running.sees("体温计坏了", "05:00")
        await running.matches_snapshot(f"cases-80x24-{language}")
        await running.press("ctrl+r")
        await running.sees("第1轮")
        await running.matches_snapshot(f"rounds-80x24-{language}")
        await running.press("enter")
        await running.sees("3-1-201")
        await running.write(" re")
        # 28 before, and a change for each key.
        await until(lambda: running.terminal.status.waiting == 31, "the keys are saved")
        await running.matches_snapshot(f"samples-80x24-{language}")
        await running.press("escape", "escape")
        running.app.push_screen(NoticeScreen(running.app.context, NOTICE))
        await running.sees("19:00", "周三")
        await running.matches_snapshot(f"notice-80x24-{language}")


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.path.name)
def test_the_manuals_hold_these_pictures(manual: Manual) -> None:
    text = manual.path.read_text("utf-8")
    names = {path.name for path in SNAPSHOTS.glob(f"*-80x24-{manual.language}.txt")}
    assert pictured(text, manual.language) == text, "run scripts/manual_pictures"
    for name in ("lane", "today", "cases", "roster", "returnee", "notice", "samples", "whois"):
        assert f"<!-- picture {name} -->" in text
        assert f"{name}-80x24-{manual.language}.txt" in names
