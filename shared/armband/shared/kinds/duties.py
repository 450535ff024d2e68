"""What a record asks somebody to do, and what a record shows to have been done. Pure.

A duty lives in the record that it comes from (a returnee's follow-ups, a shop's next inspection, a
case's clock), and is settled by what other records say under the same key, in whatever order the
two arrive: nothing has to be created, sent or deleted for a task to appear or to go.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from armband.shared.fields import Value
from armband.shared.roles import Role


class Rank(enum.IntEnum):
    """How urgent a kind of duty is; the lower, the higher on the screen. Stored nowhere else."""

    CALL_UP = 0
    CLOCK = 1
    FOLLOWUP = 2
    RECTIFICATION = 3
    VISIT = 4
    SERVICE = 5
    SHIFT = 6
    NOTICE = 7
    ROUTINE = 8


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to be done.

    Attributes:
        key: what settles it; see `Settled`. One thing that concerns several people, each from a
            moment of their own, is a duty for each, with keys that differ after a ``#``. Only a
            key with a ``#`` can be settled by one person for themselves alone.
        what: English message id of what is to be done.
        rank: how urgent its kind is.
        from_ms: shown from then on, UTC milliseconds.
        due_ms: late from then on; for a daily duty the office's end of day counts instead.
        until_ms: no longer shown from then on, done or not; 0 for ever.
        since_ms: settled only by what happened after that.
        daily: due anew on each of the office's days.
        form: the kind whose form does it; ``""`` when a step of the record itself does.
        step: the step of the record's workflow that does it.
        prefill: what the form knows already.
        who: hex id of the member of staff who answers for it, or `role_key` of the terminals or
            `post_key` of the staff who do, or `unit_key` of the unit below which everyone does;
            ``""`` for whoever reads the record.
    """

    key: str
    what: str
    rank: Rank
    from_ms: int
    due_ms: int
    until_ms: int = 0
    since_ms: int = 0
    daily: bool = False
    form: str = ""
    step: str = ""
    prefill: Mapping[str, Value] = field(default_factory=dict)
    who: str = ""


def role_key(role: Role) -> str:
    """A duty's ``who`` when every terminal of a role answers for it."""
    return f"role:{role.value}"


def post_key(post: str) -> str:
    """A duty's ``who`` when everyone of the staff with a post answers for it."""
    return f"post:{post}"


def unit_key(unit: str) -> str:
    """A duty's ``who`` when every terminal that works within a unit answers for it."""
    return f"unit:{unit}"


@dataclass(frozen=True, slots=True)
class Settled:
    """Something was done: it settles the duties of that key that were due since before.

    Attributes:
        key: the duty's, without what follows a ``#`` when ``by`` is given.
        at_ms: when it was done.
        by: who has done it for themselves alone: the hex id of a member of staff, or the name of
            a terminal. The duty stays with everybody else.
    """

    key: str
    at_ms: int
    by: str = ""

    @property
    def whole_key(self) -> str:
        """The key under which it is kept."""
        return f"{self.key}#{self.by}" if self.by else self.key
