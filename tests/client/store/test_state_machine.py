"""Whatever happens in whatever order, what screens read is the fold of base and own operations.

The oracle keeps the base and the own operations as plain Python and folds them anew after each
step; it shares `merge` with the store and nothing else.
"""

from __future__ import annotations

import copy
import shutil
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from armband.client.errors import ProtocolViolation
from armband.client.model import Entry, LedgerQuery, Standing
from armband.client.recorder import Recorder
from armband.client.search.terms import record_terms
from armband.client.store.driver import InlineDatabase
from armband.client.store.store import Store
from armband.shared import hlc, wire
from armband.shared.drafts import Draft
from armband.shared.errors import InvalidRecord
from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE
from armband.shared.merge import State, Write, decode_state, merge, view
from armband.shared.ops import Payload, link, set_digest
from support.examples import examples
from support.local import KEY_ID, START_MS, identity
from support.mini_office import MiniOffice
from support.own_ops import Own, run

RECORDS = [bytes([n]) * 16 for n in range(1, 4)]
UNITS = ["lianhu/a/g1", "lianhu/a/g2", "lianhu/b/g1"]
PHONES = ["13800000001", "13800000002", "13800000003"]
UNWANTED = "13899999999"
"""A telephone that the office of these tests refuses."""
HEADS = ["李雪婷", "王建国"]
values = st.fixed_dictionaries(
    {},
    optional={
        "phone": st.sampled_from([*PHONES, UNWANTED]),
        "head": st.sampled_from(HEADS),
        "unit": st.sampled_from(UNITS),
    },
)


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.now_ms = START_MS
        self.nonce = 0
        self.own: list[Own] = []
        self.base: dict[bytes, tuple[int, State]] = {}
        self.cursor = 0
        self.settled = 0
        self.epoch = b""
        self.scope: tuple[str, ...] = ()
        self.known_stamp = 0
        self.in_transit: list[wire.Receipts] = []
        self.office = MiniOffice(START_MS, ("lianhu",))
        self.office.refuse = lambda patch: "invalid" if patch.get("phone") == UNWANTED else ""
        self.backup = copy.deepcopy(self.office)
        self.epochs = 0

    @initialize()
    def open(self) -> None:
        database = InlineDatabase(self.folder / "terminal.db")
        self.store = Store(database)
        # What a power cut does is another test's matter; here the steps shall be quick.
        database._writer.execute("PRAGMA synchronous = OFF")
        if not run(self.store.is_enrolled()):
            run(self.store.enrol(KEY_ID, identity("lianhu")))
            self.connect()

    def teardown(self) -> None:
        run(self.store.close())
        shutil.rmtree(self.folder)

    # -- what a person does -------------------------------------------------------------------

    def _save(self, record: bytes, plan: Any) -> None:
        self.now_ms += 1
        self.nonce += 1
        payloads: list[Payload] = []

        def planned(known: Any) -> list[Payload]:
            payloads[:] = [plan(known[record])]
            return payloads

        appended, _kinds = run(self.store.append([record], planned, self.now_ms, [self.nonce]))
        batch = run(self.store.waiting(len(self.own), 1, 1))
        assert batch is not None
        (sent,) = batch.wires
        counter = len(self.own) + 1
        op = link(self.own[-1].id if self.own else bytes(16), KEY_ID, counter, sent)
        assert batch.counter == counter
        assert op.id == appended[0].op
        assert sent.hlc > max([self.known_stamp, *(own.hlc for own in self.own)])
        assert op.body == payloads[0]
        for own in self.own:
            own.put_away |= own.id == payloads[0].mends
        self.own.append(Own(op.id, counter, sent.hlc, payloads[0]))

    @property
    def recorder(self) -> Recorder:
        return Recorder(identity("lianhu"), self.now_ms)

    @rule(record=st.sampled_from(RECORDS), unit=st.sampled_from(UNITS), fields=values)
    def record_household(self, record: bytes, unit: str, fields: Patch) -> None:
        given = {"door": "3-2-502", **{k: v for k, v in fields.items() if k != "unit"}}
        draft = Draft("household", record, unit, given)
        self._save(record, lambda known: self.recorder.plan([draft], {record: known})[0])

    @rule(record=st.sampled_from(RECORDS), fields=values.filter(bool))
    def change(self, record: bytes, fields: Patch) -> None:
        if self._view(record) is not None:
            self._save(record, lambda known: self.recorder.change(record, fields, known))

    @rule(record=st.sampled_from(RECORDS))
    def void(self, record: bytes) -> None:
        if self._view(record) is not None:
            self._save(record, lambda known: self.recorder.change(record, {"void": "x"}, known))

    @precondition(lambda self: any(own.in_tray for own in self.own))
    @rule(phone=st.sampled_from(PHONES), aside=st.booleans())
    def empty_the_tray(self, phone: str, aside: bool) -> None:
        refused = run(self.store.tray())[0]
        own = next(own for own in self.own if own.id == refused.op)
        if aside:
            run(self.store.set_aside(own.id))
            own.put_away = True
            return
        record = own.payload.record
        half = own.payload.patch.get("door") is None and self._view(record) is None
        with pytest.raises(InvalidRecord) if half else nullcontext():
            self._save(record, lambda known: self.recorder.mend(refused, {"phone": phone}, known))

    # -- what happens elsewhere ---------------------------------------------------------------

    @rule(record=st.sampled_from(RECORDS), fields=values.filter(bool), blind=st.booleans())
    def somebody_else_writes(self, record: bytes, fields: Patch, blind: bool) -> None:
        self.office.now_ms += 1
        patch = {"unit": UNITS[0], "door": "1-1-101", **fields}
        known = record in self.office.states
        self.office.write(
            record, "household", fields if known else patch, seen=0 if blind else None
        )

    @rule()
    def exchange(self) -> None:
        """All that waits goes out and all that is new comes in."""
        self.connect()
        while any(own.state == "waiting" for own in self.own):
            self.push(3)
            self.receipts_arrive(keep=False)
        while self.cursor < self.office.seq:
            self.feed_arrives(2)
        self.caught_up()

    @rule(how_many=st.integers(1, 4))
    def push(self, how_many: int) -> None:
        batch = run(self.store.waiting(0, how_many, 1 << 20))
        waiting = [own for own in self.own if own.state == "waiting"]
        assert (batch is None) == (not waiting)
        if batch is not None:
            assert batch.counter == waiting[0].counter
            self.in_transit.append(self.office.take(batch, KEY_ID))

    @precondition(lambda self: self.in_transit)
    @rule(keep=st.booleans())
    def receipts_arrive(self, keep: bool) -> None:
        receipts = self.in_transit[0] if keep else self.in_transit.pop(0)
        run(self.store.apply_receipts(receipts, self.now_ms, self.office.now_ms))
        for item in receipts.items:
            own = self.own[item.counter - 1]
            if own.state != "waiting":
                continue
            if item.status == wire.STATUS_QUARANTINED:
                own.state = "refused"
                continue
            own.state, own.seq, own.eff = "held", item.seq, item.eff
            base_seq = self.base.get(own.payload.record, (0, None))[0]
            own.covered = max(base_seq, self.settled) >= item.seq
            self.known_stamp = max(self.known_stamp, item.eff)

    # -- the feed -----------------------------------------------------------------------------

    def _connected(self) -> bool:
        return self.epoch == self.office.epoch and self.scope == self.office.scope

    @precondition(lambda self: self._connected() and self.cursor < self.office.seq)
    @rule(page=st.integers(1, 3))
    def feed_arrives(self, page: int) -> None:
        feed, rows = self.office.feed(self.cursor, page)
        left = [
            record
            for record in self.base
            if record not in self.office.readable()
            and self.cursor < self.office.states[record][0] <= feed.to_seq
        ]
        feed = wire.Feed(feed.from_seq, feed.to_seq, feed.hist, b"", left)
        run(self.store.apply_feed(feed, rows, self.now_ms))
        self.cursor = feed.to_seq
        for row in rows:
            state = decode_state(row.state)
            self.base[state.id] = (row.seq, state)
            self.known_stamp = max(self.known_stamp, state.stamp)
            self._cover(state.id, row.seq)
        for record in left:
            del self.base[record]
            self._cover(record, feed.to_seq)

    def _cover(self, record: bytes, seq: int) -> None:
        for own in self.own:
            if own.payload.record == record and own.state == "held" and own.seq <= seq:
                own.covered = True

    @rule(off=st.sampled_from([-1, 1, 1000]))
    def a_feed_from_elsewhere_is_refused(self, off: int) -> None:
        feed = wire.Feed(self.cursor + off, self.cursor + off + 5, bytes(16), b"", list(self.base))
        with pytest.raises(ProtocolViolation):
            run(self.store.apply_feed(feed, [], self.now_ms))

    @precondition(lambda self: self._connected() and self.cursor == self.office.seq)
    @rule()
    def caught_up(self) -> None:
        caught = self.office.caught_up()
        agree, _kinds = run(self.store.caught_up(caught, self.now_ms))
        assert agree
        self.settled = caught.seq
        for own in self.own:
            if own.state == "held" and own.seq <= caught.seq:
                own.covered = True

    def another_digest_is_noticed(self) -> None:
        rows = [(record, seq) for record, (seq, _state) in self.base.items()]
        wrong = wire.CaughtUp(self.cursor, bytes(16), set_digest([*rows, (b"z" * 16, 1)]), 0)
        agree, _kinds = run(self.store.caught_up(wrong, self.now_ms))
        assert not agree

    def rebuild(self) -> None:
        run(self.store.rebuild())
        self._base_cleared()

    def _base_cleared(self) -> None:
        self.base.clear()
        self.cursor = self.settled = 0
        for own in self.own:
            own.covered = False

    # -- connecting ---------------------------------------------------------------------------

    @rule()
    def connect(self) -> None:
        self.in_transit.clear()
        welcome = self.office.welcome(KEY_ID)
        new_epoch = welcome.epoch != self.epoch
        clear = new_epoch or tuple(welcome.scope) != self.scope
        run(
            self.store.adopt_welcome(
                welcome, new_epoch=new_epoch, clear_base=clear, now_ms=self.now_ms
            )
        )
        self.epoch, self.scope = welcome.epoch, tuple(welcome.scope)
        for own in self.own:
            if own.state != "waiting" and (new_epoch or own.counter > welcome.head_counter):
                own.state, own.seq, own.eff, own.covered = "waiting", 0, 0, False
        if clear:
            self._base_cleared()

    def scope_changes(self) -> None:
        scopes: list[tuple[str, ...]] = [("lianhu",), ("lianhu/a",), ("lianhu/b",)]
        self.office.scope = scopes[(scopes.index(self.office.scope) + 1) % 3]

    @rule()
    def office_makes_a_backup(self) -> None:
        self.backup = copy.deepcopy(self.office)

    @rule()
    def office_is_restored(self) -> None:
        self.epochs += 1
        self.office = copy.deepcopy(self.backup)
        self.office.epoch = self.epochs.to_bytes(16, "big")
        self.in_transit.clear()

    @rule(what=st.sampled_from(["scope_changes", "rebuild", "reopen", "another_digest_is_noticed"]))
    def something_rare(self, what: str) -> None:
        getattr(self, what)()

    def reopen(self) -> None:
        run(self.store.close())
        self.open()

    # -- what must hold -----------------------------------------------------------------------

    def _view(self, record: bytes) -> Any:
        base = self.base.get(record)
        writes = [
            Write(
                own.eff or own.hlc, own.id, KEY_ID, own.counter, own.payload.seen,
                own.payload.author, False, own.payload.patch, hlc.MAX_STAMP,
            )
            for own in self.own
            if own.payload.record == record and own.shown
        ]  # fmt: skip
        state = base[1] if base else None
        if writes:
            state = merge(state, record, "household", writes)
        found = view(state) if state else None
        return found if found and found.unit else None

    def _standing(self, record: bytes) -> Standing:
        mine = [own for own in self.own if own.payload.record == record]
        if any(own.shown and own.state == "waiting" for own in mine):
            return Standing.WRITTEN
        return Standing.REFUSED if any(own.in_tray for own in mine) else Standing.HELD

    def _shown(self) -> dict[bytes, Entry]:
        page = run(self.store.page(LedgerQuery("household", with_void=True), 0, 100))
        assert page.total == len(page.entries)
        return {entry.view.id: entry for entry in page.entries}

    @invariant()
    def screens_show_the_fold(self) -> None:
        shown = self._shown()
        expected = {record: self._view(record) for record in RECORDS}
        assert {record: entry.view for record, entry in shown.items()} == {
            record: found for record, found in expected.items() if found
        }
        assert {record: entry.standing for record, entry in shown.items()} == {
            record: self._standing(record) for record, found in expected.items() if found
        }

    @invariant()
    def search_finds_what_is_shown(self) -> None:
        kind = CATALOGUE["household"]

        def terms(conn: Any) -> set[tuple[str, bytes]]:
            rows = conn.execute("SELECT term, record FROM terms LEFT JOIN view USING (n)")
            return set(rows)

        expected = {
            (term, record)
            for record, entry in self._shown().items()
            for term in record_terms(kind, entry.view.fields)
        }
        assert run(self.store._db.read(terms)) == expected

    @invariant()
    def the_counts_are_true(self) -> None:
        status = run(self.store.status())
        waiting = sum(own.state == "waiting" for own in self.own)
        held = sum(own.state == "held" for own in self.own)
        tray = [own.id for own in self.own if own.in_tray]
        assert (status.written, status.waiting, status.held) == (len(self.own), waiting, held)
        assert status.refused == len(tray)
        assert [refused.op for refused in run(self.store.tray())] == tray
        contested = {r for r in RECORDS if (found := self._view(r)) and found.conflicts}
        assert status.conflicts == len(contested)
        assert {conflict.record for conflict in run(self.store.conflicts())} == contested


TestStore = StoreMachine.TestCase
TestStore.settings = settings(
    max_examples=examples(40),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
