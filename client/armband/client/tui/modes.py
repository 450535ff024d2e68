"""The screens that a key leads to from everywhere; each is as it was left."""

from __future__ import annotations

from collections.abc import Callable

from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.lane import LaneScreen


def _lane() -> type[DeskScreen]:
    return LaneScreen


def _visit() -> type[DeskScreen]:
    from armband.client.tui.screens.visit import VisitScreen

    return VisitScreen


def _today() -> type[DeskScreen]:
    from armband.client.tui.screens.today import TodayScreen

    return TodayScreen


def _cases() -> type[DeskScreen]:
    from armband.client.tui.screens.cases import CasesScreen

    return CasesScreen


def _ledger() -> type[DeskScreen]:
    from armband.client.tui.screens.ledger import LedgerScreen

    return LedgerScreen


def _board() -> type[DeskScreen]:
    from armband.client.tui.screens.board import BoardScreen

    return BoardScreen


def _sync() -> type[DeskScreen]:
    from armband.client.tui.screens.sync import SyncScreen

    return SyncScreen


def modes() -> dict[str, Callable[[], type[DeskScreen]]]:
    """Each mode's screen; all but the lane are imported when first gone to."""
    return {
        "lane": _lane,
        "visit": _visit,
        "today": _today,
        "cases": _cases,
        "ledger": _ledger,
        "board": _board,
        "sync": _sync,
    }
