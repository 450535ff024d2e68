"""Random working days of a few terminals: offline stretches, clones, wrong clocks, bad input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from armband.server.commit.model import Batch, TerminalGrant
from armband.shared.fields import Patch
from armband.shared.ops import Op
from armband.shared.permissions import Role
from support.commit_world import DAY, NOW_MS, OFFICE, Author, World, batch, record_id

G1, G2 = f"{OFFICE}/yg/g1", f"{OFFICE}/yg/g2"
_VISIT: Patch = {
    "household": record_id(1).hex(),
    "channel": "phone",
    "outcome": "met",
    "at": NOW_MS,
    "day": DAY,
}
# By record: 1 and 2 are households, 3 and 4 visits to household 1, 5 of an unknown kind.
KINDS = {1: "household", 2: "household", 3: "visit", 4: "visit", 5: "drone"}
PATCHES: dict[str, Sequence[Patch]] = {
    "household": (
        {"unit": G1, "door": "1", "people": 2},
        {"unit": G2, "door": "2"},
        {"unit": G1},
        {"people": 3},
        {"people": 4, "head": "王"},
        {"head": "李", "new_field": [1]},
        {"void": "gone"},
        {"people": "many"},
    ),
    "visit": (
        {"unit": G1, **_VISIT},
        {"unit": G2, **_VISIT, "channel": "door"},
        {"unit": G2},
        {"household": record_id(2).hex()},
        {"outcome": "refused"},
        {"void": "twice"},
        {"unit": "elsewhere"},
    ),
    "drone": ({"unit": G1, "shape": "round"}, {"shape": "flat"}, {"unit": G2}),
}
GRANTS = (
    TerminalGrant(Role.STREET, (OFFICE,)),
    TerminalGrant(Role.GRID, (G1,)),
    TerminalGrant(Role.STREET, (OFFICE,)),
    TerminalGrant(Role.STREET, (OFFICE,), revoked=True),
)


@dataclass(frozen=True)
class Step:
    """One operation, and what its terminal does around it."""

    author: int
    record: int
    patch: int
    sees: bool
    """It syncs first: it has seen the record as the office has it now."""
    offline: bool
    """The operation waits until this terminal's next one that does not."""
    clock: int
    """What is added to the terminal's clock, in milliseconds."""
    clone: bool
    """The operation is made on a copy of the file, which then lives on as the terminal's."""
    again: bool
    """What was sent is sent once more."""


steps = st.builds(
    Step,
    author=st.integers(0, 3),
    record=st.integers(1, 5),
    patch=st.integers(0, 7),
    sees=st.booleans(),
    offline=st.booleans(),
    clock=st.sampled_from((0, 1, 1000, -5000, 400_000, 86_400_000, -86_400_000)),
    clone=st.integers(0, 9).map(lambda number: number == 0),
    again=st.integers(0, 5).map(lambda number: number == 0),
)
schedules = st.lists(steps, min_size=1, max_size=25)


def delivered(schedule: Sequence[Step]) -> list[tuple[Op, TerminalGrant]]:
    """The operations in the order in which they reach the office."""
    office = World()
    authors = [Author(f"author {number}", hlc=(NOW_MS + number) << 16) for number in range(4)]
    waiting: list[list[Op]] = [[], [], [], []]
    seen: list[dict[int, int]] = [{}, {}, {}, {}]
    arrived: list[tuple[Op, TerminalGrant]] = []
    for step in schedule:
        author, grant = authors[step.author], GRANTS[step.author]
        if step.sees and record_id(step.record) in office.records:
            seen[step.author][step.record] = office.stamp(step.record)
        kind = KINDS[step.record]
        patch = PATCHES[kind][step.patch % len(PATCHES[kind])]
        original = author.clone()
        author.hlc = max(1, author.hlc + (step.clock << 16))
        known = seen[step.author].get(step.record, 0)
        op = author.op(step.record, dict(patch), kind=kind, seen=known, unit=G1)
        waiting[step.author].append(op)
        if step.clone:
            authors[step.author] = original
        if step.clone or not step.offline:
            sent = waiting[step.author] * (2 if step.again else 1)
            for sent_op in sent:
                office.push(sent_op, grant=grant)
            arrived += ((sent_op, grant) for sent_op in sent)
            waiting[step.author] = []
    return arrived


def in_groups(
    arrived: Sequence[tuple[Op, TerminalGrant]], cuts: Sequence[int]
) -> list[list[Batch]]:
    """The same operations in the same order, in batches and groups; ``cuts`` says where.

    0 goes on with the batch where the chain allows it, 1 begins a batch, 2 a group.
    """
    groups: list[list[Batch]] = [[]]
    pending: list[Op] = []
    pending_grant = GRANTS[0]
    for number, (op, grant) in enumerate(arrived):
        cut = cuts[number % len(cuts)] if cuts else 0
        goes_on = bool(pending) and pending[-1].id == op.prev and grant == pending_grant
        if pending and (cut or not goes_on):
            groups[-1].append(batch(*pending, grant=pending_grant))
            pending = []
        if cut == 2 and groups[-1]:
            groups.append([])
        pending.append(op)
        pending_grant = grant
    if pending:
        groups[-1].append(batch(*pending, grant=pending_grant))
    return groups
