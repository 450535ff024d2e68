"""Planted bugs: what each gets wrong, and the edits that plant it."""

from __future__ import annotations

from dataclasses import dataclass

CLIENT = "client/armband/client/"
SERVER = "server/armband/server/"
SHARED = "shared/armband/shared/"


@dataclass(frozen=True, slots=True)
class Edit:
    """``old`` stands exactly once in the file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """One planted bug; ``mix`` is where it is looked for."""

    name: str
    says: str
    edits: tuple[Edit, ...]
    mix: str = "even"


MUTANTS = (
    Mutant(
        "ack_early",
        "receipts go out before the commit",
        (
            Edit(
                SERVER + "office/committer.py",
                "        try:\n            decision, changes = await self._store.commit(\n",
                "        early = await self._store.rehearse(\n"
                "            needs(submissions, self.row.key_id),\n"
                "            lambda loaded: Decision(loaded, submissions, now_ms),\n"
                "        )\n"
                "        for waiting, answer in zip(group, early.answers, strict=True):\n"
                "            if not waiting.answer.done():\n"
                "                waiting.answer.set_result(answer)\n"
                "        try:\n            decision, changes = await self._store.commit(\n",
            ),
        ),
    ),
    Mutant(
        "cursor_first",
        "a feed frame's cursor is stored before its rows, in a transaction of its own",
        (
            Edit(
                CLIENT + "store/sync_side.py",
                "        return await self._change(\n"
                "            partial(base.apply_feed, feed=feed,",
                "        await self._change(\n"
                "            lambda conn: conn.execute(\n"
                '                "UPDATE sync SET cursor = ?", (feed.to_seq,)\n'
                "            ) and frozenset()\n"
                "        )\n"
                "        return await self._change(\n"
                "            partial(base.apply_feed, feed=feed,",
            ),
            Edit(
                CLIENT + "store/base.py",
                "    if feed.from_seq != sync.cursor:",
                "    if feed.to_seq != sync.cursor:",
            ),
        ),
    ),
    Mutant(
        "stamps_per_batch",
        "a record's version is read once for a batch, not after each operation",
        (
            Edit(
                SERVER + "commit/records.py",
                "        write = landed_write(present.state, body, stamp)\n",
                "        first = present.before\n"
                "        found = decode_state(first.state) if first else None\n"
                "        write = landed_write(found, body, stamp)\n",
            ),
        ),
    ),
    Mutant(
        "own_base",
        "own operations are merged into the base",
        (
            Edit(
                CLIENT + "store/chain.py",
                "    for payload in payloads:\n        if payload.mends:\n",
                "    from armband.shared.merge import Write, encode_state, merge\n"
                "    for payload, row in zip(payloads, rows, strict=True):\n"
                "        if payload.record in bases:\n"
                "            write = Write(row[3], row[1], sync.key_id, row[0], payload.seen,\n"
                "                          payload.author, False, payload.patch)\n"
                "            state = merge(bases[payload.record], payload.record, payload.kind,\n"
                "                          [write])\n"
                "            bases[payload.record] = state\n"
                "            conn.execute('UPDATE base SET state = ? WHERE record = ?',\n"
                "                         (encode_state(state), payload.record))\n"
                "    for payload in payloads:\n        if payload.mends:\n",
            ),
        ),
    ),
    Mutant(
        "no_hlc_merge",
        "a terminal's clock does not follow the feed",
        (
            Edit(
                CLIENT + "store/base.py",
                "    clock = max([sync.hlc, *(state.stamp for _seq, state, _raw in "
                "newest.values())])\n",
                "    clock = sync.hlc\n",
            ),
        ),
    ),
    Mutant(
        "no_clamp",
        "a clock a year ahead stamps a year ahead",
        (
            Edit(
                SHARED + "hlc.py",
                "    return max(min(hlc, limit), previous + 1)\n",
                "    return max(hlc, limit * 0, previous + 1)\n",
            ),
        ),
    ),
    Mutant(
        "counter_key",
        "operations are told apart by terminal and counter",
        (
            Edit(
                SERVER + "commit/chains.py",
                "        return self._known.get((op.key_id, op.id))\n",
                "        for known in self._known.values():\n"
                "            if (known.key_id, known.receipt.counter) == (op.key_id, op.counter):\n"
                "                return known\n"
                "        return None\n",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "no_epoch",
        "an office that has lost history goes on as if it had not",
        (
            Edit(
                SERVER + "admission.py",
                "    if hello.epoch == office.epoch and await _forgotten(office, hello):\n",
                "    if await _forgotten(office, hello) and office.seq < 0:\n",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "no_witness",
        "only the number of the newest operation is compared, not the history",
        (
            Edit(
                SERVER + "admission.py",
                "    return await office.hist_at(hello.witness_seq) != hello.witness_hist\n",
                "    return False\n",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "feed_out_of_order",
        "a feed frame is applied wherever the cursor stands",
        (
            Edit(
                CLIENT + "session.py",
                "        if feed.from_seq != self._cursor or feed.to_seq < feed.from_seq:\n",
                "        if feed.to_seq < feed.from_seq:\n",
            ),
            Edit(
                CLIENT + "store/base.py",
                "    if feed.from_seq != sync.cursor:",
                "    if feed.from_seq < 0:",
            ),
        ),
        mix="network",
    ),
    Mutant(
        "gap_blind",
        "a feed frame beyond the cursor is taken, the gap is not noticed",
        (
            Edit(
                CLIENT + "session.py",
                "        if feed.from_seq != self._cursor or feed.to_seq < feed.from_seq:\n",
                "        if feed.from_seq < self._cursor or feed.to_seq < feed.from_seq:\n",
            ),
            Edit(
                CLIENT + "store/base.py",
                "    if feed.from_seq != sync.cursor:",
                "    if feed.from_seq < sync.cursor:",
            ),
        ),
        mix="network",
    ),
    Mutant(
        "two_senders",
        "two tasks send on one connection",
        (
            Edit(
                SERVER + "connection.py",
                "        sender = asyncio.create_task(self._send_all(welcome), ",
                "        other = asyncio.create_task(self._send_all(b''), name='other')\n"
                "        sender = asyncio.create_task(self._send_all(welcome), ",
            ),
            Edit(
                SERVER + "connection.py",
                "            sender.cancel()\n",
                "            sender.cancel()\n            other.cancel()\n",
            ),
            Edit(
                SERVER + "connection.py",
                "            await put(self._transport, welcome)\n",
                "            if welcome:\n"
                "                await put(self._transport, welcome)\n"
                "            else:\n"
                "                await asyncio.sleep(1)\n",
            ),
        ),
    ),
    Mutant(
        "delta_lost",
        "after a commit that failed, the retry forgets the roll-ups",
        (
            Edit(
                SERVER + "store/sqlite.py",
                "            changes = decision.settle(totals)\n",
                "            changes = decision.settle(totals)\n"
                "            if getattr(self, 'failed', False):\n"
                "                import dataclasses\n"
                "                changes = dataclasses.replace(changes, cells={}, members={})\n",
            ),
            Edit(
                SERVER + "store/sqlite.py",
                "            return decision, changes\n\n"
                "        return await self._db.write(work)\n",
                "            return decision, changes\n\n"
                "        try:\n"
                "            done = await self._db.write(work)\n"
                "        except Exception:\n"
                "            self.failed = True\n"
                "            raise\n"
                "        self.failed = False\n"
                "        return done\n",
            ),
        ),
    ),
    Mutant(
        "conflict_dropped",
        "the last write to arrive wins over one that its author had not seen",
        (
            Edit(
                SHARED + "merge.py",
                "        elif saw(new, other):\n",
                "        else:\n",
            ),
        ),
    ),
    Mutant(
        "deferred_forgotten",
        "an operation that comes before its record never takes effect",
        (
            Edit(
                SERVER + "commit/records.py",
                "        present = self.get(body.record)\n        if present is None:\n"
                "            present = self",
                "        present = self.get(body.record)\n"
                "        if present is None and UNIT not in body.patch:\n"
                "            return wire.STATUS_DEFERRED\n"
                "        if present is None:\n"
                "            present = self",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "scope_loses_unsent",
        "a changed scope empties the base and what waits with it",
        (
            Edit(
                CLIENT + "store/answers.py",
                "    if clear_base:\n        return",
                "    if clear_base:\n"
                "        if not new_epoch:\n"
                "            conn.execute('DELETE FROM ops WHERE state = 0')\n"
                "        return",
            ),
        ),
    ),
    Mutant(
        "receipts_kept",
        "receipts beyond the office's head are believed",
        (
            Edit(
                CLIENT + "store/answers.py",
                "        again = _wait_again(conn, after=0)\n",
                "        again = _wait_again(conn, after=welcome.head_counter)\n",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "left_kept",
        "what left the scope stays in the base",
        (
            Edit(
                CLIENT + "store/base.py",
                '    conn.executemany("DELETE FROM base WHERE record = ?", '
                "[(record,) for record in feed.left])\n",
                "",
            ),
        ),
    ),
    Mutant(
        "scope_ignored",
        "a move out of a terminal's scope is fed to it as a change",
        (
            Edit(
                SERVER + "follower.py",
                "            if self.reader.may_read(change.kind, change.unit):\n",
                "            if self.reader.may_read(change.kind, change.old_unit):\n",
            ),
        ),
    ),
    Mutant(
        "fork_unlisted",
        "a second branch is taken in, and nobody is told",
        (
            Edit(
                SERVER + "commit/chains.py",
                "            self.forks.append(place.fork)\n",
                "            pass\n",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "not_woken",
        "a save whose caller has left waits for the next one",
        (
            Edit(
                CLIENT + "terminal.py",
                "            if self._link is not None:\n                self._link.wake()\n"
                "            return saved\n\n"
                "        appended = await self._engine.settled(write())\n",
                "            return saved\n\n"
                "        appended = await self._engine.settled(write())\n"
                "        if self._link is not None:\n            self._link.wake()\n",
            ),
        ),
    ),
    Mutant(
        "lowered_by_wall",
        "the office's time is reckoned from a wall clock that may have jumped",
        (
            Edit(
                CLIENT + "engine.py",
                "        if self._welcomed is None:\n            return now_ms\n",
                "        return now_ms + self._link.clock_offset_ms\n",
            ),
            # A second guard hides the first one's fault: both are taken away.
            Edit(
                CLIENT + "store/answers.py",
                "            lowered = min(clock, max(lowered, _newest_seen(conn)))\n",
                "",
            ),
        ),
    ),
    Mutant(
        "move_refused",
        "a move that comes before its record is refused as a bad new record",
        (
            Edit(
                SERVER + "commit/admission.py",
                "    is_new = not unit and not op.body.seen\n",
                "    is_new = not unit\n",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "left_dropped",
        "a full disk drops the push of a terminal that has left, and keeps the one behind it",
        (
            Edit(
                SERVER + "office/committer.py",
                "        self._requeue(batches)\n",
                "        self._requeue([w for w in batches if not w.answer.done()])\n",
            ),
        ),
        mix="network",
    ),
    Mutant(
        "history_of_stamps",
        "the history covers stamps alone, not what else the office decides",
        (
            Edit(
                SHARED + "ops.py",
                "    digest.update(branch)\n    digest.update(bytes([suspect]))\n",
                "",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "late_receipt",
        "a feed frame settles only the records that it names",
        (
            Edit(
                CLIENT + "engine.py",
                "        live = self._link.connected and not self._link.catching_up\n",
                "        live = False\n",
            ),
        ),
    ),
    Mutant(
        "lowered_below_seen",
        "a clock that comes back goes below what it has seen",
        (
            Edit(
                CLIENT + "store/answers.py",
                "            lowered = min(clock, max(lowered, _newest_seen(conn)))\n",
                "",
            ),
        ),
    ),
    Mutant(
        "revoked_sees",
        "a revoked terminal goes on showing what the office holds",
        (
            Edit(
                CLIENT + "store/answers.py",
                "rebuild(conn, revoked=welcome.revoked)",
                "rebuild(conn)",
            ),
        ),
    ),
    Mutant(
        "tray_skipped",
        "what is refused for its scope is taken for held",
        (
            Edit(
                CLIENT + "store/answers.py",
                "        if item.status == wire.STATUS_QUARANTINED:\n",
                "        if item.status == wire.STATUS_QUARANTINED and item.reason != 'scope':\n",
            ),
        ),
    ),
    Mutant(
        "dropped_unstable",
        "a terminal drops what the office holds, whether a backup does or not",
        (
            Edit(
                CLIENT + "store/journal.py",
                "    upto = min(mark[1], load_sync(conn).stable_seq)\n",
                "    upto = mark[1]\n",
            ),
        ),
    ),
    Mutant(
        "unverified_backup",
        "a copy is called a backup, and promised, without having been looked at",
        (
            Edit(
                SERVER + "backup.py",
                "    if problems:\n",
                "    if len(problems) > 1_000:\n",
            ),
        ),
    ),
    Mutant(
        "stable_to_head",
        "all that the office has is promised, also what came after the copy was made",
        (
            Edit(
                SERVER + "store/sqlite_office.py",
                "SET stable_seq = max(stable_seq, ?)",
                "SET stable_seq = max(seq, ?)",
            ),
        ),
    ),
    Mutant(
        "stable_kept",
        "a terminal believes the promise of an epoch that is over",
        (
            Edit(
                CLIENT + "store/answers.py",
                "epoch = ?, stable_seq = ?, ",
                "epoch = ?, stable_seq = max(stable_seq, ?), ",
            ),
        ),
        mix="clones",
    ),
    Mutant(
        "base_believed",
        "the set hash of a base is what was kept in step, never that of its rows",
        (
            Edit(
                CLIENT + "store/sync_side.py",
                "whole=not self._proved",
                "whole=False",
            ),
        ),
    ),
    Mutant(
        "unknown_dropped",
        "the office keeps the fields that its own release knows",
        (
            Edit(
                SERVER + "commit/writes.py",
                "        patch=body.patch,\n",
                "        patch={\n"
                "            name: value\n"
                "            for name, value in body.patch.items()\n"
                "            if name in ('unit', 'void', 'reason')\n"
                "            or body.kind not in CATALOGUE\n"
                "            or name in CATALOGUE[body.kind].fields\n"
                "        },\n",
            ),
            Edit(
                SERVER + "commit/writes.py",
                "from __future__ import annotations\n",
                "from __future__ import annotations\nfrom armband.shared.kinds import CATALOGUE\n",
            ),
        ),
    ),
    Mutant(
        "newest_for_all",
        "whoever comes is welcomed in the office's newest protocol",
        (
            Edit(
                SERVER + "admission.py",
                "        protocol=hello.protocol,\n        now_ms=now_ms,\n        epoch=epoch,\n",
                "        protocol=wire.PROTOCOL,\n        now_ms=now_ms,\n        epoch=epoch,\n",
            ),
        ),
    ),
)
