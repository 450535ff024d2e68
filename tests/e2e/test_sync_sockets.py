"""Two real terminals and a real office over real sockets, in one process."""

from __future__ import annotations

import asyncio
from pathlib import Path

from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.fields import Patch
from support.real_office import new_office, real_office, real_terminal, serving
from support.terminals import is_live
from support.waiting import until, within

UNIT = "lianhu/yg/g1"


def check(terminal: Terminal) -> Draft:
    fields: Patch = {"code": "green", "decision": "passed", "stranger_name": "王建国"}
    return Draft("check", terminal.new_id(), UNIT, {**fields, "temp_tenths": 365})


async def test_a_check_is_in_the_other_terminals_ledger_and_board(tmp_path: Path) -> None:
    async with (
        real_office(tmp_path / "office") as service,
        real_terminal(service, tmp_path / "a") as (a, _a_link),
        real_terminal(service, tmp_path / "b") as (b, b_link),
    ):
        with b_link.read_figures("lianhu/yg", 1, "", "") as reading:
            await within(reading.changed.wait(), "the first figures")
            draft = check(a)
            await a.record([draft])

            def counted() -> bool:
                rows = reading.figures.report().rows
                return {row.unit: row.metrics.get("checks.total") for row in rows}.get(UNIT) == 1

            await until(counted, "the check is on the board")
        news = asyncio.Event()
        b.listen(lambda _event: news.set())
        while await b.entry(draft.id) is None:
            await within(news.wait(), "the check is in the ledger")
            news.clear()
        await until(lambda: a.status.held == 1, "the first terminal knows that it is held")


async def test_recording_goes_on_without_the_office_and_drains_when_it_is_back(
    tmp_path: Path,
) -> None:
    office = tmp_path / "office"
    await new_office(office)
    async with serving(office) as service:
        port = int(service.url.rpartition(":")[2])
        enrolled = real_terminal(service, tmp_path / "a")
        a, link = await enrolled.__aenter__()
    try:
        await until(lambda: not a.status.connected and a.status.problem, "the office is gone")
        await a.record([check(a) for _n in range(30)])
        assert a.status.waiting == 30
        async with serving(office, port) as again:
            link.hurry()
            await until(lambda: a.status.held == 30, "everything drains", 15)
            assert is_live(a)
            assert again.office.seq == 6 + 30
    finally:
        await enrolled.__aexit__(None, None, None)
