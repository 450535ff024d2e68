"""What stands below the lane's line, made from what the line comes to. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.i18n import _
from armband.client.lane import (
    Incomplete,
    LaneCheck,
    LaneOutcome,
    NeedsChoice,
    NeedsDecision,
    Ready,
    Wrong,
)
from armband.client.tui.lane_queue import CameBack, Question
from armband.client.tui.lane_words import (
    choice_words,
    decision_keys,
    fault_words,
    lane_cells,
    missing_words,
    reason_words,
)
from armband.client.tui.text import Cell
from armband.client.tui.widgets.lane_preview import Preview
from armband.shared.policy import Policy


def candidates_of(outcome: LaneOutcome) -> Sequence[LaneCheck]:
    """The checks that a line may mean, best first."""
    match outcome:
        case Ready(check) | NeedsDecision(check):
            return (check,)
        case NeedsChoice(candidates) | Incomplete(candidates=candidates):
            return candidates
    return ()


def idle_preview() -> Preview:
    """Of an empty line."""
    return Preview(_("who, temperature, colour in any order: lxt365g and Enter"))


def outcome_preview(outcome: LaneOutcome, chosen: int, why: str, policy: Policy) -> Preview:
    """Of a line that is being typed.

    Args:
        outcome: what it comes to.
        chosen: the candidate under the cursor, or -1.
        why: why the line came back into the input, ``""`` when it did not.
        policy: the office's, for fever.
    """
    checks = candidates_of(outcome)
    message, tone, hint = "", "quiet", ""
    match outcome:
        case Ready():
            hint = _("Enter records")
        case NeedsDecision(reasons=reasons):
            words = reason_words(reasons)
            message = _("{reasons}: Enter asks for the decision").format(reasons=words)
            tone = "bad"
        case NeedsChoice(candidates):
            message, tone = choice_words(candidates), "wait"
            hint = _("Down chooses") if len(candidates) > 1 else _("Enter asks")
        case Incomplete(missing, _candidates):
            message = missing_words(missing)
        case Wrong(fault, part):
            message, tone = fault_words(fault, part), "bad"
    if why:
        message, tone = why, "bad"
    return Preview(message, tone, hint, _rows(checks, policy), chosen)


def question_preview(question: Question, chosen: int, policy: Policy) -> Preview:
    """Of a question that stops the lane."""
    rows = _rows(question.candidates, policy, numbered=not question.is_decision)
    if question.is_decision:
        message = f"! {reason_words(question.reasons)}    {decision_keys()}"
        return Preview(message, "bad", _("Esc changes"), rows)
    message = f"! {choice_words(question.candidates)} {_('A digit, or arrows and Enter')}"
    return Preview(message, "wait", _("Esc changes"), rows, chosen)


def _rows(
    checks: Sequence[LaneCheck], policy: Policy, *, numbered: bool = False
) -> list[list[Cell]]:
    numbered = numbered or len(checks) > 1
    return [
        lane_cells(check, str(number) if numbered and number < 10 else "", policy)
        for number, check in enumerate(checks, 1)
    ]


def why_it_came_back(returned: CameBack) -> str:
    """Why a line was not saved; ``""`` when somebody took it back."""
    if returned.fault is not None:
        return fault_words(returned.fault, returned.part)
    if returned.missing:
        return missing_words(returned.missing)
    if returned.problem:
        return _("Not saved: {problem}").format(problem=returned.problem)
    return ""
