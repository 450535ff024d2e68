"""Disks that really fill up under the real programs, and are tidied up while these run."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from armband.client.enrolment import enrol
from armband.client.errors import StoreFull
from armband.client.holding import hold_online
from armband.client.model import LedgerQuery
from armband.client.terminal import Terminal
from armband.client.websocket import open_unpinned
from armband.client.world import real_environment
from armband.server.office.opening import STORE_FILE as OFFICE_FILE
from armband.shared.drafts import Draft
from faults.processes import OfficeProcess, rows_of
from support.real_office import invited, new_office, real_office, run_command, serving
from support.small_disk import small_disk
from support.waiting import until

UNIT = "lianhu/yg/g1"


def check(terminal: Terminal) -> Draft:
    fields: Any = {"code": "green", "decision": "passed", "note": terminal.new_id().hex() * 40}
    return Draft("check", terminal.new_id(), UNIT, fields)


async def test_an_office_without_room_promises_nothing_reads_on_and_recovers_by_itself(
    tmp_path: Path,
) -> None:
    environment = real_environment()
    with small_disk(tmp_path / "disk", megabytes=8) as disk:
        office = OfficeProcess(disk.path / "office")
        await new_office(office.directory)
        async with serving(office.directory) as service:
            code = await invited(service)
        office.spawn()
        await office.ready()
        try:
            await enrol(tmp_path / "t", code, office.url, environment, open_unpinned)
            async with hold_online(tmp_path / "t", environment) as (terminal, _link):
                terminal.go_online()
                await terminal.record([check(terminal)])
                await until(lambda: terminal.status.held == 1, "the first is held", 10)
                disk.fill()
                while terminal.status.office_writable:
                    await terminal.record([check(terminal) for _ in range(20)])
                    await asyncio.sleep(0.05)
                held = terminal.status.held
                assert terminal.status.waiting > 0
                # Held is what the office's files hold, and not one more.
                sql = "SELECT count(*) FROM ops WHERE author = ''"
                assert rows_of(office.directory / OFFICE_FILE, sql, tmp_path / "copy") == [(held,)]
                await _reads_go_on(office, tmp_path / "copy")
                disk.free()
                written = terminal.status.written
                await until(lambda: terminal.status.held == written, "it drains by itself", 20)
                assert terminal.status.office_writable
        finally:
            office.stop()
        audit = run_command("armband-server", "audit", "--data", office.directory, "--json")
        assert audit.json["differences"] == []


async def _reads_go_on(office: OfficeProcess, aside: Path) -> None:
    data = ("--data", office.directory)
    export = await asyncio.to_thread(
        run_command, "armband-server", "export", "check", "--format", "jsonl", *data
    )
    # Nobody reads about people when the audit log cannot say so.
    assert (export.code, "id" in export.out) == (5, False)
    assert "disk is full" in export.err
    counted = await asyncio.to_thread(run_command, "armband-server", "audit", "--json", *data)
    assert counted.code == 0, counted.err
    assert counted.json["differences"] == []
    sql = "SELECT count(*) FROM ops"
    assert [(counted.json["operations"],)] == rows_of(office.directory / OFFICE_FILE, sql, aside)
    invite = await asyncio.to_thread(
        run_command, "armband-server", "invite", "--unit", UNIT, "--role", "grid", "--name", "x",
        *data,
    )  # fmt: skip
    assert invite.code == 5, invite
    assert "disk is full" in invite.err


async def test_a_terminal_without_room_keeps_what_it_has_and_says_what_to_do(
    tmp_path: Path,
) -> None:
    environment = real_environment()
    async with real_office(tmp_path / "office") as service:
        with small_disk(tmp_path / "disk", megabytes=4) as disk:
            folder = disk.path / "t"
            await enrol(folder, await invited(service), service.url, environment, open_unpinned)
            async with hold_online(folder, environment) as (terminal, link):
                await terminal.record([check(terminal)])
                await terminal.save_draft("visit", {"note": "写了一半"})
                disk.fill()
                with pytest.raises(StoreFull):
                    await _record_for_ever(terminal)
                saved = (await terminal.ledger(LedgerQuery("check"), 0, 1)).total
                assert saved == terminal.status.written
                assert await terminal.drafts() == {"visit": {"note": "写了一半"}}
                disk.free()
                # Neither the program nor the link has to be started again.
                await terminal.record([check(terminal)])
                terminal.go_online()
                link.hurry()
                await until(lambda: terminal.status.held == saved + 1, "all is held", 15)
            again = run_command("armband", "status", "--data", folder, "--json")
            assert (again.json["written"], again.json["waiting"]) == (saved + 1, 0)
            await _a_command_says_so(disk, folder)


async def _record_for_ever(terminal: Terminal) -> None:
    while True:
        await terminal.record([check(terminal)])


async def _a_command_says_so(disk: Any, folder: Path) -> None:
    disk.fill()
    lines = folder.parent.parent / "lines.jsonl"
    line = {"kind": "check", "code": "green", "decision": "passed", "note": "x" * 900}
    lines.write_text(f"{json.dumps(line)}\n" * 3000)
    done = await asyncio.to_thread(
        run_command, "armband", "record", "--jsonl", lines, "--data", folder, "--json"
    )
    assert (done.code, done.out) == (5, "")
    assert "no room" in done.err
    # With a little room, the lines that fit are saved and the others are told so.
    disk.ballast.write_bytes(disk.ballast.read_bytes()[: -(600 << 10)])
    done = await asyncio.to_thread(
        run_command, "armband", "record", "--jsonl", lines, "--data", folder, "--json"
    )
    assert done.code == 5, done.err
    told = json.loads(done.out)
    assert told["refused"]
    assert "no room" in told["problem"]
    disk.free()
    status = run_command("armband", "status", "--data", folder, "--json")
    assert status.json["waiting"] == len(told["saved"]) > 0


async def test_an_office_on_a_disk_without_any_room_says_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=4) as disk:
        await new_office(disk.path / "office")
        disk.fill()
        done = run_command("armband-server", "audit", "--data", disk.path / "office")
        assert done.code == 5
        assert "disk is full" in done.err
