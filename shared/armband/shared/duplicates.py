"""Records that may be of one person or door, over everything that is here. Pure.

Each pair that people have merged already is left out; so is what a natural key makes one anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from armband.shared.kinds.declare import View
from armband.shared.kinds.same import survivor
from armband.shared.normal import clean_name
from armband.shared.regridding import door_key

Reading = Callable[[str], str]
"""A name as it sounds, so that 李雪婷 and 李雪停 are equal."""
KINDS = ("household", "resident", "returnee")
SAME_DOOR = "same door"
SAME_PHONE = "same name and telephone"
SAME_TAIL = "same name and ID tail"
SAME_NAME = "same name at one door"
SOUNDS_ALIKE = "sounds alike at one door"
CIRCLE = "merged in a circle"


class Like(msgspec.Struct, frozen=True):
    """One of the records that look alike."""

    id: str
    kind: str
    unit: str
    name: str
    door: str
    phone: str


class Group(msgspec.Struct, frozen=True):
    """Records that look alike, and by what."""

    why: str
    records: list[Like]


def duplicates(views: Iterable[View], reading: Reading) -> list[Group]:
    """Groups of records that may be one, the strongest reason first; none twice in one kind."""
    everything = [view for view in views if not view.void and view.unit]
    by_id = {view.id.hex(): view for view in everything}
    said = {ref: view.same_as for ref, view in by_id.items()}
    alive = [view for view in everything if not view.same_as]
    found: dict[tuple[str, ...], Group] = {}
    for why, keyed in _keys(alive, by_id, reading).items():
        for group in keyed.values():
            ids = tuple(sorted(view.id.hex() for view in group))
            if len(ids) > 1 and ids not in found:
                found[ids] = Group(why, [_like(view, by_id) for view in group])
    groups = [*found.values(), *_circles(said, by_id)]
    return sorted(groups, key=lambda group: (group.records[0].unit, group.records[0].id))


Keyed = dict[tuple[object, ...], list[View]]


def _keys(
    alive: Iterable[View], by_id: Mapping[str, View], reading: Reading
) -> Mapping[str, Keyed]:
    keys: dict[str, Keyed] = {
        why: {} for why in (SAME_DOOR, SAME_TAIL, SAME_PHONE, SAME_NAME, SOUNDS_ALIKE)
    }
    for view in alive:
        name = clean_name(view.text("name"))
        phone, tail = view.text("phone"), view.text("id_tail")
        home = view.text("household")
        if view.kind == "household":
            _add(keys[SAME_DOOR], view, view.unit, door_key(view.text("door")))
        if not name:
            continue
        if tail:
            _add(keys[SAME_TAIL], view, name, tail)
        if phone:
            _add(keys[SAME_PHONE], view, name, phone)
        if home:
            stands = survivor(home, lambda ref: by_id[ref].same_as if ref in by_id else None)
            _add(keys[SAME_NAME], view, name, stands)
            _add(keys[SOUNDS_ALIKE], view, reading(name), stands)
    return keys


def _add(keyed: Keyed, view: View, *key: object) -> None:
    keyed.setdefault((view.kind, *key), []).append(view)


def _circles(said: Mapping[str, str], by_id: Mapping[str, View]) -> Iterable[Group]:
    """Records that were merged unseen of each other so that none of them stands."""
    done: set[str] = set()
    for ref in sorted(said):
        walk = [ref]
        while (further := said.get(walk[-1], "")) and further not in walk:
            walk.append(further)
        circle = walk[walk.index(further) :] if further else []
        if circle and done.isdisjoint(circle):
            done.update(circle)
            yield Group(CIRCLE, [_like(by_id[one], by_id) for one in sorted(circle)])


def _like(view: View, by_id: Mapping[str, View]) -> Like:
    home = by_id.get(view.text("household"))
    door = view.text("door") or (home.text("door") if home is not None else "")
    name = view.text("name") or view.text("head")
    return Like(view.id.hex(), view.kind, view.unit, name, door, view.text("phone"))
