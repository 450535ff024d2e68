"""Decide a group of submissions: from what the store holds to what it shall hold.

One pure step for each operation, in the order in which the submissions came and their operations
stand in their chains, so that it does not matter how operations are split into batches and groups:

    known?  -> its first receipt again
    place   -> next on its branch, a new branch, an orphan, or `UnknownPredecessor`
    refused -> quarantine, with the reason; its successors go on behind it
    else    -> stamp, history, merge, receipt

Then the changed records are counted once each, and the totals follow.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from armband.server.commit.admission import refusal
from armband.server.commit.asked import Origin, Refusal
from armband.server.commit.chains import Chains, Place
from armband.server.commit.effects import Effects
from armband.server.commit.filing import Filing, homes_of, nonce_after
from armband.server.commit.model import Batch, TerminalGrant, Upsert
from armband.server.commit.records import Records
from armband.server.commit.rows import (
    ChainRange,
    Changes,
    KeptAside,
    Loaded,
    LoadRequest,
    Stamped,
    Totals,
    TotalsRequest,
)
from armband.server.commit.upsert import wanted_patch
from armband.server.commit.writes import Stamp
from armband.server.errors import UnknownPredecessor
from armband.shared import hlc, wire
from armband.shared.drafts import Draft
from armband.shared.kinds import CATALOGUE
from armband.shared.ops import (
    CHAIN_START,
    Op,
    Payload,
    WireOp,
    encode_payload,
    link,
    next_history,
)
from armband.shared.permissions import Role
from armband.shared.regridding import Forwards

OUTCOME_NEW = "new"
OUTCOME_CHANGED = "changed"
OUTCOME_UNCHANGED = "unchanged"
OUTCOME_REFUSED = "refused: "
"""What became of a draft; a refusal goes on with the reason."""
OUTCOME_KEPT = "; kept: "
"""Follows an outcome where fields put right by hand were left alone: their names, by commas."""

Submission = Batch | Upsert
Answer = list[wire.Receipt] | list[str] | UnknownPredecessor
"""Receipts of a batch, outcomes of an upsert, or why a batch cannot be taken."""


def needs(
    submissions: Sequence[Submission], office_key: bytes, forwards: Forwards | None = None
) -> LoadRequest:
    """What has to be loaded before these can be decided."""
    chains: list[ChainRange] = []
    keys: dict[bytes, None] = {}
    records: dict[bytes, None] = {}
    if forwards:
        # What names a unit that moved is filed anew, by an operation of the office's own.
        keys[office_key] = None
    for submission in submissions:
        if isinstance(submission, Upsert):
            keys[office_key] = None
            records.update(dict.fromkeys(draft.id for draft in submission.drafts))
            if forwards and forwards.by_door:
                records.update(dict.fromkeys(homes_of(d.fields for d in submission.drafts)))
            continue
        first = submission.ops[0]
        last = submission.ops[-1]
        chains.append(ChainRange(first.key_id, first.counter - 1, last.counter))
        keys[first.key_id] = None
        bodies = [op.body for op in submission.ops if op.body is not None]
        records.update(dict.fromkeys(body.record for body in bodies))
        if forwards and forwards.by_door:
            records.update(dict.fromkeys(homes_of(body.patch for body in bodies)))
    return LoadRequest(tuple(chains), tuple(keys), tuple(records))


class Decision:
    """A decided group: `answers`, one for each submission, hold once the changes are on disk."""

    def __init__(
        self,
        loaded: Loaded,
        submissions: Sequence[Submission],
        now_ms: int,
        forwards: Forwards | None = None,
    ) -> None:
        self._loaded = loaded
        self._filing = Filing(forwards or Forwards(), loaded.office.key_id)
        self._now_ms = now_ms
        self._office = loaded.office
        self._seq = loaded.office.seq
        self._hist = loaded.office.hist
        self._top = loaded.office.top
        self._chains = Chains(loaded)
        self._records = Records(loaded)
        self._stamped: list[Stamped] = []
        self._kept_aside: list[KeptAside] = []
        self.answers: list[Answer] = [self._take(submission) for submission in submissions]
        self._steps = self._records.steps()
        self._effects = Effects(loaded.office.policy)
        for step in self._steps:
            self._effects.add(step)

    @property
    def totals(self) -> TotalsRequest:
        """The stored totals that `settle` needs."""
        return self._effects.request()

    def settle(self, totals: Totals) -> Changes:
        """Everything to be written."""
        cells, members = self._effects.settle(totals)
        return Changes(
            office=dataclasses.replace(self._office, seq=self._seq, hist=self._hist, top=self._top),
            now_ms=self._now_ms,
            stamped=tuple(self._stamped),
            kept_aside=tuple(self._kept_aside),
            heads=self._chains.moved,
            forks=tuple(self._chains.forks),
            moves=tuple(self._records.moves),
            records=tuple(step.row for step in self._steps),
            cells=cells,
            members=members,
            digests=self._effects.settle_digests(totals),
        )

    def _take(self, submission: Submission) -> Answer:
        if isinstance(submission, Upsert):
            return self._take_upsert(submission)
        return self._take_batch(submission)

    def _take_batch(self, batch: Batch) -> Answer:
        grant = batch.terminal
        if batch.key_id in self._loaded.revoked:
            grant = dataclasses.replace(grant, revoked=True)
        try:
            return [self._take_op(op, batch, grant) for op in batch.ops]
        except UnknownPredecessor as error:
            # Only the first operation can lack its predecessor: nothing of the batch was taken.
            return error

    def _take_op(self, op: Op, batch: Batch, grant: TerminalGrant) -> wire.Receipt:
        known = self._chains.find(op)
        if known is not None:
            return known.receipt
        place = self._chains.place(op, repushing=batch.repushing)
        record = op.body.record if op.body is not None else None
        target = self._records.target(record) if record is not None else None
        origin = Origin(grant, place.branch, batch.repushing)
        refused = refusal(op, target, self._filing.origin(op, target, origin))
        if refused is not None:
            return self._keep_aside(op, place, refused)
        receipt = self._stamp(op, place, clock_offset_ms=batch.clock_offset_ms)
        self._file(op)
        return receipt

    def _file(self, op: Op) -> None:
        """A record that was put on a unit which has moved is moved along."""
        assert op.body is not None, "an operation without a body is refused"
        moved = self._filing.payload(op.body, self._records)
        if moved is not None:
            own = self._own_op(moved, nonce_after(op.id))
            floor = self._chains.head(own.key_id).eff
            self._stamp(own, Place(own.key_id, floor), clock_offset_ms=0)

    def _keep_aside(self, op: Op, place: Place, refused: Refusal) -> wire.Receipt:
        receipt = wire.Receipt(
            op.counter, wire.STATUS_QUARANTINED, 0, 0, refused.reason, refused.detail
        )
        self._kept_aside.append(
            KeptAside(op, place.branch, place.floor, refused.reason, refused.detail)
        )
        self._chains.add(op, place, place.floor, receipt)
        return receipt

    def _stamp(self, op: Op, place: Place, *, clock_offset_ms: int) -> wire.Receipt:
        eff = hlc.effective_stamp(op.wire.hlc, self._now_ms, self._top, place.floor)
        suspect = abs(clock_offset_ms) > hlc.DRIFT_MS or hlc.is_clamped(
            op.wire.hlc, self._now_ms, self._top
        )
        self._top = max(self._top, eff)
        self._seq += 1
        self._hist = next_history(self._hist, op.id, eff, place.branch, suspect=suspect)
        assert op.body is not None, "an operation without a body is refused"
        stamp = Stamp(op.id, place.branch, op.counter, eff, suspect)
        status = self._records.apply(op.body, stamp, self._seq)
        self._stamped.append(Stamped(op, place.branch, self._seq, eff, suspect, status, self._hist))
        receipt = wire.Receipt(op.counter, status, self._seq, eff)
        self._chains.add(op, place, eff, receipt)
        return receipt

    def _take_upsert(self, upsert: Upsert) -> list[str]:
        pairs = zip(upsert.drafts, upsert.nonces, strict=True)
        return [self._take_draft(draft, nonce, upsert) for draft, nonce in pairs]

    def _take_draft(self, draft: Draft, nonce: int, upsert: Upsert) -> str:
        """Make one record as the draft says; refused ones leave no trace but their answer."""
        if draft.kind not in CATALOGUE:
            return f"{OUTCOME_REFUSED}no kind of record is called {draft.kind!r}"
        draft = self._filing.draft(draft, self._records)
        present = self._records.get(draft.id)
        state = present.state if present is not None else None
        wanted = wanted_patch(draft, state, self._office.key_id, decided=upsert.decided)
        kept = OUTCOME_KEPT + ",".join(wanted.kept) if wanted.kept else ""
        if not wanted.patch:
            return OUTCOME_UNCHANGED + kept
        version = present.version if present is not None else 0
        payload = Payload(draft.id, draft.kind, draft.unit, wanted.patch, version, upsert.author)
        op = self._own_op(payload, nonce)
        grant = TerminalGrant(Role.STREET, (self._office.code,))
        refused = refusal(op, self._records.target(draft.id), Origin(grant, op.key_id))
        if refused is not None:
            return f"{OUTCOME_REFUSED}{refused.detail}"
        is_new = present is None or not present.unit
        floor = self._chains.head(op.key_id).eff
        self._stamp(op, Place(op.key_id, floor), clock_offset_ms=0)
        self._file(op)
        return (OUTCOME_NEW if is_new else OUTCOME_CHANGED) + kept

    def _own_op(self, payload: Payload, nonce: int) -> Op:
        """The next operation of the office's own chain, which has one branch."""
        key_id = self._office.key_id
        head = self._chains.head(key_id)
        stamp = hlc.tick(self._top, self._now_ms)
        wire_op = WireOp(stamp, nonce, encode_payload(payload))
        return link(head.op or CHAIN_START, key_id, head.counter + 1, wire_op)
