"""The words of a case, its states, and the steps that lead from one to the next, as data."""

from __future__ import annotations

from typing import Literal

from armband.shared.fields import Option
from armband.shared.kinds.workflow import Step, Workflow

CHANNEL_OPTIONS = (
    Option("phone", "Phone"),
    Option("wechat", "WeChat group"),
    Option("patrol", "Patrol"),
    Option("desk", "At the desk"),
    Option("circle", "Five-minute circle"),
)
CATEGORY_OPTIONS = (
    Option("prevention", "Prevention"),
    Option("security", "Public security"),
    Option("population", "Population"),
    Option("emergency", "Emergency"),
    Option("livelihood", "Livelihood"),
)
PRIORITY_OPTIONS = (
    Option("urgent", "Urgent"),
    Option("normal", "Normal"),
    Option("low", "Can wait"),
)
STATE_OPTIONS = (
    Option("reported", "Reported"),
    Option("dispatched", "Dispatched"),
    Option("accepted", "Accepted"),
    Option("done", "Done"),
    Option("closed", "Closed"),
    Option("cancelled", "Cancelled"),
)
State = Literal["reported", "dispatched", "accepted", "done", "closed", "cancelled"]
OPEN_STATES = ("reported", "dispatched", "accepted", "done")
"""A case in one of them is not over."""
_DISPATCH = ("to", "rung", "agency")
_ACCEPTED = ("accepted_at", "accepted_by")
_OVER = ("done_at", "done_by", "closed_at", "closed_by")

WORKFLOW = Workflow(
    field="state",
    starts=("reported",),
    steps=(
        Step(
            "dispatch", "Dispatch", ("reported",), "dispatched", "dispatched_at", "dispatched_by",
            asks=_DISPATCH, needs=("rung",), firsts=("answered_at",), clears=_ACCEPTED,
            digit=4,
        ),
        Step(
            "redispatch", "Dispatch to another", ("dispatched", "accepted"), "dispatched",
            "dispatched_at", "dispatched_by", asks=_DISPATCH, needs=("rung",),
            clears=("to", "agency", *_ACCEPTED), digit=4,
        ),
        Step(
            "accept", "Accept", ("reported", "dispatched"), "accepted", "accepted_at",
            "accepted_by", firsts=("answered_at",), digit=5,
        ),
        Step(
            "finish", "Done", ("accepted",), "done", "done_at", "done_by", asks=("result",),
            digit=6,
        ),
        Step(
            "close", "Verify and close", ("done",), "closed", "closed_at", "closed_by", digit=7,
        ),
        Step(
            "hand_back", "Hand back", ("dispatched", "accepted"), "reported", "returned_at",
            "returned_by", asks=("return_reason",), needs=("return_reason",),
            clears=("to", "agency", *_ACCEPTED), digit=7,
        ),
        Step(
            "escalate", "Escalate", ("reported", "dispatched", "accepted"), "dispatched",
            "dispatched_at", "dispatched_by", asks=("rung", "to", "agency"), needs=("rung",),
            firsts=("answered_at", "escalated_at"), clears=("to", *_ACCEPTED), digit=8,
        ),
        Step(
            "cancel", "Cancel", ("reported", "dispatched", "accepted"), "cancelled", "closed_at",
            "closed_by", asks=("cancel_reason",), needs=("cancel_reason",), digit=9,
        ),
        Step(
            "reopen", "Open again", ("done", "closed", "cancelled"), "reported", "reopened_at",
            "reopened_by", asks=("reopen_reason",), needs=("reopen_reason",),
            clears=("to", "agency", *_ACCEPTED, *_OVER), digit=4,
        ),
    ),
)  # fmt: skip
