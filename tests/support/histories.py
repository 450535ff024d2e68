"""Histories of one record as terminals and an office make them: skewed clocks, stale bases, forks.

The model keeps beside each write what its author really knew, so that a test can say what merge
must do without asking merge.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import blake2b

from hypothesis import strategies as st

from armband.shared import hlc
from armband.shared.fields import Patch
from armband.shared.merge import State, Write, merge

RECORD = bytes(range(16))
KIND = "household"
FIELDS = ("door", "head", "phone")
START_MS = 1_650_000_000_000


def name_id(text: str) -> bytes:
    """An id for a name in a test."""
    return blake2b(text.encode(), digest_size=16).digest()


@dataclass(frozen=True)
class Made:
    """An operation as its author made it; ``knew`` are the ids of all that the author knew."""

    id: bytes
    key: bytes
    counter: int
    prev: bytes
    stamp: int
    seen: int
    patch: Patch
    knew: frozenset[bytes]


@dataclass
class Terminal:
    """A terminal: its clock, what it has pulled, what it has not pushed."""

    name: str
    offset_ms: int
    key: bytes = b""
    clock: int = 0
    counter: int = 0
    head: bytes = bytes(16)
    base: State | None = None
    known: frozenset[bytes] = frozenset()
    own: tuple[bytes, ...] = ()
    unsent: tuple[Made, ...] = ()

    def write(self, now_ms: int, patch: Patch) -> Made:
        self.clock = hlc.tick(self.clock, now_ms + self.offset_ms)
        self.counter += 1
        seen = max([self.base.stamp if self.base else 0, *(op.seen for op in self.unsent)])
        made = Made(
            id=name_id(f"{self.name}{self.counter}{patch}{self.head.hex()}"),
            key=self.key or name_id(self.name),
            counter=self.counter,
            prev=self.head,
            stamp=self.clock,
            seen=seen,
            patch=patch,
            knew=self.known | frozenset(self.own),
        )
        self.head = made.id
        self.own = (*self.own, made.id)
        self.unsent = (*self.unsent, made)
        return made

    def cloned(self, name: str) -> Terminal:
        """A copy of this terminal's file on another machine."""
        return replace(self, name=name, key=self.key or name_id(self.name))


@dataclass
class Office:
    """The office: stamps, lands and merges, in the order in which operations come."""

    now_ms: int = START_MS
    top: int = 0
    state: State | None = None
    writes: list[Write] = field(default_factory=list)
    made: dict[bytes, Made] = field(default_factory=dict)
    effs: dict[bytes, int] = field(default_factory=dict)
    branches: dict[bytes, bytes] = field(default_factory=dict)
    heads: set[bytes] = field(default_factory=set)
    forks: int = 0

    def take(self, op: Made) -> None:
        """One pushed operation; a known one changes nothing."""
        if op.id in self.made:
            return
        eff = hlc.effective_stamp(op.stamp, self.now_ms, self.top, self.effs.get(op.prev, 0))
        self.top = max(self.top, eff)
        branch = self.branches.get(op.prev, op.key)
        if op.prev in self.made and op.prev not in self.heads:
            branch, self.forks = op.id, self.forks + 1
        self.heads.discard(op.prev)
        self.heads.add(op.id)
        version = self.state.stamp if self.state else 0
        landed = max(eff, version + 1)
        write = Write(
            stamp=eff,
            op=op.id,
            branch=branch,
            counter=op.counter,
            seen=min(op.seen, version),
            author="",
            suspect=False,
            patch=op.patch,
            landed=0 if landed == eff else landed,
        )
        self.made[op.id], self.effs[op.id], self.branches[op.id] = op, eff, branch
        self.writes.append(write)
        self.state = merge(self.state, RECORD, KIND, [write])

    def push(self, terminal: Terminal) -> None:
        for op in terminal.unsent:
            self.take(op)
        terminal.unsent = ()

    def pull(self, terminal: Terminal) -> None:
        """The terminal's base becomes the office's state; its clock sees the stamps."""
        terminal.base = self.state
        terminal.known = terminal.known | frozenset(self.made)
        if self.state is not None:
            terminal.clock = hlc.observe(terminal.clock, self.state.stamp)


def standing(office: Office) -> dict[str, dict[bytes, object]]:
    """What must stand per field: every write that no later writer of that field had known."""
    result: dict[str, dict[bytes, object]] = {}
    for name in FIELDS:
        writers = [op for op in office.made.values() if name in op.patch]
        overruled = {earlier for op in writers for earlier in op.knew}
        result[name] = {op.id: op.patch[name] for op in writers if op.id not in overruled}
    return result


def stood(state: State | None) -> dict[str, dict[bytes, object]]:
    """What merge left standing per field."""
    writes = state.writes if state else ()
    return {
        name: {write.op: write.patch[name] for write in writes if name in write.patch}
        for name in FIELDS
    }


STEP = st.tuples(
    st.integers(0, 2),  # which terminal
    st.sampled_from(["write", "write", "push", "pull"]),
    st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["a", "b"]), min_size=1, max_size=2),
    st.sampled_from([0, 1, 1000, 600_000, 86_400_000]),  # milliseconds that pass first
)
OFFSETS = st.tuples(
    *[st.sampled_from([0, -1000, 30_000, 3_600_000, -31_536_000_000, 31_536_000_000])] * 3
)


@st.composite
def histories(draw: st.DrawFn, *, forks: bool = False) -> tuple[Office, list[Terminal]]:
    """An office that has taken in everything, and the terminals that wrote it."""
    terminals = [Terminal(f"t{n}", offset) for n, offset in enumerate(draw(OFFSETS))]
    office = Office()
    for which, action, patch, passed_ms in draw(st.lists(STEP, max_size=24)):
        office.now_ms += passed_ms
        terminal = terminals[which % len(terminals)]
        if action == "write":
            terminal.write(office.now_ms, dict(patch))
        elif action == "push":
            office.push(terminal)
        else:
            office.pull(terminal)
        if forks and len(terminals) < 5 and draw(st.integers(0, 7)) == 0:
            terminals.append(terminal.cloned(f"c{len(terminals)}"))
    for terminal in terminals:
        office.push(terminal)
    return office, terminals
