"""The screen that shows a record: of some kinds a page of their own, else all its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.app import App

from armband.client.tui.context import Context
from armband.client.tui.screens.desk import DeskScreen


def _returnee(context: Context, record: bytes) -> DeskScreen:
    from armband.client.tui.screens.returnee import ReturneeScreen

    return ReturneeScreen(context, record)


def _inquiry(context: Context, record: bytes) -> DeskScreen:
    from armband.client.tui.screens.inquiry import InquiryScreen

    return InquiryScreen(context, record)


def _notice(context: Context, record: bytes) -> DeskScreen:
    from armband.client.tui.screens.notice import NoticeScreen

    return NoticeScreen(context, record)


_PAGES: Mapping[str, Callable[[Context, bytes], DeskScreen]] = {
    "returnee": _returnee,
    "inquiry": _inquiry,
    "notice": _notice,
}


def open_record(app: App[None], context: Context, record: bytes, kind: str = "") -> None:
    """All of a record; of a kind with a page of its own, that page."""
    if kind in _PAGES:
        app.push_screen(_PAGES[kind](context, record))
        return
    open_fields(app, context, record)


def open_fields(app: App[None], context: Context, record: bytes) -> None:
    """Every field of a record, with its history."""
    from armband.client.tui.screens.detail import DetailScreen

    app.push_screen(DetailScreen(context, record))
