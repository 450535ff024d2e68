"""What the board calls each figure, and in which groups it shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from armband.client.i18n import N_, _
from armband.shared.rollup import Metrics

VISITED_SHARE = "visited_share"
"""Not a metric: households visited of those registered, in percent."""


@dataclass(frozen=True, slots=True)
class Group:
    """A set of figures that stand side by side."""

    label: str
    metrics: tuple[str, ...]


GROUPS = (
    Group(
        N_("Checks"),
        (
            "checks.total",
            "checks.persons",
            "checks.fever",
            "checks.code.yellow",
            "checks.code.red",
            "checks.turned_back",
            "checks.referred",
            "checks.strangers",
            "checks.code.green",
            "checks.code.none",
        ),
    ),
    Group(
        N_("Visits"),
        (
            "visits.total",
            "visits.households",
            VISITED_SHARE,
            "visits.door",
            "visits.phone",
            "visits.wechat",
            "visits.outcome.no_answer",
            "visits.needs",
            "visits.fever",
            "visits.people_seen",
        ),
    ),
    Group(
        N_("Register"),
        (
            "households.total",
            "households.people",
            "residents.total",
            "households.without_liaison",
            "households.care.elder_alone",
            "households.care.home_isolation",
            "staff.total",
            "checkpoints.total",
        ),
    ),
)

_TITLES: Mapping[str, str] = {
    "checks.total": N_("Checks"),
    "checks.persons": N_("Persons"),
    "checks.fever": N_("Fever"),
    "checks.code.yellow": N_("Yellow"),
    "checks.code.red": N_("Red"),
    "checks.code.green": N_("Green"),
    "checks.code.none": N_("No code"),
    "checks.turned_back": N_("Sent back"),
    "checks.referred": N_("Referred"),
    "checks.strangers": N_("Strangers"),
    "visits.total": N_("Visits"),
    "visits.households": N_("Doors"),
    VISITED_SHARE: N_("Share"),
    "visits.door": N_("At door"),
    "visits.phone": N_("By phone"),
    "visits.wechat": N_("WeChat"),
    "visits.outcome.no_answer": N_("No answer"),
    "visits.needs": N_("Needs"),
    "visits.fever": N_("Fever"),
    "visits.people_seen": N_("Seen"),
    "households.total": N_("Households"),
    "households.people": N_("People"),
    "residents.total": N_("Residents"),
    "households.without_liaison": N_("No liaison"),
    "households.care.elder_alone": N_("Alone"),
    "households.care.home_isolation": N_("Isolated"),
    "staff.total": N_("Staff"),
    "checkpoints.total": N_("Gates"),
}
ALARMING = frozenset({"checks.fever", "checks.code.red", "visits.fever"})
"""Figures that are shown as a warning when they are not zero."""


def figure_title(metric: str) -> str:
    """A short heading for a figure."""
    return _(_TITLES[metric])


def figure_text(metric: str, confirmed: Metrics, here: Metrics) -> str:
    """A figure as a cell: confirmed, and what was counted here since (``412+2``)."""
    if metric == VISITED_SHARE:
        registered = confirmed.get("households.total", 0)
        visited = confirmed.get("visits.households", 0)
        return f"{100 * visited // registered}%" if registered else ""
    count, more = confirmed.get(metric, 0), here.get(metric, 0)
    if more:
        return f"{count}{more:+}"
    return str(count) if count else "."
