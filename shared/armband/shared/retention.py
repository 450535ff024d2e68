"""For how long records are kept, and what for: by kind, and as the office's settings say.

Pure. Registers (who lives where, who serves where) have no term; what happened at doors has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from armband.shared import hlc
from armband.shared.days import add_days, day_of, is_day
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.declare import View
from armband.shared.policy import Policy

FOREVER = 0
"""Days of a kind without a term."""
NEVER_PURGED = frozenset({"unit"})
"""Figures, scopes and every other record hang on units."""


@dataclass(frozen=True, slots=True)
class Term:
    """For how many days a kind is kept after a record's day, unless an office says otherwise."""

    days: int
    purpose: str


_CARE = "to look after households and answer for it to them"
_ILLNESS = "to find and accompany those who may be ill"
_WORK = "to see that what was asked for was done, and on time"
_DUTY = "to know who had the duty, when complaints come"
_REGISTER = "to know who lives and works here, and whom to ask"

TERMS: Mapping[str, Term] = {
    "unit": Term(FOREVER, "the grid tree on which everything hangs"),
    "household": Term(FOREVER, _REGISTER),
    "resident": Term(FOREVER, _REGISTER),
    "staff": Term(FOREVER, _REGISTER),
    "shop": Term(FOREVER, _REGISTER),
    "checkpoint": Term(FOREVER, "to know where people are checked"),
    "post": Term(FOREVER, "to know who serves where"),
    "resource": Term(FOREVER, "to know what a unit can fall back on"),
    "policy_text": Term(FOREVER, "to answer questions with the words in force"),
    "check": Term(60, "to trace contacts at an entrance for the time of an incubation, twice over"),
    "delivery": Term(90, _CARE),
    "sample": Term(180, _ILLNESS),
    "visit": Term(365, _CARE),
    "service": Term(365, _CARE),
    "call": Term(365, _CARE),
    "screening": Term(365, _ILLNESS),
    "returnee": Term(365, _ILLNESS),
    "followup": Term(365, _ILLNESS),
    "inquiry": Term(365, _ILLNESS),
    "stay": Term(365, _ILLNESS),
    "round": Term(365, "to plan the next round of testing by the last ones"),
    "notice": Term(365, _WORK),
    "ack": Term(365, _WORK),
    "inspection": Term(730, _WORK),
    "rectification": Term(730, _WORK),
    "case": Term(1095, _WORK),
    "shift": Term(730, _DUTY),
    "reveal": Term(1095, "to answer whose data was looked at, by whom and why"),
}


def keep_days(kind: str, policy: Policy) -> int:
    """For how many days after its day a record of this kind is kept; `FOREVER` without a term.

    A kind of a newer release has no term here.
    """
    declared = TERMS.get(kind, Term(FOREVER, ""))
    return dict(policy.keep).get(kind, declared.days)


def dated(record: View, policy: Policy) -> str:
    """The day from which a record's term runs: its own, else that of its newest change."""
    kind = CATALOGUE.get(record.kind)
    own = record.text(kind.dated) if kind is not None and kind.dated else ""
    return own if is_day(own) else day_of(hlc.stamp_ms(record.stamp), policy)


def is_past(record: View, today: str, policy: Policy) -> bool:
    """Whether a record has been kept for longer than its term; on its last day it has not."""
    days = keep_days(record.kind, policy)
    return days != FOREVER and add_days(dated(record, policy), days) < today
