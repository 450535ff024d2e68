"""What staff see of full disks and refusals: the real program in a window, the real office."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

from armband.client.handover import RECORD, ask_holder
from faults.crew import UNIT, Station, make_office
from faults.processes import TOOLS, OfficeProcess
from support.pseudo_terminal import pseudo_terminal
from support.real_office import run_command
from support.small_disk import small_disk

CTRL_Q = "\x11"


async def record_big(folder: Path, random: Random) -> None:
    """A check with a note that takes room, through the process that holds the store."""
    note = random.randbytes(1500).hex()
    fields = {"code": "green", "decision": "passed", "unit": UNIT, "note": note}
    new_id = random.randbytes(16).hex()
    line = {"line": 1, "kind": "check", "fields": fields, "new_id": new_id}
    answer = await ask_holder(folder, RECORD, {"lines": [line]})
    assert not answer["refused"], answer


async def test_a_full_office_and_a_refusal_are_shown_in_chinese(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    with small_disk(tmp_path / "disk", megabytes=8) as disk:
        office = OfficeProcess(disk.path / "office")
        await make_office(office.directory)
        office.spawn()
        await office.ready()
        try:
            await Station.enrolled(office, folder)
            words = [str(TOOLS / "armband"), "--data", str(folder)]
            async with pseudo_terminal(words, columns=100) as screens:
                await Station(folder).reaches("the screens say so", connected=True)
                disk.fill()
                random = Random(1)
                async with asyncio.timeout(20):
                    while "街道暂不能收" not in screens.text():
                        await record_big(folder, random)
                        await asyncio.sleep(0.02)
                disk.free()
                await Station(folder).reaches("the screens say so", office_writable=True, waiting=0)
                office.stop()
                await record_big(folder, random)
                run_command("armband-server", "revoke", "T001", "--data", office.directory)
                office.spawn()
                await office.ready()
                # By themselves: nobody has to be there for a revoked terminal to be wiped.
                assert await screens.ended() == 4
                assert "密钥已抹除" in screens.text()
                assert not (folder / "terminal.db").exists()
                assert "Traceback" not in screens.text()
        finally:
            office.stop()


async def test_a_lane_line_stays_while_this_disk_is_full(tmp_path: Path) -> None:
    office = OfficeProcess(tmp_path / "office")
    await make_office(office.directory)
    office.spawn()
    await office.ready()
    try:
        with small_disk(tmp_path / "disk", megabytes=3) as disk:
            folder = disk.path / "t"
            await Station.enrolled(office, folder)
            async with pseudo_terminal([str(TOOLS / "armband"), "--data", str(folder)]) as screens:
                await Station(folder).reaches("the screens say so", connected=True)
                disk.fill()
                screens.type("365g\r")
                await screens.sees("磁盘已满")
                disk.free()
                screens.type("\r")
                await screens.sees("已存")
                await Station(folder).reaches("the screens say so", held=1, waiting=0)
                screens.type(CTRL_Q)
                assert await screens.ended() == 0
    finally:
        office.stop()
