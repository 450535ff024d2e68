"""Records as lines: what is saved, what is refused and why; nothing is guessed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from armband.client.errors import StoreFull
from armband.client.headless.recording import Line, record_lines
from armband.client.headless.saving import TOGETHER
from armband.client.i18n import CHINESE, ENGLISH, set_language
from armband.client.model import LedgerQuery, Saved
from armband.client.terminal import Terminal
from armband.shared.drafts import Draft
from armband.shared.ids import id_from_hex, natural_record_id
from armband.shared.kinds.declare import View
from armband.shared.permissions import Role
from support.office_rig import OFFICE, Rig, office_rig
from support.terminals import place
from support.waiting import until, within

G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with office_rig(tmp_path / "office") as serving:
        yield serving


@pytest.fixture
async def terminal(rig: Rig, tmp_path: Path) -> AsyncIterator[Terminal]:
    async with place(rig, tmp_path / "a", "lianhu/yg", online=False) as here:
        yield here.terminal


async def saved(terminal: Terminal, kind: str, **fields: Any) -> View:
    """The record that one line makes."""
    outcome = await record_lines(terminal, [Line(1, kind, fields)])
    assert outcome.refused == []
    entry = await terminal.entry(id_from_hex(outcome.saved[0].id))
    assert entry is not None
    return entry.view


async def refusal(terminal: Terminal, kind: str, **fields: Any) -> str:
    """Why one line is refused."""
    before = terminal.status.written
    outcome = await record_lines(terminal, [Line(7, kind, fields)])
    assert outcome.saved == []
    (refused,) = outcome.refused
    assert refused.line == 7
    assert terminal.status.written == before
    return refused.reason


async def test_a_visit_names_its_household_by_the_door_and_hangs_where_that_does(
    terminal: Terminal,
) -> None:
    home = await saved(terminal, "household", door="3号楼2单元502", head="李雪婷", unit=G2)
    assert home.id == natural_record_id(OFFICE, "household", G2, "3-2-502")
    visit = await saved(terminal, "visit", household="3-2-502", channel="door", outcome="met")
    assert visit.fields["household"] == home.id.hex()
    assert visit.unit == G2
    assert visit.fields["day"] == terminal.today


async def test_a_person_is_found_by_name_by_phone_and_by_id(terminal: Terminal) -> None:
    home = await saved(terminal, "household", door="3-2-502", unit=G1)
    person = await saved(
        terminal, "resident", household=home.id.hex(), name="李雪婷", phone="13812341111"
    )
    for called in ("李雪婷", "138 1234 1111", person.id.hex()):
        check = await saved(
            terminal,
            "check",
            resident=called,
            temp_tenths="36.5",
            code="green",
            decision="passed",
        )
        assert check.fields["resident"] == person.id.hex()
        assert check.fields["temp_tenths"] == 365


async def test_what_may_be_several_is_refused_with_all_of_them(terminal: Terminal) -> None:
    first = await saved(terminal, "household", door="3-2-502", head="李雪婷", unit=G1)
    second = await saved(terminal, "household", door="3-2-502", head="王建国", unit=G2)
    reason = await refusal(terminal, "visit", household="3-2-502", channel="door", outcome="met")
    for part in (first.id.hex(), second.id.hex(), "李雪婷", "王建国", G1, G2):
        assert part in reason
    visit = await saved(terminal, "visit", household=second.id.hex(), channel="door", outcome="met")
    assert visit.unit == G2


async def test_a_door_is_not_taken_for_a_longer_one(terminal: Terminal) -> None:
    exact = await saved(terminal, "household", door="2-502", unit=G1)
    await saved(terminal, "household", door="3-2-502", unit=G1)
    visit = await saved(terminal, "visit", household="2-502", channel="door", outcome="met")
    assert visit.fields["household"] == exact.id.hex()


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("vist", {}, ["no kind", "'vist'"]),
        ("household", {"dor": "1"}, ["household.dor", "is no field", "door"]),
        ("household", {"head": "李"}, ["household", "must be given"]),
        ("household", {"door": "1-1-1", "phone": "12"}, ["household.phone"]),
        ("household", {"door": "1-1-1", "people": {"a": 1}}, ["household.people", "must be"]),
        ("household", {"door": "1-1-1", "unit": "No Unit"}, ["unit"]),
        ("household", {"door": "1-1-1", "id": "00" * 16}, ["household.id", "no household"]),
        ("household", {"door": "1-1-1", "id": "xyz"}, ["household.id", "no household"]),
        ("visit", {"household": "9-9-9"}, ["visit.household", "9-9-9"]),
        ("visit", {"household": "00" * 16}, ["visit.household", "no household"]),
    ],
)
async def test_what_is_wrong_is_said_with_its_field(
    terminal: Terminal, kind: str, fields: dict[str, Any], words: list[str]
) -> None:
    reason = await refusal(terminal, kind, **fields)
    for word in words:
        assert word in reason


async def test_one_bad_line_stops_no_other(terminal: Terminal) -> None:
    lines = [Line(n, "household", {"door": f"1-1-{n}"}) for n in range(1, 2 * TOGETHER + 20)]
    # One is wrong when it is read, one only when the recorder looks at the whole of it.
    lines[3] = Line(4, "household", {"door": "1-1-4", "phone": "x"})
    lines[150] = Line(151, "household", {"head": "no door"})
    lines[160] = Line(161, "", {}, problem="is no JSON")
    outcome = await record_lines(terminal, lines)
    assert [refused.line for refused in outcome.refused] == [4, 151, 161]
    assert len(outcome.saved) == len(lines) - 3
    assert terminal.status.written == len(lines) - 3
    assert [one.line for one in outcome.saved] == sorted(one.line for one in outcome.saved)


async def test_with_an_id_a_record_is_corrected_and_voided(terminal: Terminal) -> None:
    home = await saved(terminal, "household", door="3-2-502", head="李雪婷", unit=G1)
    again = await saved(terminal, "household", id=home.id.hex(), head="李小婷")
    assert (again.id, again.fields["head"]) == (home.id, "李小婷")
    assert again.fields["door"] == "3-2-502"
    gone = await saved(terminal, "household", id=home.id.hex(), void="entered twice")
    assert gone.void == "entered twice"


async def test_the_same_door_twice_is_one_household(terminal: Terminal) -> None:
    first = await saved(terminal, "household", door="3-2-502", head="李雪婷", unit=G1)
    second = await saved(terminal, "household", door="三号楼二单元502室", people="3", unit=G1)
    assert second.id == first.id
    assert (second.fields["head"], second.fields["people"]) == ("李雪婷", 3)


async def test_values_as_json_has_them(terminal: Terminal) -> None:
    home = await saved(terminal, "household", door="1-1-1", people=3, care=["elder_alone"], unit=G1)
    assert (home.fields["people"], home.fields["care"]) == (3, ["elder_alone"])
    check = await saved(
        terminal, "check", temp_tenths=36.8, code="green", decision="passed", mask=True
    )
    assert (check.fields["temp_tenths"], check.fields["mask"]) == (368, True)
    cleared = await saved(terminal, "household", id=home.id.hex(), people=None)
    assert cleared.fields.get("people") is None


async def test_labels_of_the_users_language_are_understood(terminal: Terminal) -> None:
    set_language(CHINESE)
    try:
        check = await saved(terminal, "check", temp_tenths="３６。８", code="绿", decision="放行")
    finally:
        set_language(ENGLISH)
    assert (check.fields["code"], check.fields["decision"]) == ("green", "passed")


async def test_a_check_belongs_to_the_chosen_checkpoint_or_to_the_terminals_unit(
    terminal: Terminal,
) -> None:
    plain = await saved(terminal, "check", temp_tenths="36.5", code="green", decision="passed")
    assert plain.unit == "lianhu/yg"
    gate = await saved(terminal, "checkpoint", name="东门", unit=G1)
    await terminal.set_preference("checkpoint", gate.id.hex())
    there = await saved(terminal, "check", temp_tenths="36.5", code="green", decision="passed")
    assert (there.unit, there.fields["checkpoint"]) == (G1, gate.id.hex())


async def test_a_line_may_name_what_an_earlier_line_makes(terminal: Terminal) -> None:
    lines = [
        Line(1, "household", {"door": "3-2-502", "unit": G1}),
        Line(2, "resident", {"name": "李雪婷", "household": "3-2-502"}),
        Line(3, "visit", {"household": "3-2-502", "channel": "door", "outcome": "met"}),
        Line(
            4,
            "check",
            {"resident": "李雪婷", "temp_tenths": 365, "code": "green", "decision": "passed"},
        ),
    ]
    outcome = await record_lines(terminal, lines)
    assert outcome.refused == []
    assert [one.kind for one in outcome.saved] == ["household", "resident", "visit", "check"]


async def test_a_line_may_change_what_an_earlier_line_has_changed(terminal: Terminal) -> None:
    case = {"category": "livelihood", "brief": "漏水", "channel": "desk"}
    made = await record_lines(terminal, [Line(n, "case", dict(case)) for n in (1, 2)])
    one, other = (line.id for line in made.saved)
    # Each step is judged by what the line before it has left, however the id is written.
    steps = [(one, "accept"), (other, "accept"), (one.upper(), "finish"), (one, "close")]
    done = await record_lines(
        terminal,
        [
            Line(n, "case", {"id": record, "step": step})
            for n, (record, step) in enumerate(steps, 1)
        ],
    )
    assert done.refused == []
    entry = await terminal.entry(id_from_hex(one))
    assert entry is not None
    assert entry.view.fields["state"] == "closed"


async def test_lines_that_are_handed_over_twice_are_saved_once(terminal: Terminal) -> None:
    fields = {"temp_tenths": 365, "code": "green", "decision": "passed"}
    lines = [
        Line(1, "household", {"door": "3-2-502", "unit": G1}),
        Line(2, "check", fields, new_id="0a" * 16),
        Line(3, "household", {"id": "", "door": "x"}),
    ]
    first = await record_lines(terminal, lines)
    second = await record_lines(terminal, lines)
    assert second == first
    assert terminal.status.written == 2


async def test_saying_the_value_that_shows_settles_a_conflict(rig: Rig, tmp_path: Path) -> None:
    async with (
        place(rig, tmp_path / "a", "lianhu/yg") as a,
        place(rig, tmp_path / "b", "lianhu/yg") as b,
    ):
        home = await saved(a.terminal, "household", door="3-2-502", unit=G1, people=3)
        await until(lambda: a.terminal.status.held == 1, "the household is held")
        await until_there(b.terminal, home.id)
        a.wire.up = b.wire.up = False
        a.wire.cut()
        b.wire.cut()
        await saved(a.terminal, "household", id=home.id.hex(), people=4)
        await saved(b.terminal, "household", id=home.id.hex(), people=5)
        for here in (a, b):
            here.wire.up = True
            here.link.hurry()
        await until(lambda: a.terminal.status.conflicts == b.terminal.status.conflicts == 1, "seen")
        entry = await a.terminal.entry(home.id)
        assert entry is not None
        shown = entry.view.fields["people"]
        await saved(a.terminal, "household", id=home.id.hex(), people=shown)
        assert a.terminal.status.conflicts == 0
        await until(lambda: b.terminal.status.conflicts == 0, "settled at the other one too")
        written = a.terminal.status.written
        await saved(a.terminal, "household", id=home.id.hex(), people=shown)
        assert a.terminal.status.written == written


async def until_there(terminal: Terminal, record: bytes) -> None:
    """Wait until a record has come from the office."""
    news = asyncio.Event()
    stop = terminal.listen(lambda _event: news.set())
    while await terminal.entry(record) is None:
        await within(news.wait(), "the record comes")
        news.clear()
    stop()


async def test_temperatures_in_degrees_or_tenths(terminal: Terminal) -> None:
    await saved(terminal, "household", door="3-2-502", unit=G1)
    told = {"household": "3-2-502", "channel": "door", "outcome": "met"}
    for temps in ("36.5, 37.9", [36.5, 37.9], [365, 379], [36.5, 379]):
        visit = await saved(terminal, "visit", **told, temps=temps)
        assert visit.fields["temps"] == [365, 379]
    assert "34.0" in await refusal(terminal, "visit", **told, temps=[36.5, "hot"])
    assert "34.0" in await refusal(terminal, "visit", **told, temps=[99])


async def test_a_unit_is_one_record_whoever_names_it(rig: Rig, tmp_path: Path) -> None:
    async with place(rig, tmp_path / "a", "lianhu", Role.STREET) as a:
        root = natural_record_id(OFFICE, "unit", "lianhu")
        assert await a.terminal.entry(root) is not None
        made = await saved(a.terminal, "unit", name="第9网格", level="grid", unit="lianhu/yg9")
        assert made.id == natural_record_id(OFFICE, "unit", "lianhu/yg9")
        again = await saved(a.terminal, "unit", name="九网格", level="grid", unit="lianhu/yg9")
        assert (again.id, again.fields["name"]) == (made.id, "九网格")
        there = await saved(a.terminal, "household", door="1-1-1", unit="lianhu/yg9")
        assert there.unit == "lianhu/yg9"
        assert "lianhu/yg8" in await refusal(
            a.terminal, "household", door="1-1-1", unit="lianhu/yg8"
        )
        assert "lianhu/yg8" in await refusal(
            a.terminal, "unit", name="x", level="grid", unit="lianhu/yg8/g1"
        )


async def test_a_full_disk_refuses_what_follows_and_says_so(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = terminal.record
    calls = 0

    async def until_full(drafts: Sequence[Draft]) -> list[Saved]:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise StoreFull("the disk is full")
        return await record(drafts)

    monkeypatch.setattr(terminal, "record", until_full)
    count = TOGETHER * 3
    lines = [Line(n, "household", {"door": f"1-1-{n}", "unit": G1}) for n in range(1, count + 1)]
    outcome = await record_lines(terminal, lines)
    assert outcome.problem == "the disk is full"
    assert [one.line for one in outcome.saved] == list(range(1, TOGETHER + 1))
    assert {one.reason for one in outcome.refused} == {"the disk is full"}
    assert len(outcome.saved) + len(outcome.refused) == count
    assert terminal.status.written == TOGETHER


async def test_the_same_step_again_is_taken_where_it_leads_on(terminal: Terminal) -> None:
    shop = await saved(terminal, "shop", name="老王超市", unit=G1)
    told = {"measuring": True, "codes": True, "disinfection": False, "masks": True}
    await saved(terminal, "inspection", shop=shop.id.hex(), **told)
    (opened,) = (await terminal.ledger(LedgerQuery("rectification"), 0, 9)).entries
    named = {"id": opened.view.id.hex(), "checked_by": "张三"}
    again = {**named, "step": "fail", "due": "2022-04-02"}
    written = terminal.status.written
    await saved(terminal, "rectification", **again)
    await saved(terminal, "rectification", **again)
    assert terminal.status.written == written + 2, "two re-checks failed, not one"
    passed = {**named, "step": "pass"}
    await saved(terminal, "rectification", **passed)
    await saved(terminal, "rectification", **passed)
    assert terminal.status.written == written + 3, "handed over twice, it has passed once"
