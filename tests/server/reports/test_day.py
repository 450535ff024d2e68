"""The daily report: right figures, frozen for good, and what later work makes of them."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from armband.server.admin import Admin
from armband.server.cli.output import cells
from armband.server.errors import AlreadyFrozen, BadRequest
from armband.server.office import Office, create_office, open_office
from armband.server.reports.layout import PARTS, SECTIONS
from armband.server.reports.model import DayReport
from armband.server.reports.text import WIDTH, text_of
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.ids import natural_record_id
from armband.shared.kinds import CATALOGUE
from armband.shared.wire import STATUS_ACCEPTED, STATUS_MERGED
from support.commit_world import DAY, NOW_MS, OFFICE, Author, batch, record_id

YANGGUANG, G1, G2 = "lianhu/yg", "lianhu/yg/g1", "lianhu/yg/g2"
YESTERDAY = "2022-06-11"


class Desk:
    """An office's reports, through plain data."""

    def __init__(self, office: Office, environment: Environment) -> None:
        self.office = office
        self.zhang = Author("zhang")
        self._admin = Admin(office, environment)

    async def report(self, **args: Any) -> DayReport:
        return msgspec.convert(await self._plain("report", args), DayReport)

    async def freeze(self, **args: Any) -> DayReport:
        return msgspec.convert(await self._plain("freeze", {"author": "li", **args}), DayReport)

    async def _plain(self, verb: str, args: dict[str, Any]) -> Any:
        found = await self._admin.call(verb, args)
        return msgspec.msgpack.decode(msgspec.msgpack.encode(found))

    async def visit(self, number: int, *, day: str = DAY, unit: str = G1, **fields: Any) -> None:
        patch = {
            "unit": unit,
            "household": record_id(number % 2 + 1).hex(),
            "channel": "door",
            "outcome": "met",
            "day": day,
            "at": NOW_MS,
            **fields,
        }
        await self.change(100 + number, patch, kind="visit", unit=unit)

    async def change(self, number: int, patch: dict[str, Any], **where: Any) -> None:
        done = await self.office.submit(batch(self.zhang.op(number, patch, **where)))
        assert done.receipts[0].status in (STATUS_ACCEPTED, STATUS_MERGED), done.receipts


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    environment = Environment(lambda: NOW_MS, Random(7).randbytes)
    await create_office(tmp_path, OFFICE, "莲湖街道", environment)
    async with open_office(tmp_path, environment) as office:
        units = (
            (YANGGUANG, "阳光花苑社区", "community"),
            (G1, "第1网格", "grid"),
            (G2, "第2网格", "grid"),
        )
        drafts = [
            Draft(
                "unit", natural_record_id(OFFICE, "unit", code), code, {"name": n, "level": level}
            )
            for code, n, level in units
        ]
        drafts += [Draft("household", record_id(n), G1, {"door": f"{n}"}) for n in (1, 2)]
        assert set(await office.upsert(drafts, "office")) == {"new"}
        yield Desk(office, environment)


async def test_a_running_day_is_a_draft_with_what_exists_now(desk: Desk) -> None:
    for number in range(3):
        await desk.visit(number)
    report = await desk.report()
    assert (report.day, report.edition, report.restated) == (DAY, 0, None)
    assert report.whole["visits.total"] == 3
    assert report.whole["visits.households"] == 2
    assert report.whole["households.total"] == 2
    assert [(row.name, row.metrics["visits.total"]) for row in report.parts] == [
        ("阳光花苑社区", 3)
    ]
    assert report.missing == ["第2网格"]


async def test_a_day_that_is_over_has_no_figures_of_now(desk: Desk) -> None:
    await desk.visit(1, day=YESTERDAY)
    report = await desk.report(day=YESTERDAY)
    assert report.whole["visits.total"] == 1
    assert "households.total" not in report.whole
    assert "在册户数 —" in text_of(report, "zh", 480)


@pytest.mark.parametrize("day", ["2022-06-31", "tomorrow", "2022-06-13"])
async def test_days_that_are_none_are_refused(desk: Desk, day: str) -> None:
    with pytest.raises(BadRequest, match=r"day|today"):
        await desk.report(day=day)
    with pytest.raises(BadRequest, match=r"day|today"):
        await desk.freeze(day=day)


