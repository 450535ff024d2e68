"""Whom a reading means, by who is known here.

Nobody is guessed: one person is meant when exactly one fits the whole of what was typed. Beginnings
of names only make candidates; so do letters that fit nobody, which may be a slip of the finger.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from armband.client.lane.outcome import LaneCheck
from armband.client.lane.parse import Reading
from armband.client.lane.pieces import WhoKind, WhoPiece
from armband.client.model import Match
from armband.client.search.readings import spellings
from armband.client.search.terms import door_key
from armband.shared.normal import clean_name

Matches = Mapping[WhoPiece, Sequence[Match]]

_WHOLE_PHONE = re.compile(
    r"(?:86)?1[3-9][0-9]{9}|0[0-9]{9,11}|[2-8][0-9]{6,7}|[48]00[0-9]{7}|\+[0-9]{7,15}"
)
"""Mobile, long-distance and local numbers of China, and foreign ones with a plus."""


class Grade(enum.Enum):
    """How sure the "who" of a reading is."""

    SURE = "sure"
    OPEN = "open"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Meant:
    """A reading with whom it may mean.

    Attributes:
        reading: the reading.
        grade: SURE with one candidate, OPEN with several or one to be confirmed, DEAD with none.
        known: somebody here fits the whole of what was typed.
        candidates: what each choice would record.
    """

    reading: Reading
    grade: Grade
    known: bool
    candidates: tuple[LaneCheck, ...]

    @property
    def begun(self) -> bool:
        """Whether somebody here fits what was typed so far."""
        return any(check.person is not None for check in self.candidates)


def who_is_meant(reading: Reading, matches: Matches, cut: Container[WhoPiece] = ()) -> Meant:
    """Grade one reading. Of the pieces in ``cut`` there are more matches than were looked up."""
    bare = LaneCheck(
        temp_tenths=reading.temp_tenths,
        code=reading.code,
        decision=reading.decision,
        direction=reading.direction,
    )
    name, place = reading.name, reading.place
    if name is None and place is None:
        return Meant(reading, Grade.SURE, known=False, candidates=(bare,))
    if name is not None and place is not None:
        grade, known, found = _by_both(name, place, matches)
    elif name is not None:
        grade, known, found = _by_name(name, matches)
    else:
        assert place is not None
        grade, known, found = _by_place(place, matches)
    if known and (place or name) in cut:
        grade = Grade.OPEN
    filled = (replace(bare, person=who.person, name=who.name, phone=who.phone) for who in found)
    return Meant(reading, grade, known, tuple(filled))


_Found = tuple[Grade, bool, list[LaneCheck]]


def _by_name(name: WhoPiece, matches: Matches) -> _Found:
    people = _people(match for match in matches.get(name, ()) if fits_begun(name, match))
    exact = [match for match in people if fits_whole(name, match)]
    if len(exact) == 1:
        return Grade.SURE, True, [_called(exact[0])]
    if exact:
        return Grade.OPEN, True, [_called(match) for match in exact]
    stranger = LaneCheck(name=_spoken(name))
    if not people and name.kind is WhoKind.HAN and len(name.text) > 1:
        return Grade.SURE, False, [stranger]
    return Grade.OPEN, False, [*(_called(match) for match in people), stranger]


def _called(match: Match) -> LaneCheck:
    """A check of somebody who was found by name: of a door's head the name is recorded too."""
    return LaneCheck(person=match, name=match.name if match.kind == "household" else "")


def _by_place(place: WhoPiece, matches: Matches) -> _Found:
    people = _at_place(place, matches.get(place, ()))
    exact = [match for match in people if fits_whole(place, match)]
    if len(exact) == 1:
        return Grade.SURE, True, [LaneCheck(person=exact[0])]
    if people:
        return Grade.OPEN, bool(exact), [LaneCheck(person=match) for match in exact or people]
    if is_whole_phone(place):
        return Grade.SURE, False, [LaneCheck(phone=place.text)]
    return Grade.DEAD, False, []


