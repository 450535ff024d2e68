"""The terminal's application: its modes, the keys that work everywhere, news from the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.events import Event
from textual.filter import LineFilter

from armband.client.door import Door
from armband.client.i18n import CHINESE, ENGLISH, LANGUAGES, _, language, set_language
from armband.client.model import (
    DamageMet,
    IdentityChanged,
    RecordsChanged,
    RollupsChanged,
    StatusChanged,
)
from armband.client.model import (
    Event as News,
)
from armband.client.terminal import Terminal
from armband.client.tui.context import Context
from armband.client.tui.guard import EXPIRED, Guard
from armband.client.tui.guard import LOOK_EVERY_S as GUARD_LOOKS_EVERY_S
from armband.client.tui.guarded import GuardedApp
from armband.client.tui.harmless import HarmlessLines
from armband.client.tui.key_order import PATIENCE_S, ROUNDS, KeyOrder, KeyProbe
from armband.client.tui.messages import (
    IdentityMoved,
    LedgerAsked,
    MeChosen,
    RecordsMoved,
    RecordsWanted,
    RollupsMoved,
    StatusMoved,
    UrgentMoved,
)
from armband.client.tui.modes import modes
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.lane import LaneScreen
from armband.client.tui.screens.menu import MenuEntry, menu_finder
from armband.client.tui.screens.pick import PickDialog
from armband.client.tui.theme import THEME
from armband.client.tui.urgent import LOOK_EVERY_S, bear_duties
from armband.client.tui.widgets.key_bar import keys_of
from armband.client.tui.work import start
from armband.client.wiping import is_finished
from armband.shared.environment import Environment

HARMLESS = HarmlessLines()
LANGUAGE = "language"
"""The preference that keeps the chosen language."""


class ArmbandApp(GuardedApp):
    """The screens over one opened terminal.

    Args:
        terminal: opened; the app does not close it.
        environment: the clock.
        door: who may open it; None where no folder lies below.

    Attributes:
        damage: what was found damaged in the store meanwhile; empty when nothing was.
        repair_wanted: whether the user wants it repaired.
        is_revoked: the office has revoked the terminal and has all of its work: it is to be wiped,
            now, whoever sits here or nobody; so the app has ended.
    """

    CSS_PATH = "app.tcss"
    TITLE = "Armband"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", id="app-1-help", tooltip="What the keys here do"),
        Binding("f2", "lane", "Lane", id="app-2-lane", tooltip="Checks at a checkpoint"),
        Binding("f3", "go('visit')", "Visit", id="app-3-visit", tooltip="Record a visit"),
        Binding("f4", "go('today')", "Today", id="app-4-today", tooltip="What is to be done"),
        Binding("f5", "go('cases')", "Cases", id="app-5-cases", tooltip="Dispatch, accept, close"),
        Binding("f6", "go('ledger')", "Ledger", id="app-6-ledger", tooltip="Find and correct"),
        Binding("f7", "go('board')", "Board", id="app-7-board", tooltip="The figures by unit"),
        Binding("f8", "go('sync')", "Sync", id="app-8-sync", tooltip="Sync, conflicts, refused"),
        Binding("f10", "roster", "Roster", id="app-9-roster", show=False, tooltip="Who is where"),
        Binding("f11", "whois", "People", id="app-9-whois", show=False, tooltip="Who is who"),
        Binding("f12", "call", "Call", id="app-9-call", show=False, tooltip="A telephone call"),
        Binding("ctrl+r", "rounds", "Rounds", id="app-9-rounds", show=False, tooltip="Testing"),
        Binding("ctrl+b", "doors", "Doors", id="app-9-doors", show=False, tooltip="Waste, food"),
        Binding("ctrl+l", "language", "中", id="app-9-language", tooltip="Chinese or English"),
        Binding("ctrl+p", "palette", "Menu", id="app-9-palette", tooltip="Every action"),
        Binding(
            "ctrl+e",
            "lock(False)",
            "Lock",
            id="app-9-lock",
            show=False,
            priority=True,
            tooltip="Lock the screen now",
        ),
        Binding(
            "ctrl+f",
            "lock(True)",
            "Next person",
            id="app-9-next",
            show=False,
            priority=True,
            tooltip="Hand the terminal over",
        ),
        Binding("ctrl+q", "quit", "Quit", id="app-9-quit", show=False, priority=True),
    ]

    def __init__(
        self, terminal: Terminal, environment: Environment, door: Door | None = None
    ) -> None:
        super().__init__()
        self.context = Context(terminal, environment)
        self.guard = Guard(self, door)
        self._keys = KeyOrder()
        self.damage = ""
        self.repair_wanted = False
        self.is_revoked = False
        self._stop_listening: Callable[[], None] = lambda: None
        self.register_theme(THEME)
        self.theme = THEME.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Also that no text of a record steers the terminal."""
        return [*super().get_line_filters(), HARMLESS]

    async def on_mount(self) -> None:
        """Open the lane and listen to the engine."""
        chosen = await self.context.terminal.preference(LANGUAGE)
        if chosen in LANGUAGES:
            set_language(chosen)
        self._stop_listening = self.context.terminal.listen(self._hear)
        self._add_modes()
        await self.guard.enter()
        self._look_for_urgent()
        self.set_interval(LOOK_EVERY_S, self._look_for_urgent)
        self.set_interval(GUARD_LOOKS_EVERY_S, self.guard.look)

    def _add_modes(self) -> None:
        for name, make in modes().items():
            self.add_mode_once(name, partial(self._make_screen, make))

    def on_unmount(self) -> None:
        """Hear no more."""
        self._stop_listening()

    def _make_screen(self, make: Callable[[], type[DeskScreen]]) -> DeskScreen:
        return make()(self.context)

    # -- who sits here ------------------------------------------------------------------------

    async def begin_anew(self, person: str) -> None:
        """Other screens for another person; what the first one typed is in their drafts."""
        for screen in self.all_screens():
            if isinstance(screen, LaneScreen):
                await screen.box.settled()
        for name in (*modes(), EXPIRED):
            if name in self._modes:
                await self.remove_mode(name)
        await self.context.terminal.sit_down(person)
        self.context = Context(self.context.terminal, self.context.environment)
        self._add_modes()
        self._look_for_urgent()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where somebody has a PIN there is something to lock."""
        if action == "lock":
            return self.guard.can_lock
        return super().check_action(action, parameters)

    async def action_lock(self, ask_who: bool) -> None:
        """Lock the screen now, for the same person or the next."""
        await self.guard.lock(ask_who=ask_who)

    def action_people(self) -> None:
        """Who may unlock this terminal."""
        from armband.client.tui.screens.pins import Pins

        if self.guard.door is not None:
            Pins(self, self.context.terminal, self.guard.door, self._people_changed).ask()

    def _people_changed(self) -> None:
        for screen in self.all_screens():
            if isinstance(screen, DeskScreen):
                screen.show_place()
        self.guard.touched()
        self._look_for_urgent()

    # -- keys ---------------------------------------------------------------------------------

    async def on_event(self, event: Event) -> None:
        """Hand keys on one after the other; see `key_order`."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown):
            self.guard.touched()
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._keys.begin(event):
            await super().on_event(event)
            self._probe(1)
        if self._keys.is_waiting:
            self.set_timer(PATIENCE_S, partial(self._next_key, self._keys.number))

    def _probe(self, number_of_round: int) -> None:
        target = self.focused or self.screen
        target.post_message(KeyProbe(self._keys.number, number_of_round))

    async def on_key_probe(self, probe: KeyProbe) -> None:
        """A key is done, or the first things that it set off are."""
        probe.stop()
        if probe.number != self._keys.number:
            return
        if probe.round < ROUNDS:
            self._probe(probe.round + 1)
        else:
            await self._next_key(probe.number)

    async def _next_key(self, number: int) -> None:
        event = self._keys.done(number)
        if event is not None:
            await self.on_event(event)

    # -- news ---------------------------------------------------------------------------------

    def _tell_damage(self, problem: str) -> None:
        from armband.client.tui.screens.damaged import DamagedScreen

        self.damage = problem

        def answered(repair: bool | None) -> None:
            self.repair_wanted = bool(repair)
            self.exit()

        self.push_screen(DamagedScreen(problem), answered)

    def _hear(self, event: News) -> None:
        if isinstance(event, DamageMet):
            self._tell_damage(event.problem)
            return
        if isinstance(event, StatusChanged) and is_finished(event.status):
            self.is_revoked = True
            self.exit()
        for screen in self.all_screens():
            match event:
                case StatusChanged(status):
                    screen.post_message(StatusMoved(status))
                case RecordsChanged(kinds):
                    screen.post_message(RecordsMoved(kinds))
                case RollupsChanged():
                    screen.post_message(RollupsMoved())
                case IdentityChanged(identity):
                    screen.post_message(IdentityMoved(identity))

        self.guard.heard()
        if isinstance(event, IdentityChanged) or (
            isinstance(event, RecordsChanged) and bear_duties(event.kinds)
        ):
            self._look_for_urgent()

    # -- what cannot wait ---------------------------------------------------------------------

    def _look_for_urgent(self) -> None:
        start(self, self._tell_urgent, group="urgent", exclusive=True)

    async def _tell_urgent(self) -> None:
        await self.context.urgent.look_again(self.context.terminal, self.bell)
        for screen in self.all_screens():
            screen.post_message(UrgentMoved())

    def on_me_chosen(self, _message: MeChosen) -> None:
        """Other tasks may be mine now."""
        self._look_for_urgent()

    # -- actions ------------------------------------------------------------------------------

    async def action_go(self, mode: str) -> None:
        """Go to a screen; it is as it was left."""
        await self.switch_mode(mode)

    async def action_lane(self) -> None:
        """Go to the lane; in the lane, choose the checkpoint."""
        if self.current_mode == "lane" and isinstance(self.screen, LaneScreen):
            self.screen.action_checkpoint()
        else:
            await self.switch_mode("lane")

    async def on_records_wanted(self, message: RecordsWanted) -> None:
        """From a figure to its records."""
        await self.switch_mode("ledger")
        screen = self._screen_stacks["ledger"][0]
        screen.post_message(LedgerAsked(message.kind, message.unit, message.day))

    async def action_language(self) -> None:
        """Switch between Chinese and English, for good."""
        set_language(ENGLISH if language() == CHINESE else CHINESE)
        for screen in self.all_screens():
            if isinstance(screen, DeskScreen):
                screen.retranslate()
        start(self, partial(self.context.terminal.set_preference, LANGUAGE, language()))

    def action_call(self) -> None:
        """A telephone call: what about, and it is saved."""
        from armband.client.tui.screens.calls import CallDialog

        def about(topic: str | None) -> None:
            if topic is not None:
                start(self, partial(self._save_call, topic), group="call")

        if not isinstance(self.screen, CallDialog):
            self.push_screen(CallDialog(), about)

    async def _save_call(self, topic: str) -> None:
        from armband.client.tui.screens.calls import save_call

        self.push_screen(await save_call(self.context, topic))

    def action_roster(self) -> None:
        """Who stands where, and where nobody will."""
        from armband.client.tui.screens.roster import RosterScreen

        if not isinstance(self.screen, RosterScreen):
            self.push_screen(RosterScreen(self.context))

    def action_whois(self) -> None:
        """Who is who of a unit, and whose households are whose."""
        from armband.client.tui.screens.whois import WhoisScreen

        if not isinstance(self.screen, WhoisScreen):
            self.push_screen(WhoisScreen(self.context))

    def action_rounds(self) -> None:
        """Rounds of testing, side by side."""
        from armband.client.tui.screens.rounds import RoundsScreen

        if not isinstance(self.screen, RoundsScreen):
            self.push_screen(RoundsScreen(self.context))

    def action_doors(self) -> None:
        """The day's services at doors, to be ticked off."""
        from armband.client.tui.screens.lists import open_stops
        from armband.client.tui.screens.tick import TickScreen

        if not isinstance(self.screen, TickScreen):
            open_stops(self, self.context)

    def action_help(self) -> None:
        """Say what the keys here do."""
        from armband.client.tui.screens.help import HelpScreen  # not needed for the first paint

        self.push_screen(HelpScreen(keys_of(self.screen)))

    def action_palette(self) -> None:
        """Offer every action that works here."""
        self.push_screen(PickDialog(_("Menu"), menu_finder(self)), self._run_entry)

    async def _run_entry(self, entry: MenuEntry | None) -> None:
        if entry is not None:
            await self.run_action(entry.action, entry.node)

    async def action_new(self, kind: str) -> None:
        """The form of a new record."""
        if kind == "visit":
            await self.switch_mode("visit")
            return
        from armband.client.tui.screens.edit import EditScreen

        self.push_screen(EditScreen(self.context, kind))

    def action_list(self, kind: str) -> None:
        """The ledger of a kind."""
        self.post_message(RecordsWanted(kind, "", ""))
