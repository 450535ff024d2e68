"""Roll-up subscriptions: snapshot and deltas together are what a new snapshot says."""

from __future__ import annotations

from random import Random
from weakref import WeakKeyDictionary

import pytest

from armband.server.watch import rollup_frames
from armband.shared import limits, wire
from armband.shared.days import add_days
from armband.shared.fields import Patch, Value
from armband.shared.permissions import Role
from armband.shared.rollup import CellKey, Coverage, Metrics
from support.office_rig import START_MS, Rig
from support.peer import Peer, check_patch, record_id

YG, G1, G2 = "lianhu/yg", "lianhu/yg/g1", "lianhu/yg/g2"
DAY_MS = 86_400_000


BOARDS: WeakKeyDictionary[Peer, dict[int, Board]] = WeakKeyDictionary()
"""Each peer's boards by subscription."""


class Board:
    """What a subscriber holds of one subscription."""

    def __init__(self, peer: Peer, sub: int) -> None:
        self.peer, self.sub = peer, sub
        self.cells: dict[CellKey, Metrics] = {}
        self.names: dict[str, wire.UnitName] = {}
        self.coverage: wire.CoverageRow | None = None
        self.day = ""
        self.seq = 0
        self.resets = 0
        self.others = BOARDS.setdefault(peer, {})
        self.others[sub] = self

    async def update(self) -> wire.RollupFrame:
        """Take the next whole update; frames of the peer's other boards go to those."""
        while True:
            frame = await self.peer.next(wire.RollupFrame)
            self.others[frame.sub].apply(frame)
            if frame.sub == self.sub and not frame.more:
                return frame

    def apply(self, frame: wire.RollupFrame) -> None:
        if frame.reset:
            self.cells.clear()
            self.resets += 1
        body = wire.unpack_rollup(frame.body)
        self.day, self.coverage = body.day, body.coverage
        assert frame.seq >= self.seq
        self.seq = frame.seq
        self.names.update({unit.code: unit for unit in body.units})
        for row in body.rows:
            self.cells.pop((row.day, row.unit), None)
            if row.metrics:
                self.cells[row.day, row.unit] = row.metrics

    async def until_seq(self, seq: int) -> None:
        while self.seq < seq:
            await self.update()


async def board(peer: Peer, unit: str, depth: int, *days: str, sub: int = 1) -> Board:
    made = Board(peer, sub)
    await peer.send(wire.Subscribe(sub, unit, depth, *days))
    await made.update()
    return made


async def chief(rig: Rig) -> Peer:
    key, _listed = await rig.enrol("lianhu", Role.STREET)
    peer = rig.connect(key)
    await peer.welcome(rig.clock())
    await peer.next(wire.CaughtUp)
    return peer


async def check(rig: Rig, peer: Peer, number: int, unit: str = G1, **more: Value) -> int:
    """Record a check and wait for its receipt; the office's seq then."""
    patch = check_patch(unit, rig.clock(), rig.office.today, **more)
    await peer.record(rig.clock(), record_id(number), "check", unit, patch)
    return (await peer.next(wire.Receipts)).seq


async def test_the_first_frame_has_cells_names_and_coverage(rig: Rig) -> None:
    peer = await chief(rig)
    await check(rig, peer, 1)
    seen = await board(peer, YG, 1)
    assert seen.resets == 1
    assert seen.day == rig.office.today
    assert seen.cells[seen.day, YG]["checks.total"] == 1
    assert seen.cells["", YG]["units.grid"] == 2
    assert {code: unit.name for code, unit in seen.names.items()} == {
        YG: "阳光社区", G1: "第1网格", G2: "第2网格",
    }  # fmt: skip
    assert seen.coverage == wire.CoverageRow(1, 2, [G2])


