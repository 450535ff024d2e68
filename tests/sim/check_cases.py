"""Cases: their figures, counted by other code (I14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sim.oracle import Shown

_SHANGHAI = timedelta(hours=8)
_ALLOWED_MS = 300_000
Part = tuple[str, str, int, str]
"""Day, metric, count, member."""


def case_parts(view: Shown) -> Iterator[Part]:
    """What a case adds to the figures."""
    case, day = view.fields, view.fields["day"]
    yield day, "cases.opened", 1, ""
    yield day, f"cases.opened.{case['category']}", 1, ""
    yield day, f"cases.by.{case['channel']}", 1, ""
    if case.get("escalated_at") is not None:
        yield day, "cases.escalated", 1, ""
    if case.get("answered_at") is not None:
        yield day, f"cases.answer@b{_bucket(case['answered_at'] - case['at']):02}", 1, ""
    if case.get("accepted_at") is not None and case.get("dispatched_at") is not None:
        took = case["accepted_at"] - case["dispatched_at"]
        yield day, "cases.accepted", 1, ""
        yield day, f"cases.accept@b{_bucket(took):02}", 1, ""
        if took <= _ALLOWED_MS:
            yield day, "cases.accepted_in_time", 1, ""
    if case["state"] not in ("closed", "cancelled"):
        yield "", "cases.open", 1, ""
        yield "", f"cases.open.{case['category']}", 1, ""
    elif case.get("closed_at") is not None:
        over = datetime.fromtimestamp(case["closed_at"] / 1000, UTC) + _SHANGHAI
        yield over.date().isoformat(), f"cases.{case['state']}", 1, ""
        if case["state"] == "closed":
            yield over.date().isoformat(), f"cases.closed.{case['category']}", 1, ""
            yield day, f"cases.close@b{_bucket(case['closed_at'] - case['at']):02}", 1, ""


def _bucket(took_ms: int) -> int:
    place, bound = 0, 1000
    while took_ms >= bound:
        place += 1
        if bound >= 60 * 86_400_000:
            break
        bound = bound * 6 // 5
    return place
