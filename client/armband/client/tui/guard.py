"""Who stands before the screens: locks them, lets somebody in, and gives each person their own.

Locked screens are in modes that are not shown: nothing of them is drawn, and what was typed stays
in them until the same person is back. For another person they are made anew; what the first one
typed is in the drafts, which are kept by person.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from armband.client.door import Door
from armband.client.i18n import _, ngettext
from armband.client.i18n.duties import left_words
from armband.client.keyring import reading_expired
from armband.client.tui.guarded import LOCKED
from armband.client.tui.screens.expired import ExpiredScreen
from armband.client.tui.screens.lane import LaneScreen
from armband.client.tui.screens.lock import LockScreen
from armband.client.tui.widgets.title_line import sync_words
from armband.client.tui.work import start

if TYPE_CHECKING:
    from armband.client.tui.app import ArmbandApp

EXPIRED, FIRST = "expired", "lane"
LOOK_EVERY_S = 5.0
WARN_MS = 30_000
"""So long before it locks by itself it says so: any key keeps it open."""
_WARNED_S = 8.0


class Guard:
    """Of one app.

    Attributes:
        door: the key ring; None where the app runs over a store without a folder.
        shut: the mode that hides the others now, or ``""``.
        back: the mode that comes after it.
    """

    def __init__(self, app: ArmbandApp, door: Door | None) -> None:
        self._app = app
        self.door = door
        self.shut = ""
        self.back = FIRST
        self._touched_ms = app.context.environment.now_ms()
        self._is_warned = False

    @property
    def can_lock(self) -> bool:
        """Whether somebody has a PIN, and it is not locked already."""
        return self.door is not None and bool(self.door.people) and self.shut != LOCKED

    @property
    def _is_expired(self) -> bool:
        terminal = self._app.context.terminal
        if self.door is None or not self.door.people or terminal.status.connected:
            return False
        days = terminal.identity.policy.offline_days
        now_ms = self._app.context.environment.now_ms()
        return reading_expired(terminal.status.last_contact, now_ms, days)

    # -- time ---------------------------------------------------------------------------------

    def touched(self) -> None:
        """A key was pressed, or a scanner has read something."""
        self._touched_ms = self._app.context.environment.now_ms()
        self._is_warned = False

    def look(self) -> None:
        """Lock when nobody has pressed a key for long enough."""
        now_ms = self._app.context.environment.now_ms()
        # A clock that was put back begins anew.
        self._touched_ms = min(self._touched_ms, now_ms)
        left_ms = self._limit_ms - (now_ms - self._touched_ms)
        if not self.can_lock:
            return
        if left_ms <= 0:
            start(self._app, self.lock, group="lock")
        elif left_ms <= WARN_MS and not self._is_warned:
            self._is_warned = True
            words = _("Locks in half a minute: any key keeps it open.")
            self._app.notify(words, timeout=_WARNED_S)

    @property
    def _limit_ms(self) -> int:
        return self._app.context.terminal.identity.policy.lock_after_min * 60_000

    # -- shutting -----------------------------------------------------------------------------

    async def enter(self) -> None:
        """The first screen."""
        await self._open(FIRST)

    async def lock(self, *, ask_who: bool = False) -> None:
        """Hide everything until somebody unlocks; the link goes on."""
        if not self.can_lock or self.door is None:
            return
        app = self._app
        self.back = self.shut or app.current_mode
        self.shut = LOCKED
        for screen in app.all_screens():
            if isinstance(screen, LaneScreen):
                screen.box.keep_line()
        door, person = self.door, app.context.terminal.person
        make = partial(LockScreen, door, self._opened, self._facts, person=person, ask_who=ask_who)
        app.add_mode(LOCKED, make)
        await app.switch_mode(LOCKED)

    def _facts(self) -> Sequence[str]:
        """What may be said to everybody."""
        context = self._app.context
        words = ["  ".join(text for text, _tone in sync_words(context.terminal.status))]
        urgent = context.urgent
        if urgent.tasks:
            count = ngettext("{count} waits for you", "{count} wait for you", urgent.count)
            left = left_words(urgent.tasks[0].due_ms, context.environment.now_ms())
            words.append(f"! {count.format(count=urgent.count)}  {left}")
        return words

    def _opened(self, person: str) -> None:
        start(self._app, partial(self._let_in, person), group="lock")

    async def _let_in(self, person: str) -> None:
        is_same = person == self._app.context.terminal.person
        if not is_same:
            await self._app.begin_anew(person)
            self.back = FIRST
        self.touched()
        await self._open(FIRST if self.back == EXPIRED else self.back)
        await self._app.remove_mode(LOCKED)
        self._app.tell_held(is_same=is_same)

    # -- a contact too long ago ---------------------------------------------------------------

    async def _open(self, mode: str) -> None:
        if self._is_expired and self.door is not None:
            self.shut, self.back = EXPIRED, mode
            self._app.add_mode_once(
                EXPIRED, partial(ExpiredScreen, self._app.context.terminal, self.door)
            )
            await self._app.switch_mode(EXPIRED)
            return
        before, self.shut = self.shut, ""
        await self._app.switch_mode(mode)
        if before == EXPIRED:
            await self._app.remove_mode(EXPIRED)

    def heard(self) -> None:
        """The sync line has changed: the office may have answered."""
        if self.shut == EXPIRED and not self._is_expired:
            start(self._app, partial(self._open, self.back), group="lock")
