"""Returnees through two terminals and an office: the table, the days, what is due and done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from armband.client.terminal import Terminal
from armband.server.errors import BadRequest
from armband.server.policy_file import example, parse_policy
from armband.shared.drafts import Draft
from armband.shared.fields import Patch, Value
from support.real_office import real_office, real_terminal
from support.terminals import is_live
from support.waiting import until, within

UNIT = "lianhu/yg/g1"


def returnee(terminal: Terminal, **more: Value) -> Draft:
    told = {"name": "李四", "phone": "13800001111", "risk": "high", "source": "issued", **more}
    fields: Patch = {"arrived": terminal.today, **told}
    return Draft("returnee", terminal.new_id(), UNIT, fields)


async def whats(terminal: Terminal) -> list[str]:
    return [task.duty.what for task in (await terminal.todo()).tasks]


async def shows(terminal: Terminal, record: bytes) -> None:
    news = asyncio.Event()
    terminal.listen(lambda _event: news.set())
    while await terminal.entry(record) is None:
        await within(news.wait(), "the record comes")
        news.clear()


async def test_from_the_table_to_the_figures(tmp_path: Path) -> None:
    async with (
        real_office(tmp_path / "office") as service,
        real_terminal(service, tmp_path / "a") as (a, _a_link),
        real_terminal(service, tmp_path / "b") as (b, _b_link),
    ):
        office = service.office
        table = parse_policy(example(), office.policy)
        await office.set_policy(table, "王主任", 0)
        await until(lambda: {t.identity.policy.version for t in (a, b)} == {1}, "the table is here")
        await until(lambda: is_live(a) and is_live(b), "both are back")
        draft = returnee(a)
        await a.record([draft])
        await shows(b, draft.id)
        entry = await b.entry(draft.id)
        assert entry is not None
        assert (entry.view.fields["measure"], entry.view.fields["days"]) == ("central", 7)
        # The table is emptied; what was decided stays, and so do its duties.
        await office.set_policy(msgspec.structs.replace(table, rules=()), "王主任", 1)
        await until(lambda: b.identity.policy.version == 2, "the other table is here")
        assert "Morning temperature" in await whats(b)

        first = next(t for t in (await b.todo()).tasks if t.duty.what == "Morning temperature")
        ill: Patch = {**first.duty.prefill, "outcome": "seen_not_ok", "temp_tenths": 378}
        seen = Draft("followup", b.new_id(), UNIT, ill)
        await b.record([seen])
        await shows(a, seen.id)
        assert "Morning temperature" not in await whats(a)
        (report,) = [t for t in (await a.todo()).tasks if t.duty.what == "Report the illness"]
        case: Patch = {**report.duty.prefill, "brief": "发热"}
        await a.record([Draft("case", a.new_id(), UNIT, case)])
        assert "Report the illness" not in await whats(a)

        await a.change(draft.id, {"step": "begin"})
        await a.change(draft.id, {"step": "release", "release_note": "第 12 号"})
        await until(lambda: not (a.status.waiting or b.status.waiting), "all is at the office")
        today = a.today
        cells = (await office.rollup_cells("lianhu", 0, today, today)).cells
        day, now = cells[today, "lianhu"], cells["", "lianhu"]
        assert (day["returnees.new.issued"], day["returnees.releases"]) == (1, 1)
        assert (day["followups.done"], day["followups.fever"]) == (1, 1)
        assert "followups.due" not in day, "whoever is released owes nothing from that day on"
        assert (now["returnees.released"], now.get("returnees.active", 0)) == (1, 0)
        assert (await office.audit()).differences == []


async def test_other_thresholds_count_what_is_on_record_anew(tmp_path: Path) -> None:
    async with (
        real_office(tmp_path / "office") as service,
        real_terminal(service, tmp_path / "a") as (a, _link),
    ):
        office = service.office
        seen: Patch = {"code": "green", "decision": "passed", "temp_tenths": 372}
        await a.record([Draft("check", a.new_id(), UNIT, seen) for _n in range(3)])
        await until(lambda: a.status.held == 3, "they are held")
        today = a.today

        async def fevers() -> int:
            cells = (await office.rollup_cells("lianhu", 0, today, today)).cells
            return cells[today, "lianhu"].get("checks.fever", 0)

        assert await fevers() == 0
        lower = msgspec.structs.replace(office.policy, fever_tenths=370)
        await office.set_policy(lower, "王主任", 0)
        assert await fevers() == 3
        assert (await office.audit()).differences == []
        with pytest.raises(BadRequest, match="version 1 has been set meanwhile"):
            await office.set_policy(lower, "李主任", 0)
        (version,) = await office.settings(5)
        assert (version.version, version.author) == (1, "王主任")
        assert version.policy.fever_tenths == 370
