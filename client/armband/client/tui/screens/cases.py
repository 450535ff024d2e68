"""The dispatch desk (事件): open cases with their clocks; one key for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from armband.client.i18n import _
from armband.client.i18n.words import option_label
from armband.client.model import Entry, Task
from armband.client.nearby import who_is_near
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.screens.case_rows import KIND, about_lines, case_cells, case_columns
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.pages import open_record
from armband.client.tui.screens.pick import Choice, PickDialog
from armband.client.tui.text import Cell
from armband.client.tui.urgent import LOOK_EVERY_S
from armband.client.tui.widgets.paged_list import Heading, PagedList
from armband.client.tui.work import start
from armband.shared.fields import Patch
from armband.shared.kinds.case_clock import RUNG_OPTIONS
from armband.shared.kinds.case_flow import CATEGORY_OPTIONS
from armband.shared.kinds.shift import KIND as SHIFT
from armband.shared.kinds.workflow import STEP
from armband.shared.masks import masked_phone
from armband.shared.permissions import Role, may_write
from armband.shared.wire import UnitName

_OPEN_MAX = 5000
_DISPATCHES = ("dispatch", "redispatch")
_STEPS: Mapping[str, tuple[str, ...]] = {
    "dispatch": _DISPATCHES,
    "accept": ("accept",),
    "finish": ("finish",),
    "close": ("close",),
    "escalate": ("escalate",),
    "cancel": ("cancel",),
}
"""The steps that each key may take, the first that leads on."""


class CasesScreen(DeskScreen):
    """Which cases and how many above, the cases, the one under the cursor below."""

    CSS_PATH = "cases.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "new", "New", id="1-new", tooltip="A new case"),
        Binding("4", "step('dispatch')", "Dispatch", id="2-4", tooltip="To whoever is nearest"),
        Binding("5", "step('accept')", "Accept", id="2-5", tooltip="Accept the case"),
        Binding("6", "step('finish')", "Done", id="2-6", tooltip="The case is dealt with"),
        Binding("7", "step('close')", "Verify", id="2-7", tooltip="Verify and close"),
        Binding("8", "step('escalate')", "Escalate", id="2-8", tooltip="To a higher level"),
        Binding("9", "step('cancel')", "Cancel", id="2-9", tooltip="Cancel, with a reason"),
        Binding(
            "enter",
            "open",
            "Open",
            id="3-open",
            show=False,
            tooltip="The whole case, all its steps",
        ),
        Binding("tab", "category(1)", "Category", id="4-category", priority=True),
        Binding("shift+tab", "category(-1)", show=False, priority=True),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._category = ""
        self._units: Mapping[str, UnitName] = {}
        self._counts: Mapping[str, int] = {}

    # -- pieces -------------------------------------------------------------------------------

    def place_words(self) -> str:
        """Open cases."""
        return _("Open cases")

    def body(self) -> ComposeResult:
        """How many, heading, rows, the case under the cursor."""
        yield Static("", id="cases-head", markup=False)
        rows = PagedList(
            self._load,
            self._paint,
            case_columns,
            empty=lambda: _("No open case. ^N makes one."),
            same=lambda row: row.entry.view.id if isinstance(row, Task) else None,
            id="cases-rows",
        )
        yield Heading(rows)
        yield rows
        yield Static("", id="cases-about", markup=False)

    @property
    def rows(self) -> PagedList:
        """The list."""
        return self.query_one(PagedList)

    def on_mount(self) -> None:
        """Read, and read again as time goes by."""
        self.rows.focus()
        self.rows.show()
        self.set_interval(1.0, self._tick)
        self.set_interval(LOOK_EVERY_S, self._look_again)

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._say()

    def on_screen_resume(self) -> None:
        """Time has passed while another screen was shown."""
        self._look_again()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Somebody has done something, here or elsewhere."""
        if not message.kinds.isdisjoint({KIND.name, "staff"}):
            self._look_again()

    def _look_again(self) -> None:
        if self.is_current and self.rows.loaded:
            self.rows.show(keep_place=True)

    def _tick(self) -> None:
        if self.is_current and self.rows.total:
            self.rows.refresh()
            self._say()

    # -- rows ---------------------------------------------------------------------------------

    async def _load(self, offset: int, limit: int) -> tuple[int, Sequence[object]]:
        terminal = self.context.terminal
        self._units = await terminal.units()
        todo = await terminal.todo("", _OPEN_MAX)
        # Every open case asks for its next step.
        cases = [task for task in todo.tasks if task.entry.view.kind == KIND.name]
        counts: dict[str, int] = {}
        for task in cases:
            state = task.entry.view.text("state")
            counts[state] = counts.get(state, 0) + 1
        self._counts = counts
        if self._category:
            cases = [t for t in cases if t.entry.view.text("category") == self._category]
        return len(cases), cases[offset : offset + limit]

    def _paint(self, row: object, _index: int) -> Sequence[Cell]:
        assert isinstance(row, Task)
        return case_cells(self.context, row, self._units)

    @on(PagedList.Moved)
    def _moved(self) -> None:
        self._say()
        self.refresh_bindings()

    def _say(self) -> None:
        states = KIND.fields["state"]
        parts = [
            f"{option_label(states, option.code)} {self._counts[option.code]}"
            for option in states.options
            if self._counts.get(option.code)
        ]
        if self._category:
            named = option_label(KIND.fields["category"], self._category)
            parts.append(f"{_('only')} {named}")
        self.query_one("#cases-head", Static).update("   ".join(parts))
        entry = self._entry
        lines = about_lines(self.context, entry) if entry is not None else []
        self.query_one("#cases-about", Static).update("\n".join(lines))

    @property
    def _entry(self) -> Entry | None:
        row = self.rows.current
        return row.entry if isinstance(row, Task) else None

    # -- actions ------------------------------------------------------------------------------

    @on(PagedList.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The whole case."""
        if self._entry is not None:
            open_record(self.app, self.context, self._entry.view.id)

    def action_new(self) -> None:
        """A new case."""
        from armband.client.tui.screens.edit import EditScreen

        self.app.push_screen(EditScreen(self.context, KIND.name))

    def action_category(self, by: int) -> None:
        """Only the cases of the next category, after the last one all."""
        codes = ["", *(option.code for option in CATEGORY_OPTIONS)]
        self._category = codes[(codes.index(self._category) + by) % len(codes)]
        self.rows.show()

    def action_step(self, key: str) -> None:
        """Take the step of a key, if it leads on from where the case stands."""
        entry, workflow = self._entry, KIND.workflow
        if entry is None or workflow is None:
            return
        identity = self.context.terminal.identity
        state = entry.view.text("state")
        offered = {step.name: step for step in workflow.offered(state)}
        step = next((offered[name] for name in _STEPS[key] if name in offered), None)
        if step is None or not may_write(
            Role(identity.role), KIND.name, entry.view.unit, identity.scope
        ):
            words = _("Not from here: the case is {state}.")
            named = option_label(KIND.fields["state"], state)
            self.notify(words.format(state=named), severity="warning")
        elif step.name in _DISPATCHES:
            self._ask_whom(entry, step.name)
        elif step.asks:
            from armband.client.tui.screens.step import StepScreen

            self.app.push_screen(StepScreen(self.context, entry, step))
        else:
            start(self, partial(self._take, entry.view.id, {STEP: step.name}), group="save")

    async def _take(self, record: bytes, patch: Patch) -> None:
        await self.context.terminal.change(record, patch)

    def _ask_whom(self, entry: Entry, step: str) -> None:
        def chosen(fields: Patch | None) -> None:
            if fields is not None:
                start(
                    self, partial(self._take, entry.view.id, {STEP: step, **fields}), group="save"
                )

        async def find(typed: str) -> list[Choice[Patch]]:
            return [
                choice
                for choice in await self._choices(entry)
                if typed.strip().lower() in f"{choice.label} {choice.note}".lower()
            ]

        self.app.push_screen(
            PickDialog(_("Dispatch to whom? The nearest stand first."), find), chosen
        )

    async def _choices(self, entry: Entry) -> list[Choice[Patch]]:
        """People, the nearest first, then the rungs of the chain for whoever sits there."""
        posts = {option.code: option for option in RUNG_OPTIONS}
        rungs = KIND.fields["rung"]
        now_ms = self.context.environment.now_ms()
        choices: list[Choice[Patch]] = []
        for near in await who_is_near(self.context.terminal, entry, now_ms):
            helper = near.helper
            unit = self._units.get(helper.unit)
            phone = masked_phone(helper.phone) if helper.phone else _("no telephone")
            note = f"{phone}  {unit.name if unit else helper.unit}"
            label = f"{helper.name}  {option_label(rungs, near.rung)}"
            if helper.on_duty:
                label += f"  {option_label(SHIFT.fields['state'], 'standing')}"
            choices.append(Choice({"to": helper.staff, "rung": near.rung}, label, note))
        for code in posts:
            if code != "agency":
                label = _("Whoever sits there: {rung}").format(rung=option_label(rungs, code))
                choices.append(Choice({"rung": code}, label))
        return choices
