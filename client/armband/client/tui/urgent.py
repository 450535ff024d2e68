"""What cannot wait: call-ups and running clocks, kept new for every screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from armband.client.model import NOBODY, Task
from armband.client.terminal import Terminal
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.duties import Rank

URGENT = (Rank.CALL_UP, Rank.CLOCK)
"""The ranks that ring and count down."""
LOOK_EVERY_S = 15.0
"""A task appears when its time comes, too, and then no record changes."""
_SHOWN_MAX = 50


@dataclass
class UrgentTasks:
    """The tasks that cannot wait, for whoever sits here; the most urgent first."""

    tasks: tuple[Task, ...] = ()
    count: int = 0
    rung: set[tuple[bytes, str]] = field(default_factory=set)

    async def look_again(self, terminal: Terminal, ring: Callable[[], None]) -> None:
        """Read anew; ``ring`` when one has appeared."""
        todo = await terminal.todo(await terminal.me() or NOBODY, _SHOWN_MAX, ranks=URGENT)
        self.tasks, self.count = todo.tasks, sum(todo.counts.values())
        there = {(task.entry.view.id, task.duty.key) for task in todo.tasks}
        if there - self.rung:
            ring()
        self.rung = there


def bear_duties(kinds: frozenset[str]) -> bool:
    """Whether what is to be done may be different after records of these kinds have changed."""
    known = (CATALOGUE[kind] for kind in kinds if kind in CATALOGUE)
    return any(kind.duties or kind.settles or kind.name == "staff" for kind in known)
