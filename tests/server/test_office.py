"""An open office on a real file: what sessions, commands and scripts ask of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from armband.server.errors import (
    InviteExpired,
    InviteRefused,
    StoreDamaged,
    StoreExists,
    StoreMissing,
)
from armband.server.model import Committed, EpochChanged, OfficeEvent, TerminalChanged, Touch
from armband.server.office import Office, create_office, found_office, open_office
from armband.server.office.opening import STORE_FILE
from armband.server.store.driver import open_database
from armband.server.store.sqlite import SqliteStore, migrated
from armband.shared import handshake, wire
from armband.shared.drafts import Draft
from armband.shared.environment import Environment
from armband.shared.errors import InvalidRecord, InvalidUnit
from armband.shared.fields import Patch
from armband.shared.ids import natural_record_id
from armband.shared.merge import decode_state, view
from armband.shared.ops import decode_payload
from armband.shared.permissions import Role
from armband.shared.policy import Policy
from support.commit_world import DAY, NOW_MS, OFFICE, Author, batch, record_id

G1, G2 = "lianhu/yg/g1", "lianhu/yg/g2"


@dataclass
class World:
    """A clock to move, and randomness that repeats."""

    now_ms: int = NOW_MS
    rng: Random = Random(7)  # noqa: RUF009 (one source for all, on purpose)

    @property
    def environment(self) -> Environment:
        return Environment(lambda: self.now_ms, self.rng.randbytes)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def office(tmp_path: Path, world: World) -> AsyncIterator[Office]:
    await create_office(tmp_path, OFFICE, "莲湖街道", world.environment)
    async with open_office(tmp_path, world.environment) as opened:
        yield opened


def unit(code: str, name: str, level: str) -> Draft:
    return Draft(
        "unit", natural_record_id(OFFICE, "unit", code), code, {"name": name, "level": level}
    )


def door(number: int, where: str = G1, **fields: str | int | None) -> Draft:
    return Draft("household", record_id(number), where, {"door": f"{number}", **fields})


UNITS = (
    unit("lianhu/yg", "阳光社区", "community"),
    unit(G1, "第1网格", "grid"),
    unit(G2, "第2网格", "grid"),
)


async def test_a_new_office_knows_itself(office: Office) -> None:
    assert (office.code, office.name, office.policy) == (OFFICE, "莲湖街道", Policy())
    assert office.units == {OFFICE: wire.UnitName(OFFICE, "莲湖街道", "office")}
    assert (office.seq, office.writable, office.reason) == (1, True, "")
    assert len(office.epoch) == len(office.hist) == 16
    assert office.today == DAY


async def test_an_office_is_made_once(tmp_path: Path, world: World) -> None:
    await create_office(tmp_path / "o", OFFICE, "莲湖街道", world.environment)
    with pytest.raises(StoreExists, match="lianhu"):
        await create_office(tmp_path / "o", "other", "Other", world.environment)


async def test_making_an_office_goes_on_where_it_was_cut_off(tmp_path: Path, world: World) -> None:
    database = await open_database(tmp_path / STORE_FILE)
    await migrated(database)
    await found_office(SqliteStore(database, OFFICE), OFFICE, "莲湖街道", world.environment)
    await database.close()
    with pytest.raises(StoreExists, match="lianhu"):
        await create_office(tmp_path, "other", "Other", world.environment)
    await create_office(tmp_path, OFFICE, "莲湖街道", world.environment)
    async with open_office(tmp_path, world.environment) as office:
        assert list(office.units) == [OFFICE]


async def test_a_name_or_code_that_cannot_be_leaves_nothing_behind(
    tmp_path: Path, world: World
) -> None:
    folder = tmp_path / "o"
    with pytest.raises(InvalidUnit):
        await create_office(folder, "Lian Hu", "莲湖街道", world.environment)
    with pytest.raises(InvalidRecord):
        await create_office(folder, OFFICE, "", world.environment)
    assert not folder.exists()


async def test_a_folder_without_an_office_is_told(tmp_path: Path, world: World) -> None:
    with pytest.raises(StoreMissing, match="init"):
        async with open_office(tmp_path, world.environment):
            pass
    (tmp_path / STORE_FILE).write_bytes(b"x" * 5000)
    with pytest.raises(StoreDamaged):
        async with open_office(tmp_path, world.environment):
            pass


async def test_what_is_committed_is_there_after_a_restart(tmp_path: Path, world: World) -> None:
    await create_office(tmp_path, OFFICE, "莲湖街道", world.environment)
    async with open_office(tmp_path, world.environment) as first:
        await first.upsert([*UNITS, door(1)], "office")
        before = (first.seq, first.hist, first.epoch, dict(first.units))
    async with open_office(tmp_path, world.environment) as second:
        assert (second.seq, second.hist, second.epoch, dict(second.units)) == before
        assert await second.upsert([door(1)], "office") == ["unchanged"]
        assert (await second.audit()).differences == []


# -- upsert --------------------------------------------------------------------------------------


async def test_an_upsert_makes_changes_and_leaves_alone(office: Office) -> None:
    assert await office.upsert([door(1, head="王", people=3)], "office") == ["new"]
    seq = office.seq
    assert await office.upsert([door(1, head="王")], "office") == ["unchanged"]
    assert office.seq == seq
    assert await office.upsert([door(1, head="李", people=3)], "office") == ["changed"]
    history = await office.history(record_id(1))
    assert history is not None
    assert [decode_payload(row.payload).patch for row in history.rows] == [
        {"door": "1", "head": "王", "people": 3, "unit": G1},
        {"head": "李"},
    ]


async def test_an_upsert_clears_what_it_names_empty_and_keeps_what_it_does_not_name(
    office: Office,
) -> None:
    await office.upsert([door(1, head="王", people=3)], "office")
    assert await office.upsert([door(1, head=None)], "office") == ["changed"]
    (page,) = [await office.records_page("household", OFFICE, None, 9)]
    assert page.views[0].fields == {"door": "1", "head": None, "people": 3}
    assert await office.upsert([door(1, head=None)], "office") == ["unchanged"]


async def test_an_older_register_does_not_undo_what_was_put_right_at_a_door(office: Office) -> None:
    await office.upsert([door(1, head="王", people=3)], "office")
    zhang = Author("zhang")
    await office.submit(batch(zhang.op(1, {"head": "黄"}, unit=G1, seen=1 << 62)))
    register = door(1, head="王", people=4)
    assert await office.upsert([register], "office", dry_run=True) == ["changed; kept: head"]
    assert await office.upsert([register], "office") == ["changed; kept: head"]
    assert await office.upsert([register], "office") == ["unchanged; kept: head"]
    page = await office.records_page("household", G1, None, 9)
    assert page.views[0].fields == {"door": "1", "head": "黄", "people": 4}
    assert page.views[0].conflicts == ()


async def test_a_refused_draft_does_not_hold_up_the_others_and_leaves_no_trace(
    office: Office,
) -> None:
    outcomes = await office.upsert(
        [
            door(1, people="many"),
            door(2),
            Draft("dragon", record_id(3), G1, {"name": "x"}),
            door(4, "elsewhere/g1"),
            Draft("household", record_id(5), G1, {"head": "no door"}),
            door(2),
        ],
        "office",
    )
    assert [outcome.partition(":")[0] for outcome in outcomes] == [
        "refused",
        "new",
        "refused",
        "refused",
        "refused",
        "unchanged",
    ]
    assert "household.people" in outcomes[0]
    assert "dragon" in outcomes[2]
    assert "elsewhere/g1 is outside of the scope" in outcomes[3]
    assert "household.door: must be given" in outcomes[4]
    assert await office.quarantine(10) == []
    assert (await office.audit()).differences == []


async def test_a_dry_run_says_the_same_and_changes_nothing(office: Office) -> None:
    await office.upsert([door(1, head="王")], "office")
    drafts = [door(1, head="李"), door(1, head="李"), door(2), door(2), door(3, people=-1)]
    seq = office.seq
    dry = await office.upsert(drafts, "office", True)
    assert office.seq == seq
    assert await office.upsert(drafts, "office") == dry
    assert [outcome[:7] for outcome in dry] == ["changed", "unchang", "new", "unchang", "refused"]


async def test_large_upserts_go_in_chunks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armband.server.office.core.UPSERT_CHUNK", 3)
    events: list[OfficeEvent] = []
    office.listen(events.append)
    assert await office.upsert([door(n) for n in range(1, 8)], "office") == ["new"] * 7
    assert [(e.from_seq, e.to_seq) for e in events if isinstance(e, Committed)] == [
        (1, 4),
        (4, 7),
        (7, 8),
    ]


async def test_an_upsert_of_a_deferred_record_makes_it(office: Office) -> None:
    zhang = Author("zhang")
    await office.submit(batch(zhang.op(1, {"head": "王"}, unit=G1)))
    assert await office.upsert([door(1)], "office") == ["new"]
    page = await office.records_page("household", G1, None, 9)
    assert page.views[0].fields == {"door": "1", "head": "王"}


# -- events, units, roll-ups -----------------------------------------------------------------------


async def test_a_commit_tells_rows_and_cells(office: Office) -> None:
    events: list[OfficeEvent] = []
    office.listen(events.append)
    await office.upsert([door(1)], "office")
    await office.upsert([door(1, G2)], "office")
    made, moved = events
    assert isinstance(made, Committed)
    assert isinstance(moved, Committed)
    assert (made.from_seq, made.to_seq, made.units) == (1, 2, False)
    (row,) = moved.rows
    assert (row.seq, row.record, row.kind, row.unit, row.old_unit) == (
        3,
        record_id(1),
        "household",
        G2,
        G1,
    )
    assert view(decode_state(row.state)).fields == {"door": "1"}
    assert moved.cells["", G1] == {}
    assert moved.cells["", G2]["households.total"] == 1
    assert ("", OFFICE) not in moved.cells, "nothing changed there"
    assert moved.hist == office.hist


async def test_what_nobody_has_made_yet_is_told_to_nobody(office: Office) -> None:
    events: list[OfficeEvent] = []
    office.listen(events.append)
    await office.submit(batch(Author("zhang").op(1, {"head": "王"}, unit=G1)))
    (event,) = events
    assert isinstance(event, Committed)
    assert (event.rows, event.cells, event.to_seq) == ((), {}, 2)


async def test_units_are_named_as_they_change(office: Office) -> None:
    events: list[OfficeEvent] = []
    office.listen(events.append)
    await office.upsert(UNITS, "office")
    assert isinstance(events[0], Committed)
    assert events[0].units
    assert office.units[G1] == wire.UnitName(G1, "第1网格", "grid")
    moved = Draft("unit", UNITS[1].id, "lianhu/yg/g9", {"name": "第9网格"})
    await office.upsert([moved], "office")
    assert G1 not in office.units
    assert office.units["lianhu/yg/g9"].name == "第9网格"
    assert await office.upsert([Draft("unit", moved.id, moved.unit, {"void": "merged"})], "o")
    assert "lianhu/yg/g9" not in office.units


async def test_rollups_have_cells_names_and_coverage(office: Office) -> None:
    await office.upsert(UNITS, "office")
    check: Patch = {"unit": G1, "code": "green", "decision": "passed", "at": NOW_MS, "day": DAY}
    await office.submit(batch(Author("zhang").op(1, {**check}, kind="check")))
    found = await office.rollup_cells(OFFICE, 1, DAY, DAY)
    assert (found.seq, found.at_ms) == (office.seq, NOW_MS)
    assert found.cells[DAY, OFFICE]["checks.total"] == 1
    assert found.cells["", OFFICE]["units.grid"] == 2
    assert {key[1] for key in found.cells} == {OFFICE, "lianhu/yg"}
    assert [name.code for name in found.units] == [OFFICE, "lianhu/yg"]
    coverage = found.coverage
    assert (coverage.reported, coverage.expected, coverage.missing) == (1, 2, (G2,))
    below = await office.rollup_cells(G2, 0, DAY, DAY)
    assert below.coverage.missing == (G2,)


# -- epochs ----------------------------------------------------------------------------------------


async def test_a_new_epoch_is_minted_once_for_each_rollback(office: Office) -> None:
    events: list[OfficeEvent] = []
    office.listen(events.append)
    old = office.epoch
    new = await office.new_epoch("rolled back", old, b"key")
    assert new == office.epoch != old
    assert await office.new_epoch("rolled back", old, b"key") == new
    assert events == [EpochChanged(new, "rolled back")]
    await office.submit(batch(Author("zhang").op(1, {"unit": G1, "door": "1"})))
    assert office.epoch == new


async def test_the_history_is_known_at_every_seq(office: Office) -> None:
    hist = office.hist
    await office.upsert([door(1)], "office")
    assert await office.hist_at(1) == hist
    assert await office.hist_at(2) == office.hist
    assert await office.hist_at(3) is None


# -- who may come in -------------------------------------------------------------------------------


async def test_an_enrolment_code_lists_one_key(office: Office, world: World) -> None:
    events: list[OfficeEvent] = []
    office.listen(events.append)
    code = await office.create_invite(G1, Role.GRID, "张三", NOW_MS + 1000)
    assert handshake.normal_code(code) == code
    invite_id = handshake.invite_id(code)
    invite = await office.invite(invite_id)
    assert invite.key == handshake.code_key(code)
    terminal = await office.take_invite(invite_id, b"p" * 32)
    assert events == [TerminalChanged(terminal)]
    assert await office.terminal(terminal.key_id) == terminal
    with pytest.raises(InviteRefused):
        await office.take_invite(invite_id, b"q" * 32)
    late = await office.create_invite(G1, Role.GRID, "李四", NOW_MS + 1000)
    world.now_ms += 1000
    with pytest.raises(InviteExpired):
        await office.invite(handshake.invite_id(late))


async def test_a_revoked_terminal_is_told_and_stays_listed(office: Office) -> None:
    code = await office.create_invite(G1, Role.GRID, "张三", NOW_MS + 1000)
    terminal = await office.take_invite(handshake.invite_id(code), b"p" * 32)
    events: list[OfficeEvent] = []
    office.listen(events.append)
    revoked = await office.revoke(terminal.key_id)
    assert revoked.revoked
    assert events == [TerminalChanged(revoked)]
    assert await office.terminals() == [revoked]


async def test_a_terminal_that_is_given_other_units_is_told(office: Office) -> None:
    code = await office.create_invite(G1, Role.GRID, "张三", NOW_MS + 1000)
    terminal = await office.take_invite(handshake.invite_id(code), b"p" * 32)
    office.touch(terminal.key_id, Touch(NOW_MS, "armband 0.1"))
    events: list[OfficeEvent] = []
    office.listen(events.append)
    moved = await office.assign(terminal.key_id, Role.CHIEF, ("lianhu/yg/g2",))
    assert (moved.role, moved.scope) == (Role.CHIEF, ("lianhu/yg/g2",))
    assert moved.software == "armband 0.1", "what it said of itself is kept"
    assert events == [TerminalChanged(moved)]
    assert await office.terminal(terminal.key_id) == moved


async def test_a_token_needs_its_secret_and_expires(office: Office, world: World) -> None:
    token_id, secret = await office.create_token("lianhu/yg", NOW_MS + 1000)
    token = await office.check_token(token_id, secret)
    assert token is not None
    assert token.unit == "lianhu/yg"
    assert await office.check_token(token_id, b"x" * len(secret)) is None
    assert await office.check_token(b"x" * 8, secret) is None
    world.now_ms += 1000
    assert await office.check_token(token_id, secret) is None


async def test_secrets_are_not_in_the_file(tmp_path: Path, world: World) -> None:
    await create_office(tmp_path, OFFICE, "莲湖街道", world.environment)
    async with open_office(tmp_path, world.environment) as office:
        code = await office.create_invite(G1, Role.GRID, "张三", NOW_MS + 1000)
        _token_id, secret = await office.create_token(G1, NOW_MS + 1000)
    raw = (tmp_path / STORE_FILE).read_bytes()
    assert code.encode() not in raw
    assert secret not in raw
