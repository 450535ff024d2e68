"""The feed: whole frames from the cursor on or nothing; what is there is proved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from armband.client.errors import ProtocolViolation
from armband.client.model import LedgerQuery
from armband.client.search.terms import query_pieces
from armband.client.store import derive
from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.ids import NO_ID
from armband.shared.merge import State, Write, encode_state
from armband.shared.ops import set_digest
from support.local import GRID, Local, local_terminal
from support.mini_office import MiniOffice


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[Local]:
    async with local_terminal(tmp_path) as opened:
        yield opened


@pytest.fixture
def office(local: Local) -> MiniOffice:
    made = MiniOffice(local.clock.now_ms)
    for number in range(1, 6):
        made.write(bytes([number]) * 16, "household", {"unit": GRID, "door": f"1-1-{number}"})
    return made


async def feed(local: Local, office: MiniOffice, page: int = 1000) -> None:
    point = await local.store.sync_point()
    frame, rows = office.feed(point.cursor, page)
    await local.store.apply_feed(frame, rows, local.clock.now_ms)


async def total(local: Local) -> int:
    return (await local.terminal.ledger(LedgerQuery("household"), 0, 1)).total


async def test_pages_move_the_cursor_and_the_witness(local: Local, office: MiniOffice) -> None:
    await feed(local, office, page=2)
    point = await local.store.sync_point()
    assert (point.cursor, point.witness_seq) == (2, 2)
    assert point.witness_hist == office.hists[2]
    assert await total(local) == 2
    await feed(local, office)
    assert (await local.store.sync_point()).cursor == 5
    assert await total(local) == 5


@pytest.mark.parametrize("from_seq", [0, 1, 3, 99])
async def test_a_frame_that_does_not_start_at_the_cursor_is_refused(
    local: Local, office: MiniOffice, from_seq: int
) -> None:
    await feed(local, office, page=2)
    frame, rows = office.feed(from_seq)
    with pytest.raises(ProtocolViolation) as refused:
        await local.store.apply_feed(frame, rows, local.clock.now_ms)
    assert refused.value.code == wire.CLOSE_PROTOCOL
    assert (await local.store.sync_point()).cursor == 2
    assert await total(local) == 2


async def test_a_frame_with_a_damaged_row_leaves_nothing(local: Local, office: MiniOffice) -> None:
    frame, rows = office.feed(0)
    rows[3] = wire.FeedRow(4, b"\xc1 no state")
    with pytest.raises(ProtocolViolation):
        await local.store.apply_feed(frame, rows, local.clock.now_ms)
    assert (await local.store.sync_point()).cursor == 0
    assert await total(local) == 0
    await feed(local, office)
    assert await total(local) == 5


async def test_everything_is_there_is_proved(local: Local, office: MiniOffice) -> None:
    await feed(local, office)
    caught = office.caught_up()
    assert (await local.store.status()).checked is None
    assert (await local.store.caught_up(caught, 7_000))[0]
    told = await local.store.status()
    assert (told.checked, told.agrees) == (7_000, True)
    wrong_count = wire.CaughtUp(caught.seq, caught.hist, caught.digest, caught.count + 1)
    assert not (await local.store.caught_up(wrong_count, 0))[0]
    wrong_digest = wire.CaughtUp(caught.seq, caught.hist, NO_ID, caught.count)
    assert not (await local.store.caught_up(wrong_digest, 9_000))[0]
    told = await local.store.status()
    assert (told.checked, told.agrees) == (9_000, False)


async def test_a_row_lost_from_the_file_is_noticed_at_the_first_check(
    local: Local, office: MiniOffice
) -> None:
    await feed(local, office)
    await local.store._db.write(lambda conn: conn.execute("DELETE FROM base WHERE seq = 3"))
    assert not (await local.store.caught_up(office.caught_up(), 0))[0]
    await local.terminal.replica.rebuild()
    await feed(local, office)
    assert (await local.store.caught_up(office.caught_up(), 0))[0]


async def test_the_digest_is_kept_in_step(local: Local, office: MiniOffice) -> None:
    await feed(local, office)
    assert (await local.store.caught_up(office.caught_up(), 0))[0]
    office.write(b"\x02" * 16, "household", {"phone": "13800000001"})
    office.write(b"\x03" * 16, "household", {"unit": "elsewhere/x"})
    frame, rows = office.feed(5, left=[b"\x03" * 16])
    await local.store.apply_feed(frame, rows, 0)
    assert (await local.store.caught_up(office.caught_up(), 0))[0]
    rows_here = [(record, seq) for record, (seq, _s) in office.readable().items()]
    assert office.caught_up().digest == set_digest(rows_here)


async def test_a_kind_of_tomorrow_is_carried_and_not_lost(local: Local, office: MiniOffice) -> None:
    office.write(b"t" * 16, "drone", {"unit": GRID, "height": 12, "rotors": [1, 2]})
    await feed(local, office)
    entry = await local.terminal.entry(b"t" * 16)
    assert entry is not None
    assert entry.view.fields == {"height": 12, "rotors": [1, 2]}
    assert (await local.terminal.ledger(LedgerQuery("drone"), 0, 10)).total == 1
    assert (await local.store.caught_up(office.caught_up(), 0))[0]


async def test_a_record_without_its_beginning_is_not_shown(
    local: Local, office: MiniOffice
) -> None:
    await feed(local, office)
    write = Write(1 << 40, b"w" * 16, b"b" * 16, 1, 0, "x", False, {"phone": "13800000001"})
    row = wire.FeedRow(6, encode_state(State(b"p" * 16, "household", (write,))))
    await local.store.apply_feed(wire.Feed(5, 6, b"h" * 16, b"", []), [row], 0)
    assert await local.terminal.entry(b"p" * 16) is None
    assert await total(local) == 5


async def test_what_another_release_derived_is_derived_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with local_terminal(tmp_path) as local:
        await local.terminal.record([Draft("household", b"h" * 16, GRID, {"door": "1-1-101"})])
        await local.store._db.write(lambda conn: conn.execute("DELETE FROM terms"))
    async with local_terminal(tmp_path) as local:
        assert await local.terminal.match(query_pieces("1-101"), 5) == []
    monkeypatch.setattr(derive, "_RULES", derive._RULES + 1)
    async with local_terminal(tmp_path) as local:
        (match,) = await local.terminal.match(query_pieces("1-101"), 5)
        assert match.door == "1-1-101"
