"""A returnee's page in words: the facts above, how far it has come, one time of one day."""

from __future__ import annotations

from collections.abc import Sequence

from armband.client.course_days import CourseDay, Mark, Spot
from armband.client.i18n import N_, _
from armband.client.i18n.words import field_label, option_label
from armband.client.model import Entry
from armband.client.tui.context import Context
from armband.client.tui.text import Cell, Column
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.isolation import TEST, course_of
from armband.shared.kinds.returnee_flow import PEOPLE

KIND, FOLLOWUP = CATALOGUE["returnee"], CATALOGUE["followup"]
_ROWS = (("leader", "cadre"), ("worker",), ("officer", "medic"))
"""Who answers for a returnee, as they fit into the narrowest screen in either language."""
_MARKS = {
    Mark.NOT_ASKED: ("-", "quiet"),
    Mark.DUE: (N_("due"), "wait"),
    Mark.MISSED: (N_("missed"), "bad"),
    Mark.LATER: (".", "quiet"),
}


def facts_of(context: Context, entry: Entry, companions: Sequence[Entry]) -> list[tuple[str, Cell]]:
    """Who, from where, what is ordered, who answers, who came along."""

    def words(*names: str) -> str:
        fields = entry.view.fields
        texts = (context.words(KIND.fields[n], fields.get(n), entry.names) for n in names)
        return "  ".join(text for text in texts if text)

    person = words("name", "phone", "id_tail", "household", "address")
    come = words("arrived", "risk", "came_from", "transport", "number")
    ordered = " ".join((words("measure", "starts"), _day_count(entry, "days")))
    if entry.view.fields.get("then") is not None:
        after = " ".join((words("then"), _day_count(entry, "then_days")))
        ordered += "  " + _("then {measure}").format(measure=after)
    facts = [
        (_("Who"), Cell(person, "strong")),
        (_("Back from"), Cell(come)),
        (field_label("returnee", "measure"), Cell(ordered.strip() or _("nothing decided yet"))),
    ]
    people = {}
    for role in PEOPLE:
        told = words(f"{role}_name", f"{role}_phone") or words(role)
        if told:
            label = field_label("returnee", f"{role}_name")
            people[role] = f"{label} {told.replace('  ', ' ')}"
    lines = ("  ".join(people[role] for role in row if role in people) for row in _ROWS)
    answer = "\n".join(line for line in lines if line) or _("nobody is named")
    facts.append((_("Answer for"), Cell(answer)))
    along = [other.view.text("name") for other in companions]
    text = "  ".join((*along, entry.view.text("companions"))).strip()
    if text:
        facts.append((_("Came along"), Cell(text)))
    return facts


def told_of(context: Context, entry: Entry, days: Sequence[CourseDay]) -> str:
    """Day k of n, the state, how much is missing."""
    course = course_of(entry.view.fields)
    state = option_label(KIND.fields["state"], entry.view.text("state"))
    parts = [state]
    if course is not None:
        number = course.number(context.terminal.today)
        if 1 <= number <= course.days:
            words = _("day {number} of {days}")
        else:
            words = _("{days} days to {last}")
        parts.append(words.format(number=number, days=course.days, last=course.last))
    marks = [spot.mark for day in days for spot in day.spots]
    missed, due = marks.count(Mark.MISSED), marks.count(Mark.DUE)
    if missed:
        parts.append(_("{count} missed").format(count=missed))
    if due:
        parts.append(_("{count} due now").format(count=due))
    return "   ".join(parts)


def spot_cell(context: Context, spot: Spot) -> Cell:
    """What was seen at one time of one day, or how it stands."""
    if spot.seen is None:
        word, tone = _MARKS[spot.mark]
        return Cell(_(word) if len(word) > 1 else word, tone)
    view = spot.seen
    fever = context.terminal.identity.policy.fever_tenths
    tenths = view.fields.get("temp_tenths")
    parts = []
    if isinstance(tenths, int):
        parts.append(f"{tenths // 10}.{tenths % 10}{'!' if tenths >= fever else ''}")
    if spot.slot == TEST and view.text("result"):
        parts.append(option_label(FOLLOWUP.fields["result"], view.text("result")))
    if view.fields.get("symptoms") or spot.mark is Mark.UNSEEN or not parts:
        parts.append(option_label(FOLLOWUP.fields["outcome"], view.text("outcome")))
    ill = view.text("outcome") == "seen_not_ok" or "!" in parts[0]
    tone = "bad" if ill else ("wait" if spot.mark is Mark.UNSEEN else "good")
    return Cell(" ".join(parts), tone)


def _day_count(entry: Entry, name: str) -> str:
    days = entry.view.fields.get(name)
    return _("{count} days").format(count=days) if isinstance(days, int) and days else ""


def day_columns() -> list[Column]:
    """Day, date, and the times of a day."""
    return [
        Column(_("No."), 5),
        Column(_("Date"), 6),
        Column(option_label(FOLLOWUP.fields["slot"], "morning"), 14, grow=1),
        Column(option_label(FOLLOWUP.fields["slot"], "evening"), 14, grow=1),
        Column(option_label(FOLLOWUP.fields["slot"], "test"), 12, grow=1),
    ]