async def test_a_check_moves_the_board_at_once(rig: Rig) -> None:
    peer, watcher = await chief(rig), await chief(rig)
    seen = await board(watcher, YG, 0)
    assert seen.coverage == wire.CoverageRow(0, 2, [G1, G2])
    seq = await check(rig, peer, 1, G2, temp_tenths=380)
    await seen.until_seq(seq)
    assert seen.cells[seen.day, YG]["checks.fever"] == 1
    assert seen.coverage == wire.CoverageRow(1, 2, [G1])
    # Not one cell of a level that was not asked for.
    assert {unit for _day, unit in seen.cells} == {YG}
    # Yet the missing grids have names.
    assert seen.names[G1].name == "第1网格"


async def test_a_cell_that_becomes_empty_says_so(rig: Rig) -> None:
    peer = await chief(rig)
    await check(rig, peer, 1, temp_tenths=380)
    seen = await board(peer, G1, 0)
    assert seen.coverage == wire.CoverageRow(1, 1, [])
    stamp = peer.key.stamp
    await peer.record(rig.clock(), record_id(1), "check", G1, {"void": "twice"}, seen=stamp)
    seq = (await peer.next(wire.Receipts)).seq
    await seen.until_seq(seq)
    assert (seen.day, G1) not in seen.cells
    assert seen.coverage == wire.CoverageRow(0, 1, [G1])


