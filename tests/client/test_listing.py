"""The ledger and Today without a screen: the same rows and masks; beside others."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.cli import main
from armband.client.handover import HandoverServer
from armband.client.holding import handlers
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from armband.shared.permissions import Role
from support.local import acting_as
from support.office_rig import G1, OFFICE, Rig, office_rig
from support.terminals import place

PHONE = "13812341111"
VISIT: Patch = {"household": (b"2" * 16).hex(), "channel": "door", "outcome": "no_answer"}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as running:
        yield running


async def filled(rig: Rig, folder: Path, unit: str, role: Role) -> None:
    """A terminal with two households, and a visit at which nobody answered."""
    async with place(rig, folder, unit, role) as here:
        terminal = here.terminal
        with acting_as(terminal):
            await terminal.record(
                [
                    Draft("household", b"1" * 16, G1, {"door": "1-1-101", "head": "=赵梅"}),
                    Draft(
                        "household",
                        b"2" * 16,
                        G1,
                        {"door": "3-2-502", "head": "李雪婷", "phone": PHONE},
                    ),
                    Draft("visit", b"v" * 16, G1, VISIT),
                ]
            )


async def said(capsys: pytest.CaptureFixture[str], folder: Path, *words: str, code: int = 0) -> str:
    done = await asyncio.to_thread(main, [*words, "--data", str(folder)])
    out, err = capsys.readouterr()
    assert done == code, err
    return out or err


async def test_the_ledger_in_each_format_with_its_filters(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    await filled(rig, folder, "lianhu/yg", Role.GRID)
    listed = ("list", "household")
    both = json.loads(await said(capsys, folder, *listed, "--format", "json"))
    assert (both["total"], len(both["records"])) == (2, 2)
    sought = ("--search", "lxt", "--unit", G1, "--format", "jsonl")
    found = await said(capsys, folder, *listed, *sought)
    row = json.loads(found)
    assert (row["fields"]["head"], row["fields"]["phone"]) == ("李雪婷", "138****1111")
    text = await said(capsys, folder, *listed, "--format", "csv")
    rows = list(csv.DictReader(text.splitlines()))
    assert {each["head"] for each in rows} == {"'=赵梅", "李雪婷"}
    assert "1-1-101" in await said(capsys, folder, *listed, "--limit", "1")
    await said(capsys, folder, *listed, "--from", "2022-03-01", code=2)
    await said(capsys, folder, *listed, "--unit", "lianhu/nowhere", code=1)
    await said(capsys, folder, "list", "households", code=2)


async def test_names_are_masked_for_the_roles_whose_screens_mask_them(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    await filled(rig, folder, OFFICE, Role.STREET)
    for form in ("table", "json", "jsonl", "csv"):
        text = await said(capsys, folder, "list", "household", "--format", form)
        assert "李**" in text
        assert "李雪婷" not in text
        assert PHONE not in text


async def test_a_kind_that_the_role_does_not_read_is_refused(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    await filled(rig, folder, G1, Role.LIAISON)
    reading = "list", "reveal"
    assert "liaison" in await said(capsys, folder, *reading, code=4)


async def test_what_is_to_be_done_is_said_beside_who_holds_the_store(
    rig: Rig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    await filled(rig, folder, "lianhu/yg", Role.GRID)
    alone = json.loads(await said(capsys, folder, "todo", "--json", "--all"))
    assert "visit" in [task["rank"] for task in alone["tasks"]]
    async with (
        place(rig, folder) as here,
        HandoverServer(folder, handlers(here.terminal, here.link)),
    ):
        beside = json.loads(await said(capsys, folder, "todo", "--json", "--all"))
        assert beside["counts"].keys() <= alone["counts"].keys()
        assert "3-2-502" in await said(capsys, folder, "list", "household")