def _by_both(name: WhoPiece, place: WhoPiece, matches: Matches) -> _Found:
    near = [match for match in matches.get(place, ()) if fits_whole(place, match)]
    ids = {match.id for match in near}
    named = [match for match in matches.get(name, ()) if fits_begun(name, match)]
    both = [match for match in near if fits_begun(name, match)]
    both = _people([*both, *(m for m in named if m.id in ids or m.household in ids)])
    both = [match for match in both if fits_whole(name, match)] or both
    if len(both) == 1:
        return Grade.SURE, True, [_called(both[0])]
    if both:
        return Grade.OPEN, True, [_called(match) for match in both]
    there = _at_place(place, near)
    spoken = _spoken(name)
    if is_whole_phone(place):
        stranger = LaneCheck(name=spoken, phone=place.text)
        if not there and not named and name.kind is WhoKind.HAN:
            return Grade.SURE, False, [stranger]
        others = _people([*there, *(match for match in named if fits_whole(name, match))])
        return Grade.OPEN, False, [*(_called(match) for match in others), stranger]
    doors = [match for match in there if match.kind == "household"]
    if doors and place.kind is WhoKind.DOOR:
        return Grade.OPEN, False, [LaneCheck(person=match, name=spoken) for match in doors]
    return Grade.DEAD, False, []


def _people(found: Iterable[Match]) -> list[Match]:
    """Residents and doors, each once; a door whose head is among them stands back."""
    once = {match.id: match for match in found if match.kind in ("resident", "household")}
    heads = {(m.household, clean_name(m.name)) for m in once.values() if m.kind == "resident"}
    return [
        match
        for match in once.values()
        if match.kind == "resident" or (match.id, clean_name(match.name)) not in heads
    ]


def _at_place(place: WhoPiece, found: Iterable[Match]) -> list[Match]:
    """Whom a number or a door means by itself.

    A look-up also finds everybody who lives at a door that fits: they are not meant by the door,
    nor by the telephone of its head, unless the number is their own too.
    """
    once = {match.id: match for match in found if match.kind in ("resident", "household")}
    own = [
        match
        for match in once.values()
        if match.kind == "household" or match.household not in once or _is_own(place, match)
    ]
    return _people(own) if place.kind is WhoKind.NUMBER else own


def _is_own(place: WhoPiece, match: Match) -> bool:
    return place.kind is WhoKind.NUMBER and match.phone.endswith(place.text)


def fits_begun(name: WhoPiece, match: Match) -> bool:
    """Whether somebody's own name fits what was typed so far, from its beginning or within."""
    if name.text in _key(match.name):
        return True
    initials, whole = spellings(clean_name(match.name))
    return any(spelled.startswith(name.text) for spelled in (*initials, *whole))


def fits_whole(piece: WhoPiece, match: Match) -> bool:
    """Whether a match fits the whole of what was typed, and not only its beginning."""
    if piece.kind is WhoKind.LETTERS:
        initials, whole = spellings(clean_name(match.name))
        return piece.text in initials or piece.text in whole or piece.text == _key(match.name)
    if piece.kind is WhoKind.HAN:
        return piece.text == _key(match.name)
    if piece.kind is WhoKind.DOOR:
        door = door_key(match.door)
        return door == piece.text or door.endswith("-" + piece.text)
    return True  # numbers are looked up by whole tails and whole rooms


def is_whole_phone(piece: WhoPiece) -> bool:
    """Whether a number can be all of a telephone."""
    return piece.kind is WhoKind.NUMBER and _WHOLE_PHONE.fullmatch(piece.text) is not None


def _key(name: str) -> str:
    return clean_name(name).lower().replace(" ", "").replace("·", "")


def _spoken(name: WhoPiece) -> str:
    """A stranger's name as it is recorded."""
    return clean_name(name.typed)
