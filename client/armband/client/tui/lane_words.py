"""What the lane says about a line: candidates as rows, problems and questions as sentences."""

from __future__ import annotations

from armband.client.i18n import N_, _
from armband.client.i18n.words import join_words, option_label
from armband.client.lane import Fault, LaneCheck
from armband.client.tui.screens.ledger_rows import CODE_TONES, COMMON_CODES
from armband.client.tui.text import Cell, Column, widest
from armband.shared.kinds import CATALOGUE
from armband.shared.masks import masked_phone
from armband.shared.policy import Policy

DECISIONS = ("passed", "turned_back", "referred")
"""In the order of their keys 1, 2, 3."""
_FIELDS = CATALOGUE["check"].fields
_ANSWERS = {
    "1": "passed",
    "2": "turned_back",
    "3": "referred",
    "放行": "passed",
    "劝返": "turned_back",
    "移交": "referred",
    "pass": "passed",
    "back": "turned_back",
    "refer": "referred",
}
_FAULTS = {
    Fault.UNREADABLE: N_("Cannot read '{part}'. Right: who, temperature, colour (lxt365g)"),
    Fault.TEMPERATURE: N_("'{part}' is no temperature. Right: 34.0 to 43.0, as 36.8 or 368"),
    Fault.TWICE: N_("'{part}' is said twice: one person, one temperature, one colour"),
    Fault.TOO_LONG: N_("The line is too long."),
    Fault.UNKNOWN_WHO: N_("Nobody here has '{part}'. A stranger needs a name or a whole phone."),
}
_MISSING = {"temperature": N_("temperature"), "code": N_("colour (g y r n)")}
_REASONS = {"fever": N_("fever"), "code": N_("not green")}


def lane_columns() -> list[Column]:
    """Of a candidate: key, who, where, phone, temperature, colour, decision."""
    return [
        Column("", 1),
        Column(_("Who"), 12, grow=1),
        Column("", 14, grow=3),
        Column("", 11, drop=1),
        Column("", 4, right=True),
        Column("", widest(_FIELDS["code"], COMMON_CODES)),
        Column("", widest(_FIELDS["decision"])),
    ]


def lane_cells(check: LaneCheck, key: str, policy: Policy) -> list[Cell]:
    """A candidate's row: what choosing it would record."""
    person = check.person
    place, phone = "", check.phone
    if person is not None:
        place = f"{person.unit_name} {person.door}".strip()
        phone = person.phone
    code = option_label(_FIELDS["code"], check.code) if check.code else ""
    decision = option_label(_FIELDS["decision"], check.decision) if check.decision else ""
    fever = check.temp_tenths is not None and check.temp_tenths >= policy.fever_tenths
    return [
        Cell(key, "quiet"),
        Cell(who_words(check), "strong"),
        Cell(place or ("" if person else _("Stranger")), "quiet"),
        Cell(masked_phone(phone), "quiet"),
        Cell(check.temperature, "bad" if fever else ""),
        Cell(code, CODE_TONES.get(check.code or "", "")),
        Cell(decision, "good" if check.decision == "passed" else "wait"),
    ]


def who_words(check: LaneCheck) -> str:
    """Whom a check is about."""
    if check.person is not None and not check.name:
        return check.person.name or check.person.door
    return check.name or masked_phone(check.phone) or _("Stranger")


def check_words(check: LaneCheck) -> str:
    """A whole check in a few words, for what was saved or undone."""
    code = option_label(_FIELDS["code"], check.code) if check.code else ""
    decision = option_label(_FIELDS["decision"], check.decision) if check.decision else ""
    return "  ".join(part for part in (who_words(check), check.temperature, code, decision) if part)


def fault_words(fault: Fault, part: str) -> str:
    """Why a line cannot be a check, and what would be right."""
    return _(_FAULTS[fault]).format(part=part)


def missing_words(missing: tuple[str, ...]) -> str:
    """What a line still needs."""
    return _("Still needed: {what}").format(what=join_words([_(_MISSING[m]) for m in missing]))


def choice_words(candidates: tuple[LaneCheck, ...]) -> str:
    """What a choice is about."""
    if len(candidates) == 1 and candidates[0].person is None:
        return _("Nobody here is called so. A stranger?")
    return _("Who is meant?")


def reason_words(reasons: tuple[str, ...]) -> str:
    """Why somebody must decide."""
    return join_words([_(_REASONS[reason]) for reason in reasons])


def decision_keys() -> str:
    """The keys of the three decisions."""
    return "   ".join(
        f"{key} {option_label(_FIELDS['decision'], code)}" for key, code in enumerate(DECISIONS, 1)
    )


def answered_decision(text: str) -> str | None:
    """The decision that a typed answer means: 1 2 3, or a word."""
    return _ANSWERS.get(text.strip().lower())
