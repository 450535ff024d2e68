"""What is to be done, in words: groups, whom it is about, how long there is."""

from __future__ import annotations

from armband.client.i18n import N_, _, ngettext
from armband.client.i18n.entries import title_of
from armband.client.model import Entry, Task
from armband.shared.days import clock_of, day_begins_ms, day_of
from armband.shared.kinds.duties import Rank
from armband.shared.policy import Policy

_RANKS = {
    Rank.CALL_UP: N_("Call-ups"),
    Rank.CLOCK: N_("Clocks running"),
    Rank.FOLLOWUP: N_("Follow-ups"),
    Rank.RECTIFICATION: N_("Rectifications"),
    Rank.VISIT: N_("Visits to make"),
    Rank.SERVICE: N_("Services to do"),
    Rank.SHIFT: N_("Shifts to stand"),
    Rank.NOTICE: N_("Notices to acknowledge"),
    Rank.ROUTINE: N_("Routine"),
}
_HOUR_S = 3600


def rank_words(rank: Rank) -> str:
    """What the tasks of a rank are called."""
    return _(_RANKS[rank])


def count_words(count: int, late: int) -> str:
    """How many tasks, and how many of them are late."""
    words = ngettext("{count} task", "{count} tasks", count).format(count=count)
    return words + "  " + _("{count} late").format(count=late) if late else words


def about_words(entry: Entry, policy: Policy, today: str) -> str:
    """What a record is about: its title, then what it refers to and the title leaves out."""
    title = title_of(entry, policy, today)
    others = [name for name in entry.names.values() if name and name not in title]
    return "  ".join((title, *dict.fromkeys(others)))


def left_words(due_ms: int, now_ms: int) -> str:
    """A clock: ``04:12`` that are left, or ``late 00:35``."""
    seconds = abs(due_ms - now_ms) // 1000
    hours, rest = divmod(seconds, _HOUR_S)
    text = f"{rest // 60:02}:{rest % 60:02}"
    if hours:
        text = f"{hours}:{text}"
    return _("late {time}").format(time=text) if due_ms <= now_ms else text


def due_words(task: Task, now_ms: int, policy: Policy) -> str:
    """Until when it is to be done, or when it should have been.

    What is due by the end of a day names that day and no clock.
    """
    today, due_ms = day_of(now_ms, policy), task.due_ms
    day = day_of(due_ms, policy)
    if due_ms == day_begins_ms(day, policy):
        day = day_of(due_ms - 1, policy)
        words = "" if day == today else day[5:]
        if not words:
            return _("today")
    else:
        clock = clock_of(due_ms, policy)[:5]
        words = clock if day == today else f"{day[5:]} {clock}"
    late = due_ms <= now_ms
    return (_("late {time}") if late else _("by {time}")).format(time=words)
