"""Looks at every terminal's file while things go wrong: what must hold at any moment, not only
when all has settled, because the next frame often hides a fault of the last one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from sim.terminal_machine import TerminalMachine
from sim.wiretap import Wiretap

LOOK_S = 1.5


class Inspector:
    """A task beside all machines.

    Attributes:
        problems: what it has seen, the first of each machine.
    """

    def __init__(self, wiretap: Wiretap, machines: list[TerminalMachine]) -> None:
        self._wiretap = wiretap
        self._machines = machines
        self.problems: dict[str, str] = {}
        self._looked_at: dict[str, tuple[object, ...]] = {}

    async def watch(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(LOOK_S)
            for machine in self._machines:
                self.look(machine)

    def look(self, machine: TerminalMachine) -> None:
        """Look at one file, as it is on the disk at this moment."""
        if not machine.path.exists() or machine.starts == 0:
            return
        with machine.connection() as own:
            if not self._is_news(machine, own):
                return
            if machine.damaged:
                self._see_damage(machine, own)
                return
            found = [*base_is_what_was_fed(own, self._wiretap), *counts_are_in_step(own)]
            if is_live(machine):
                found += nothing_fed_lies_on_top(own)
            for problem in found:
                self.problems.setdefault(machine.name, f"{problem} on {machine.name}")

    def _see_damage(self, machine: TerminalMachine, own: sqlite3.Connection) -> None:
        """A damaged base may also be read anew before anybody compares it: for another scope, say.

        While it is empty, its terminal may be about to say that it differed.
        """
        is_empty = own.execute("SELECT 1 FROM base").fetchone() is None
        found = [*base_is_what_was_fed(own, self._wiretap), *counts_are_in_step(own)]
        if not is_empty and not found:
            machine.damaged = False

    def _is_news(self, machine: TerminalMachine, own: sqlite3.Connection) -> bool:
        """Whether a file may have changed since it was looked at."""
        is_up = machine.database is not None and not machine.database.closed
        now = (machine.starts, is_up and own.total_changes, is_live(machine))
        before = self._looked_at.get(machine.name)
        self._looked_at[machine.name] = now
        return now != before


def base_is_what_was_fed(own: sqlite3.Connection, wiretap: Wiretap) -> Iterable[str]:
    """I5: a base holds nothing but what the office has fed, to the byte."""
    for record, seq, state in own.execute("SELECT record, seq, state FROM base"):
        if state not in wiretap.fed.get((record, seq), ()):
            yield f"I5 {record.hex()} of seq {seq} was never fed so"


def counts_are_in_step(own: sqlite3.Connection) -> Iterable[str]:
    """I4, I10: the chain is whole, and what is kept of the base in sums is the base's."""
    row = own.execute("SELECT counter, head, base_count, base_digest, cursor FROM sync").fetchone()
    if row is None:
        return
    counter, head, count, digest, cursor = row
    # Each as: first and last number, what it follows (unknown for dropped ones), its last id.
    links = own.execute(
        "SELECT counter, counter, prev, id FROM ops UNION ALL "
        "SELECT first, last, NULL, head FROM dropped ORDER BY 1"
    )
    place, before = 0, bytes(16)
    for first, last, prev, op in links:
        if first != place + 1 or prev not in (before, None):
            yield f"I4 {op.hex()} is number {first}, behind place {place} of its chain"
            return
        place, before = last, op
    if (counter, head) != (place, before):
        yield f"I4 the chain of {place} says that it ends at {counter}"
    total = 0
    base = own.execute("SELECT record, seq FROM base").fetchall()
    for record, seq in base:
        total ^= _share(record, seq)
        if seq > cursor:
            yield f"I10 {record.hex()} of seq {seq} is beyond the cursor {cursor}"
    if (count, digest) != (len(base), total.to_bytes(16, "big")):
        yield f"I10 the base of {len(base)} says that it holds {count}, or others"


@lru_cache(maxsize=4096)
def _share(record: bytes, seq: int) -> int:
    """What one row adds to the digest of a base."""
    raw = blake2b(record + seq.to_bytes(8, "big"), digest_size=16).digest()
    return int.from_bytes(raw, "big")


def is_live(machine: TerminalMachine) -> bool:
    """Whether a terminal has caught up, so that each frame completes its base."""
    if machine.terminal is None or machine.database is None or machine.database.dead:
        return False
    status = machine.terminal.status
    return status.connected and not status.catching_up and not status.revoked


def nothing_fed_lies_on_top(own: sqlite3.Connection) -> Iterable[str]:
    """I5: what the office holds and the base has passed is no overlay any more."""
    rows = own.execute(
        "SELECT id, record, seq FROM ops, sync WHERE state = 1 AND shown = 1 AND seq <= cursor"
    )
    for op, record, seq in rows:
        yield f"I5 {op.hex()} on {record.hex()} lies on top, and its seq {seq} is passed"
