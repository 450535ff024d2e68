"""The rows of the dispatch desk, and what stands below them about the case under the cursor."""

from __future__ import annotations

from collections.abc import Mapping

from armband.client.i18n import _
from armband.client.i18n.duties import due_words, left_words
from armband.client.i18n.words import option_label
from armband.client.model import Entry, Standing, Task
from armband.client.tui.context import Context
from armband.client.tui.text import Cell, Column, widest
from armband.shared.days import clock_of
from armband.shared.kinds import CATALOGUE
from armband.shared.kinds.case_clock import level_at, undelivered_since
from armband.shared.kinds.duties import Rank
from armband.shared.masks import masked_phone
from armband.shared.wire import UnitName

KIND = CATALOGUE["case"]
_TONES = {"reported": "bad", "dispatched": "wait", "accepted": "", "done": "good"}


def case_columns() -> list[Column]:
    """The clock, where it stands, what it is, where."""
    return [
        Column(_("Until"), 14),
        Column(_("State"), widest(KIND.fields["state"])),
        Column(_("Case"), 18, grow=4),
        Column(_("Category"), widest(KIND.fields["category"]), drop=2),
        Column(_("To"), 10, grow=2),
        Column(_("Unit"), 8, grow=1, drop=1),
    ]


def case_cells(context: Context, task: Task, units: Mapping[str, UnitName]) -> list[Cell]:
    """A row of the list."""
    view = task.entry.view
    now_ms, policy = context.environment.now_ms(), context.terminal.identity.policy
    late = task.due_ms <= now_ms
    if task.duty.rank is Rank.CLOCK:
        clock = Cell(left_words(task.due_ms, now_ms), "bad" if late else "wait")
    else:
        clock = Cell(due_words(task, now_ms, policy), "bad" if late else "quiet")
    state = view.text("state")
    urgent = "! " if view.text("priority") == "urgent" else ""
    unit = units.get(view.unit)
    return [
        clock,
        Cell(option_label(KIND.fields["state"], state), _TONES.get(state, "")),
        Cell(urgent + view.text("brief"), "strong"),
        Cell(option_label(KIND.fields["category"], view.text("category")), "quiet"),
        Cell(to_words(task.entry)),
        Cell(unit.name if unit else view.unit.rpartition("/")[2], "quiet"),
    ]


def to_words(entry: Entry) -> str:
    """Whom a case is dispatched to: the person, else the agency, else the rung."""
    view = entry.view
    person, agency, rung = view.text("to"), view.text("agency"), view.text("rung")
    if view.text("state") == "reported":
        return ""
    if person:
        return entry.names.get(person, person[:8])
    return agency or (option_label(KIND.fields["rung"], rung) if rung else "")


def delivery_words(context: Context, entry: Entry) -> str:
    """Whether a dispatch has reached anybody, and how far it has been escalated by itself."""
    fields = entry.view.fields
    policy, now_ms = context.terminal.identity.policy, context.environment.now_ms()
    level = level_at(fields, policy, now_ms)
    if level is None:
        return ""
    since, at = undelivered_since(fields), fields.get("delivered_at")
    if since is None:
        clock = clock_of(at, policy)[:5] if isinstance(at, int) else ""
        words = _("arrived {clock}").format(clock=clock)
    else:
        told = _("undelivered since {clock}")
        if entry.standing is Standing.WRITTEN:
            told = _("undelivered since {clock}: not yet at the office")
        words = told.format(clock=clock_of(since, policy)[:5])
    if level.number:
        words += "  " + _("escalated, level {number}").format(number=level.number)
    return words


def about_lines(context: Context, entry: Entry) -> list[str]:
    """Two rows: how the dispatch stands, then where and who."""
    view = entry.view
    fields = KIND.fields
    first = [
        delivery_words(context, entry),
        option_label(fields["channel"], view.text("channel")),
    ]
    if view.text("priority"):
        first.append(option_label(fields["priority"], view.text("priority")))
    first += [view.text("sub"), view.text("note")]
    household = view.text("household")
    second = [
        entry.names.get(household, "") if household else "",
        view.text("place"),
        view.text("reporter"),
        masked_phone(view.text("reporter_phone")) if view.text("reporter_phone") else "",
    ]
    return ["  ".join(part for part in parts if part) for parts in (first, second)]
