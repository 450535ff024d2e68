"""What the office refused: listed, mended, sent again without a screen; one new operation each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.cli import main
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from support.office_rig import G1, Rig, office_rig
from support.terminals import place
from support.waiting import until

ELSEWHERE = "lianhu/hy/g1"


def household(terminal: Terminal, door: str, unit: str = G1) -> Draft:
    return Draft("household", terminal.new_id(), unit, {"door": door, "head": "赵梅"})


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as running:
        yield running


async def refused(rig: Rig, folder: Path) -> None:
    """A terminal with two operations in its tray and one that the office holds."""
    async with place(rig, folder) as here:
        terminal = here.terminal
        await terminal.record(
            [
                household(terminal, "1-1-1", ELSEWHERE),
                household(terminal, "1-1-2"),
                household(terminal, "1-1-3", ELSEWHERE),
            ]
        )
        await until(lambda: terminal.status.waiting == 0, "all are answered")
        assert (terminal.status.held, terminal.status.refused) == (1, 2)


async def tray(
    folder: Path, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0
) -> list[dict[str, str]]:
    """The rows that the command answers with; each is a command's own process otherwise."""
    done = await asyncio.to_thread(main, ["tray", *words, "--json", "--data", str(folder)])
    said = capsys.readouterr()
    assert done == code, said
    if not said.out:
        return []
    report = json.loads(said.out)
    rows: list[dict[str, str]] = report.get("refused", report.get("sent"))
    return rows


async def test_what_was_refused_is_mended_and_reaches_the_office(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    await refused(rig, folder)
    first, second = await tray(folder, capsys)
    assert (first["reason"], first["words"]) == ("scope", "outside this terminal's units")
    assert "1-1-1" in first["title"]
    # A value that is none: it stays where it is.
    (row,) = await tray(folder, capsys, "--retry", first["op"], "people=many", code=1)
    assert row["problem"]
    assert not row["again"]
    assert len(await tray(folder, capsys)) == 2
    (row,) = await tray(folder, capsys, "--retry", first["op"][:12], f"unit={G1}")
    assert row["again"] not in ("", first["op"])
    assert await tray(folder, capsys, "--retry", first["op"], code=1) == [], "once only"
    assert [left["op"] for left in await tray(folder, capsys)] == [second["op"]]
    async with place(rig, folder) as here:
        await until(lambda: here.terminal.status.waiting == 0, "it is answered")
        assert (here.terminal.status.held, here.terminal.status.refused) == (2, 1)
    # As it is, it is refused again: a new row, the old one is gone.
    (row,) = await tray(folder, capsys, "--retry", "all")
    async with place(rig, folder) as here:
        await until(lambda: here.terminal.status.waiting == 0, "it is answered")
        (left,) = await here.terminal.tray()
        assert left.op.hex() == row["again"] != second["op"]


async def test_the_tray_speaks_to_people(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    await refused(rig, folder)
    assert await asyncio.to_thread(main, ["tray", "--data", str(folder)]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 3
    assert "outside this terminal's units" in listed[1]
    for words in (["tray", "x=1"], ["tray", "--retry", "all", "x=1"]):
        assert await asyncio.to_thread(main, [*words, "--data", str(folder)]) == 2, words
