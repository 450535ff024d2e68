"""Who has acknowledged a notice and who has not, by name; which households have been told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from armband.shared.kinds.declare import View
from armband.shared.units import is_within, lineage, unit_order


class Person(msgspec.Struct, frozen=True):
    """Somebody who is expected to acknowledge, or has done it unasked.

    ``staff`` is the hex id of their record (``""``: not on the list); ``answer`` ``""`` while they
    have not answered; ``at`` in UTC milliseconds, 0 likewise.
    """

    staff: str
    name: str
    unit: str
    posts: list[str]
    phone: str
    answer: str = ""
    at: int = 0
    note: str = ""


class AckReport(msgspec.Struct, frozen=True):
    """A notice and its acknowledgements: ``missing`` + ``answered`` are those expected."""

    notice: str
    title: str
    sort: str
    unit: str
    at: int
    expected: int
    missing: list[Person]
    answered: list[Person]
    others: list[Person]


def ack_report(
    notice: View, staff: Iterable[View], posts: Iterable[View], acks: Iterable[View], day: str
) -> AckReport:
    """Expected are the staff with a wanted post at or below the notice's unit on ``day``."""
    wanted = _texts(notice, "posts")
    held = _held(posts, notice.unit, day)
    people = [
        person
        for view in staff
        if (person := _expected(view, notice.unit, wanted, held, day)) is not None
    ]
    answers = {ack.id: ack for ack in acks if not ack.void}
    by_staff = {a.text("staff"): a for a in answers.values() if a.text("staff")}
    names = [person.name for person in people]
    # An acknowledgement of a terminal that does not know who sits there counts by the name, when
    # only one is called so.
    by_name = {a.text("by"): a for a in answers.values() if not a.text("staff")}
    missing, answered = [], []
    for person in sorted(people, key=lambda p: (unit_order(p.unit), p.name, p.staff)):
        ack = by_staff.get(person.staff)
        if ack is None and names.count(person.name) == 1:
            ack = by_name.get(person.name)
        if ack is None:
            missing.append(person)
        else:
            answers.pop(ack.id, None)
            answered.append(_answered(person, ack))
    others = [_answered(Person(a.text("staff"), a.text("by"), a.unit, [], ""), a) for a in
              answers.values()]  # fmt: skip
    at = notice.fields.get("at")
    return AckReport(
        notice=notice.id.hex(),
        title=notice.text("title"),
        sort=notice.text("sort"),
        unit=notice.unit,
        at=at if isinstance(at, int) else 0,
        expected=len(people),
        missing=missing,
        answered=sorted(answered, key=lambda p: p.at),
        others=sorted(others, key=lambda p: p.at),
    )


def _texts(view: View, name: str) -> list[str]:
    value = view.fields.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


def _held(posts: Iterable[View], unit: str, day: str) -> Mapping[str, list[View]]:
    """Staff to the posts, as records of their own, that they hold at or below the unit."""
    found: dict[str, list[View]] = {}
    for post in posts:
        since, until = post.text("since"), post.text("until")
        in_time = (not since or since <= day) and (not until or day <= until)
        if in_time and not post.void and is_within(post.unit, unit):
            found.setdefault(post.text("staff"), []).append(post)
    return found


def _expected(
    view: View, unit: str, wanted: Sequence[str], held: Mapping[str, list[View]], day: str
) -> Person | None:
    until = view.text("until")
    if view.void or view.same_as or view.fields.get("reserve") or (until and until < day):
        return None
    own = held.get(view.id.hex(), [])
    if not is_within(view.unit, unit) and not own:
        return None
    posts = [*_texts(view, "posts"), *(post.text("role") for post in own)]
    if wanted and not set(wanted) & set(posts):
        return None
    place = view.unit if is_within(view.unit, unit) else own[0].unit
    return Person(
        view.id.hex(), view.text("name"), place, list(dict.fromkeys(posts)), view.text("phone")
    )


def _answered(person: Person, ack: View) -> Person:
    at = ack.fields.get("at")
    return msgspec.structs.replace(
        person,
        answer=ack.text("answer"),
        at=at if isinstance(at, int) else 0,
        note=ack.text("note"),
    )


CHANNELS = ("door", "phone", "wechat")


@dataclass(frozen=True, slots=True)
class Door:
    """A household of a notice's unit.

    ``visit`` is the hex id of the visit that told it, else of the newest that tried; ``status`` the
    channel of the first, else the outcome of the second.
    """

    id: str
    unit: str
    door: str
    head: str
    visit: str = ""
    status: str = ""

    @property
    def told(self) -> bool:
        """Whether somebody was met."""
        return self.status in CHANNELS


class UnitTold(msgspec.Struct, frozen=True):
    """How many households of a unit have been told."""

    unit: str
    households: int
    told: int
    coverage_pct: int


class ToldReport(msgspec.Struct, frozen=True):
    """A notice to every household: coverage by unit, from the notice's own down."""

    notice: str
    title: str
    unit: str
    households: int
    told: int
    units: list[UnitTold]
    missing: list[Door]


def doors_told(notice: View, households: Iterable[View], visits: Iterable[View]) -> list[Door]:
    """The households at or below the notice's unit, each with the visit that met somebody."""
    found: dict[str, View] = {}
    for visit in visits:
        before = found.get(visit.text("household"))
        if not visit.void and (before is None or _tells_more(visit, before)):
            found[visit.text("household")] = visit
    return [
        _door(household, found.get(household.id.hex()))
        for household in households
        if not household.void and not household.same_as and is_within(household.unit, notice.unit)
    ]


def _tells_more(visit: View, before: View) -> bool:
    met, met_before = (v.text("outcome") == "met" for v in (visit, before))
    newer = str(visit.fields.get("at", 0)).zfill(20) > str(before.fields.get("at", 0)).zfill(20)
    return (met and not met_before) or (met == met_before and newer)


def _door(household: View, visit: View | None) -> Door:
    door = Door(household.id.hex(), household.unit, household.text("door"), household.text("head"))
    if visit is None:
        return door
    outcome = visit.text("outcome")
    status = visit.text("channel") if outcome == "met" else outcome
    return replace(door, visit=visit.id.hex(), status=status)


def told_report(notice: View, doors: Sequence[Door]) -> ToldReport:
    """The figures over `doors_told`."""
    counts: dict[str, list[int]] = {}
    for door in doors:
        for unit in lineage(door.unit):
            if is_within(unit, notice.unit):
                count = counts.setdefault(unit, [0, 0])
                count[0] += 1
                count[1] += door.told
    units = [
        UnitTold(unit, homes, told, 100 * told // homes)
        for unit, (homes, told) in sorted(counts.items(), key=lambda item: unit_order(item[0]))
    ]
    missing = [door for door in doors if not door.told]
    return ToldReport(
        notice=notice.id.hex(),
        title=notice.text("title"),
        unit=notice.unit,
        households=len(doors),
        told=len(doors) - len(missing),
        units=units,
        missing=missing,
    )
