"""What the lane says to people, in the language in use."""

from __future__ import annotations

from armband.client.i18n import _
from armband.client.i18n.words import option_label
from armband.client.lane.outcome import (
    Incomplete,
    LaneCheck,
    LaneOutcome,
    NeedsChoice,
    NeedsDecision,
    Wrong,
)
from armband.client.lane.parse import Fault
from armband.shared.kinds import CATALOGUE

_FIELDS = CATALOGUE["check"].fields


def summary(check: LaneCheck) -> str:
    """One line that says what is, or would be, recorded."""
    said = {"code": check.code, "direction": check.direction, "decision": check.decision}
    words = [option_label(_FIELDS[name], code) for name, code in said.items() if code is not None]
    household = _("household of {name}").format(name=check.head) if check.head else ""
    nobody = "" if check.person is not None else _("nobody named")
    parts = (check.who or nobody, check.door, household, check.temperature, *words)
    return "  ".join(part for part in parts if part)


def reason(outcome: LaneOutcome) -> str:
    """Why a line is not recorded as it is, and what would be right; empty when it is ready."""
    if isinstance(outcome, Wrong):
        return _fault_text(outcome)
    if isinstance(outcome, NeedsChoice):
        only = outcome.candidates[0]
        if len(outcome.candidates) == 1 and only.person is None:
            return _fault_text(Wrong(Fault.UNKNOWN_WHO, only.who))
        choices = "; ".join(summary(check) for check in outcome.candidates[:5])
        return _("more than one reading, say more: {choices}").format(choices=choices)
    if isinstance(outcome, NeedsDecision):
        whys = ", ".join(
            _("fever") if why == "fever" else _("not green") for why in outcome.reasons
        )
        return _("needs a decision ({why}): add pass, back or refer").format(why=whys)
    if isinstance(outcome, Incomplete):
        names = {"temperature": _("temperature"), "code": _("colour of the code")}
        lacking = ", ".join(names[word] for word in outcome.missing)
        return _("not a whole check, missing: {what}").format(what=lacking)
    return ""


def _fault_text(wrong: Wrong) -> str:
    texts = {
        Fault.UNREADABLE: _(
            "cannot read {part}: who, temperature (36.8 or 368) and colour (g y r n)"
        ),
        Fault.TEMPERATURE: _("{part} is no temperature between 34.0 and 43.0, such as 36.8 or 368"),
        Fault.TWICE: _("{part} says something twice: one person, temperature, colour, decision"),
        Fault.TOO_LONG: _("the line is too long"),
        Fault.UNKNOWN_WHO: _(
            "nobody here fits {part}; of a stranger type the name or whole number"
        ),
    }
    return texts[wrong.fault].format(part=wrong.part)
