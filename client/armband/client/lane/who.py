"""Whom a reading means, by who is known here.

Nobody is guessed: one person is meant when exactly one fits the whole of what was typed. Beginnings
of names only make candidates; so do letters that fit nobody, which may be a slip of the finger.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
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


def who_is_meant(reading: Reading, matches: Matches) -> Meant:
    """Grade one reading."""
    bare = LaneCheck(
        temp_tenths=reading.temp_tenths,
        code=reading.code,
        decision=reading.decision,
        direction=reading.direction,
    )
    if reading.name is None and reading.place is None:
        return Meant(reading, Grade.SURE, known=False, candidates=(bare,))
    if reading.name is None:
        grade, known, found = _by_place(_one(reading.place), matches)
    elif reading.place is None:
        grade, known, found = _by_name(reading.name, matches)
    else:
        grade, known, found = _by_both(reading.name, reading.place, matches)
    filled = (replace(bare, person=who.person, name=who.name, phone=who.phone) for who in found)
    return Meant(reading, grade, known, tuple(filled))


_Found = tuple[Grade, bool, list[LaneCheck]]


def _one(piece: WhoPiece | None) -> WhoPiece:
    assert piece is not None
    return piece


def _by_name(name: WhoPiece, matches: Matches) -> _Found:
    people = _people(matches.get(name, ()))
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
    people = _people(matches.get(place, ()))
    exact = [match for match in people if fits_whole(place, match)]
    if len(exact) == 1:
        return Grade.SURE, True, [LaneCheck(person=exact[0])]
    if people:
        return Grade.OPEN, bool(exact), [LaneCheck(person=match) for match in exact or people]
    if is_whole_phone(place):
        return Grade.SURE, False, [LaneCheck(phone=place.text)]
    return Grade.DEAD, False, []


def _by_both(name: WhoPiece, place: WhoPiece, matches: Matches) -> _Found:
    named = _people(matches.get(name, ()))
    there = [match for match in _people(matches.get(place, ())) if fits_whole(place, match)]
    ids = {match.id for match in there}
    both = [match for match in named if match.id in ids or match.household in ids]
    both = [match for match in both if fits_whole(name, match)] or both
    if len(both) == 1:
        return Grade.SURE, True, [_called(both[0])]
    if both:
        return Grade.OPEN, True, [_called(match) for match in both]
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
