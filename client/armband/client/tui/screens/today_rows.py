"""The rows of Today: a heading for each group of tasks, then its tasks, however many. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from armband.client.i18n import _
from armband.client.i18n.duties import about_words, count_words, due_words, left_words, rank_words
from armband.client.model import Task, Today
from armband.client.tui.context import Context
from armband.client.tui.text import Cell, Column
from armband.client.tui.urgent import URGENT
from armband.shared.kinds.duties import Rank
from armband.shared.wire import UnitName


@dataclass(frozen=True, slots=True)
class Group:
    """The heading of a group of tasks."""

    rank: Rank
    count: int
    late: int


Row = Group | Task


def groups_of(today: Today) -> list[Group]:
    """The groups that have tasks, the most urgent first."""
    return [
        Group(rank, today.counts[rank], today.late.get(rank, 0)) for rank in sorted(today.counts)
    ]


def rows_total(groups: Sequence[Group]) -> int:
    """Headings and tasks."""
    return sum(group.count + 1 for group in groups)


def tasks_wanted(offset: int, limit: int) -> tuple[int, int]:
    """Which tasks may stand in a stretch of rows, whatever the groups are: offset and limit."""
    first = max(0, offset - len(Rank))
    return first, offset + limit - first


def rows_between(
    groups: Sequence[Group], tasks: Sequence[Task], first: int, offset: int, limit: int
) -> list[Row]:
    """The rows ``offset`` to ``offset + limit``; ``tasks`` are those from number ``first`` on."""
    rows: list[Row] = []
    place = before = 0
    for group in groups:
        for index in range(max(offset, place), min(offset + limit, place + 1 + group.count)):
            number = before + index - place - 1 - first
            if index == place:
                rows.append(group)
            elif number < len(tasks):
                rows.append(tasks[number])
        place += 1 + group.count
        before += group.count
    return rows


def row_key(row: object) -> object:
    """What makes a row the same row after the list was read anew."""
    if isinstance(row, Task):
        return row.entry.view.id, row.duty.key
    return row.rank if isinstance(row, Group) else None


def today_columns() -> list[Column]:
    """What, about whom, where, until when."""
    return [
        Column(_("To do"), 14, grow=2),
        Column(_("Concerns"), 20, grow=4),
        Column(_("Unit"), 9, grow=1, drop=1),
        Column(_("Until"), 14),
    ]


def today_cells(context: Context, row: object, units: Mapping[str, UnitName]) -> list[Cell]:
    """A row of the list."""
    if isinstance(row, Group):
        tone = "bad" if row.late else "quiet"
        words = count_words(row.count, row.late)
        return [Cell(rank_words(row.rank), "strong"), Cell(words, tone), Cell(""), Cell("")]
    assert isinstance(row, Task)
    terminal = context.terminal
    policy, now_ms = terminal.identity.policy, context.environment.now_ms()
    view = row.entry.view
    unit = units.get(view.unit)
    if row.duty.rank in URGENT:
        until = left_words(row.due_ms, now_ms)
    else:
        until = due_words(row, now_ms, policy)
    tone = "bad" if row.due_ms <= now_ms else ("wait" if row.duty.rank in URGENT else "quiet")
    return [
        Cell("  " + _(row.duty.what)),
        Cell(about_words(row.entry, policy, terminal.today), "strong"),
        Cell(unit.name if unit else view.unit.rpartition("/")[2], "quiet"),
        Cell(until, tone),
    ]