@pytest.mark.parametrize("seed", range(4))
async def test_snapshot_and_deltas_are_the_snapshot(
    rig: Rig, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random changes, small buffers, a subscriber that sleeps now and then."""
    monkeypatch.setattr("armband.server.watch.MAX_PENDING_CELLS", 12)
    monkeypatch.setattr(limits, "ROLLUP_INTERVAL_S", 0.01)
    random = Random(seed)
    peer, watcher = await chief(rig), await chief(rig)
    boards = [await board(watcher, "lianhu", depth, sub=depth) for depth in (0, 1, 2)]
    for number in range(40):
        unit = random.choice([G1, G2, "lianhu/hy/g1"])
        code = random.choice(["green", "yellow", "red"])
        record = random.randrange(25)
        seq = await check(rig, peer, record, unit, code=code, temp_tenths=random.choice([365, 380]))
        if random.random() < 0.2:
            await boards[number % 3].update()
    # The last change touches every board: until here nobody can be sure to hear of each.
    seq = await check(rig, peer, 99)
    for seen in boards:
        await seen.until_seq(seq)
    fresh = await chief(rig)
    for depth, seen in enumerate(boards):
        again = await board(fresh, "lianhu", depth, sub=depth)
        assert again.cells == seen.cells
        assert again.coverage == seen.coverage
        assert again.names == {code: seen.names[code] for code in again.names}


async def test_within_the_interval_nothing_more_is_sent(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ROLLUP_INTERVAL_S", 3600.0)
    peer, watcher = await chief(rig), await chief(rig)
    seen = await board(watcher, "lianhu", 2)
    for number in range(5):
        await check(rig, peer, number)
    # An answer to a question asked afterwards overtakes no frame that was due.
    await watcher.send(wire.HistoryRequest(1, record_id(1)))
    await watcher.next(wire.HistoryReply)
    assert [m for m in watcher.seen if isinstance(m, wire.RollupFrame)][1:] == []
    # A new subscription does not wait for an older one's interval.
    again = await board(watcher, "lianhu", 0, sub=2)
    assert again.cells[again.day, "lianhu"]["checks.total"] == 5
    assert (seen.day, "lianhu") not in seen.cells


async def test_at_midnight_a_subscription_of_today_starts_anew(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.server.hub.DAY_CHECK_S", 0.02)
    peer = await chief(rig)
    await check(rig, peer, 1)
    # The gateway's day task is in its first sleep with the old interval: start one anew.
    await rig.gateway.stop()
    rig.gateway = type(rig.gateway)(rig.office, rig.environment)
    rig.gateway.start()
    watcher = await chief(rig)
    seen = await board(watcher, YG, 0)
    fixed = await board(watcher, YG, 0, seen.day, seen.day, sub=2)
    assert seen.cells[seen.day, YG]["checks.total"] == 1
    yesterday = seen.day
    rig.clock.now_ms = START_MS + DAY_MS
    frame = await seen.update()
    assert frame.reset
    assert seen.day == add_days(yesterday, 1)
    assert (seen.day, YG) not in seen.cells
    assert seen.coverage == wire.CoverageRow(0, 2, [G1, G2])
    assert fixed.resets == 1


async def test_past_days_are_read_and_kept_current(rig: Rig) -> None:
    peer = await chief(rig)
    await check(rig, peer, 1)
    first = rig.office.today
    rig.clock.now_ms = START_MS + DAY_MS
    await check(rig, peer, 2)
    seen = await board(peer, YG, 0, first, rig.office.today)
    assert [seen.cells[day, YG]["checks.total"] for day in (first, rig.office.today)] == [1, 1]
    patch = check_patch(G2, START_MS, first)
    await peer.record(rig.clock(), record_id(3), "check", G2, patch)
    seq = (await peer.next(wire.Receipts)).seq
    await seen.until_seq(seq)
    assert seen.cells[first, YG]["checks.total"] == 2


async def test_a_new_unit_is_named_when_it_comes(rig: Rig) -> None:
    peer = await chief(rig)
    seen = await board(peer, YG, 1)
    code = f"{YG}/g3"
    patch: Patch = {"unit": code, "name": "第3网格", "level": "grid"}
    await peer.record(rig.clock(), record_id(50), "unit", code, patch)
    seq = (await peer.next(wire.Receipts)).seq
    await seen.until_seq(seq)
    assert seen.names[code].name == "第3网格"
    assert seen.coverage == wire.CoverageRow(0, 3, [G1, G2, code])


async def test_unsubscribing_ends_the_frames(rig: Rig) -> None:
    peer = await chief(rig)
    await board(peer, YG, 0)
    await peer.send(wire.Unsubscribe(1))
    await check(rig, peer, 1)
    seen = await board(peer, G1, 0, sub=2)
    await seen.until_seq(rig.office.seq)
    frames = [m for m in peer.seen if isinstance(m, wire.RollupFrame) and m.sub == 1]
    assert len(frames) == 1


async def test_too_many_cells_are_refused_with_what_would_do(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("armband.server.rollup_feeder.MAX_CELLS", 10)
    peer = await chief(rig)
    await peer.send(wire.Subscribe(1, "lianhu", 2, "2022-06-01", "2022-06-10"))
    refusal = await peer.next(wire.Refusal)
    assert refusal.code == wire.CLOSE_LIMIT
    assert "fewer days" in refusal.reason


def test_large_updates_travel_in_frames_within_the_limit() -> None:
    from armband.server.watch import Watch

    random = Random(3)
    watch = Watch(wire.Subscribe(1, "lianhu", 3), "2022-06-12", lambda: None)
    cells: dict[CellKey, Metrics] = {}
    for number in range(4000):
        metrics = {f"m{random.getrandbits(60):x}": random.getrandbits(40) for _ in range(12)}
        cells["2022-06-12", f"lianhu/u{number:04}"] = metrics
    names = [wire.UnitName(f"lianhu/u{number:04}", f"名{number}", "grid") for number in range(4000)]
    frames = rollup_frames(watch, (7, 8), True, cells, names, Coverage(0, 0, ()))
    assert all(len(frame) <= limits.MAX_FRAME for frame in frames)
    seen: dict[CellKey, Metrics] = {}
    named: dict[str, wire.UnitName] = {}
    flags = []
    for frame in frames:
        message = wire.decode_from_office(frame)
        assert isinstance(message, wire.RollupFrame)
        flags.append((message.reset, message.more))
        body = wire.unpack_rollup(message.body)
        seen.update({(row.day, row.unit): row.metrics for row in body.rows})
        named.update({unit.code: unit for unit in body.units})
    assert seen == cells
    assert len(named) == 4000
    assert flags == [(True, True), *[(False, True)] * (len(frames) - 2), (False, False)]
