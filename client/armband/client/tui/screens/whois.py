"""Who is who of a unit (谁是谁): its posts with people and telephones, its team, its counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from armband.client.i18n import OPTION, _, pgettext
from armband.client.i18n.places import path_words
from armband.client.i18n.words import join_words
from armband.client.model import LedgerQuery
from armband.client.people import roster_of
from armband.client.tui.context import Context
from armband.client.tui.messages import RecordsMoved
from armband.client.tui.screens.desk import DeskScreen
from armband.client.tui.screens.find import unit_finder
from armband.client.tui.screens.pick import PickDialog
from armband.client.tui.text import Cell
from armband.client.tui.widgets.fact_list import FactList
from armband.client.tui.work import start
from armband.shared.kinds.declare import View
from armband.shared.kinds.post_roles import GRID_POSTS, POST_OPTIONS
from armband.shared.masks import masked_phone
from armband.shared.staffing import KINDS, TRIO, Holder, Roster, Staffing, staffing
from armband.shared.units import is_within, lineage

_ROLES = {option.code: option.label for option in POST_OPTIONS}
Fact = tuple[str, Cell]


def role_word(role: str) -> str:
    """A role in the user's language."""
    return pgettext(OPTION, _ROLES[role]) if role in _ROLES else role


class WhoisScreen(DeskScreen):
    """All that one asks about a grid, on one screen."""

    CSS_PATH = "whois.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "unit", "Unit", id="1-unit", tooltip="Who is who of another unit"),
        Binding("2", "homes", "By liaison", id="2-homes", tooltip="Households by liaison"),
        Binding("escape", "leave", "Back", id="9-leave"),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-12)", show=False),
        Binding("pagedown", "scroll(12)", show=False),
    ]

    def __init__(self, context: Context, unit: str = "") -> None:
        super().__init__(context)
        scope = context.terminal.identity.scope
        self.unit = unit or min(scope, key=len, default=context.terminal.identity.office)
        self._path = ""

    def place_words(self) -> str:
        """Who is who, and where."""
        return f"{_('Who is who')}  {self._path or self.unit}"

    def body(self) -> ComposeResult:
        """One list of facts."""
        yield FactList(id="whois-facts")

    def on_mount(self) -> None:
        """Read the unit's people."""
        self._read_again()

    def retranslate(self) -> None:
        """Show the words of the language in use."""
        super().retranslate()
        self._read_again()

    def on_records_moved(self, message: RecordsMoved) -> None:
        """Somebody has a post now, or a telephone."""
        if message.kinds & set(KINDS):
            self._read_again()

    def _read_again(self) -> None:
        start(self, self._read, exclusive=True, group="read")

    async def _read(self) -> None:
        terminal = self.context.terminal
        roster = await roster_of(terminal)
        resources = (await terminal.ledger(LedgerQuery("resource", unit=self.unit), 0, 1)).total
        self._path = path_words(self.unit, roster.units)
        self.show_place()
        self.query_one(FactList).facts = facts_of(roster, self.unit, resources)

    def action_unit(self) -> None:
        """Choose another unit."""

        def chosen(unit: str | None) -> None:
            if unit:
                self.unit = unit
                self._read_again()

        self.app.push_screen(PickDialog(_("Which unit?"), unit_finder(self.context)), chosen)

    def action_homes(self) -> None:
        """Households by liaison."""
        from armband.client.tui.screens.homes import HomesScreen

        self.app.push_screen(HomesScreen(self.context))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        """Along the facts."""
        self.query_one(FactList).scroll_relative(y=rows, animate=False)


def facts_of(roster: Roster, unit: str, resources: int) -> list[Fact]:
    """What the screen says, the people first."""
    holders = roster.holders()
    report = staffing(roster, unit)
    here = [holder for holder in holders if is_within(holder.unit, unit)]
    level = roster.units[unit].level if unit in roster.units else ""
    facts: list[Fact] = []
    if level == "grid":
        facts += [_post(role, [h for h in here if h.unit == unit]) for role in GRID_POSTS]
    facts += [_post(role, _nearest(role, unit, holders)) for role in TRIO]
    shown = {*GRID_POSTS, *TRIO} if level == "grid" else set(TRIO)
    others = dict.fromkeys(h.role for h in here if h.role not in shown and h.role != "liaison")
    facts += [_post(role, here) for role in others]
    facts += _place(roster, unit, here, holders)
    facts += _counts(report, here, resources)
    return facts


def _nearest(role: str, unit: str, holders: Iterable[Holder]) -> list[Holder]:
    """Who has a role in the unit, or in the nearest one above."""
    for code in lineage(unit):
        found = [h for h in holders if h.unit == code and h.role == role]
        if found:
            return found
    return []


def _post(role: str, holders: Iterable[Holder]) -> Fact:
    # Whoever serves by register and by appointment is one person.
    words = list(dict.fromkeys(_person(holder) for holder in holders if holder.role == role))
    return role_word(role), Cell(join_words(words)) if words else Cell(_("vacant"), "bad")


def _person(holder: Holder) -> str:
    until = _("until {day}").format(day=holder.until) if holder.until else ""
    return " ".join(part for part in (holder.name, masked_phone(holder.phone), until) if part)


def _place(
    roster: Roster, unit: str, here: Iterable[Holder], holders: Iterable[Holder]
) -> list[Fact]:
    """Leader, partner, group and telephone, of the unit or the nearest one above that has one."""
    known = {view.unit: view for view in roster.places}
    own = [known[code] for code in lineage(unit) if code in known]
    leader = _leader(roster, own) or join_words([_person(h) for h in here if h.role == "leader"])
    leader = leader or join_words([_person(h) for h in _nearest("leader", unit, holders)])
    facts = [(_("Responsible leader"), Cell(leader) if leader else Cell("-", "quiet"))]
    partners = [
        f"{view.text('name')} {view.text('partner')}".strip()
        for view in roster.places
        if view.text("partner") and is_within(view.unit, unit)
    ]
    facts.append((_("Partner unit"), Cell(join_words(partners) or "-")))
    for name, label in (("wechat_group", _("WeChat group")), ("phone", _("Duty phone"))):
        told = next((view.text(name) for view in own if view.text(name)), "")
        facts.append((label, Cell(told or "-", "" if told else "quiet")))
    return facts


def _leader(roster: Roster, own: Iterable[View]) -> str:
    for view in own:
        person = roster.staff.get(roster.person(view.text("leader")))
        if person is not None:
            return f"{person.text('name')} {masked_phone(person.text('phone'))}".strip()
    return ""


def _counts(report: Staffing, here: Iterable[Holder], resources: int) -> list[Fact]:
    liaisons = len({holder.staff for holder in here if holder.role == "liaison"})
    told = _("{count}, without a liaison {orphans}; liaisons {liaisons}, with too many {over}")
    words = told.format(
        count=report.households,
        orphans=report.without_liaison,
        liaisons=liaisons or len(report.loads),
        over=report.overloaded,
    )
    vacant = [(_("Posts vacant"), Cell(str(report.vacant), "bad" if report.vacant else "good"))]
    return [
        (_("Households here"), Cell(words, "wait" if report.without_liaison else "")),
        *(vacant if report.grids else []),
        (_("Resources"), Cell(str(resources))),
    ]