async def test_frozen_figures_stay_and_say_what_came_later_and_who_made_it(desk: Desk) -> None:
    for number in range(3):
        await desk.visit(number)
    frozen = await desk.freeze()
    assert (frozen.edition, frozen.author, len(frozen.checksum)) == (1, "li", 64)
    assert (await desk.report()).restated is None

    await desk.visit(7, unit=G2)
    await desk.change(101, {"channel": "phone"}, kind="visit", unit=G1)
    await desk.visit(8, day=YESTERDAY)
    await desk.change(1, {"note": "搬走"})

    later = await desk.report()
    assert later.whole == frozen.whole
    assert later.checksum == frozen.checksum
    assert later.missing == ["第2网格"]
    assert later.restated is not None
    made = {changed.id: changed.metrics for changed in later.restated.records}
    assert set(made) == {record_id(107).hex(), record_id(101).hex()}
    assert made[record_id(101).hex()] == {"visits.door": -1, "visits.phone": 1}
    assert made[record_id(107).hex()]["visits.total"] == 1
    shown = text_of(later, "zh", 480)
    assert "走访次数: 定稿 3, 现为 4" in shown
    assert "上门: 定稿 3, 现为 3" not in shown
    assert record_id(107).hex() in shown


async def test_work_that_changes_no_figure_of_the_day_restates_nothing(desk: Desk) -> None:
    await desk.visit(1)
    await desk.freeze()
    await desk.visit(2, day=YESTERDAY)
    await desk.change(2, {"head": "王建国"})
    await desk.change(101, {"note": "已交接"}, kind="visit", unit=G1)
    assert (await desk.report()).restated is None


async def test_a_frozen_day_is_frozen_once_or_in_editions(desk: Desk) -> None:
    await desk.visit(1)
    first = await desk.freeze()
    await desk.visit(2)
    with pytest.raises(AlreadyFrozen, match=first.checksum[:16]):
        await desk.freeze()
    second = await desk.freeze(again=True)
    assert (second.edition, second.whole["visits.total"]) == (2, 2)
    assert second.checksum != first.checksum
    assert (await desk.report()).restated is None
    assert (await desk.report(unit=YANGGUANG)).edition == 0


async def test_another_history_is_not_the_one_that_was_signed(desk: Desk, tmp_path: Path) -> None:
    await desk.visit(1)
    frozen = await desk.freeze()
    assert (await desk.report()).proved
    with closing(sqlite3.connect(tmp_path / "office.db")) as conn, conn:
        conn.execute("UPDATE ops SET hist = zeroblob(16) WHERE seq = ?", (frozen.as_of.seq,))
    tampered = await desk.report()
    assert not tampered.proved
    assert "历史记录与定稿时不符" in text_of(tampered, "zh", 480)


def test_every_figure_of_the_layout_is_a_metric_and_says_when_it_counts() -> None:
    texts = (Path(__file__).parents[3] / "shared" / "METRICS.md").read_text(encoding="utf-8")
    lines = [line.split("|") for line in texts.splitlines() if line.startswith("| `")]
    when = {parts[1].strip(" `"): parts[3].strip() for parts in lines}
    declared = {name for kind in CATALOGUE.values() for name in kind.metrics}
    for line in [*(line for section in SECTIONS for line in section.lines), *PARTS]:
        assert line.metric in declared
        assert when[line.metric] == ("now" if line.now else "of the day"), line.metric


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_it_fits_a_screen_of_eighty_cells(desk: Desk, language: Any) -> None:
    await desk.visit(1)
    await desk.freeze()
    text = text_of(await desk.report(), language, 480)
    assert max(map(cells, text.splitlines())) <= WIDTH


async def test_many_missing_grids_are_all_named_in_lines_that_fit(desk: Desk) -> None:
    names = [f"第{number}网格" for number in range(1, 41)]
    report = msgspec.structs.replace(await desk.report(), missing=names)
    text = text_of(report, "zh", 480)
    assert max(map(cells, text.splitlines())) <= WIDTH
    assert set(names) <= set(text.split())


async def test_a_time_that_nobody_took_is_none(desk: Desk) -> None:
    text = text_of(await desk.report(), "zh", 480)
    assert "受理用时中位 —" in text
    assert "当日上报 0" in text
