"""From a line to its readings. A reading is one way to understand the whole line.

Blanks part what they stand between; without them a line may have more readings, never other ones.
Which reading is meant is decided in `resolve`, by who is known here; nothing is decided here.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from armband.client.lane.pieces import (
    MAX_LINE,
    Piece,
    Slot,
    WhoPiece,
    folded,
    normal_line,
    pieces_at,
)

MAX_READINGS = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a line. What was not typed is None.

    Attributes:
        name: a name, or letters for one.
        place: a number or a door, alone or to tell namesakes apart.
        temp_tenths: tenths of a degree Celsius.
        code: the colour that was typed; nothing else ever sets it.
    """

    name: WhoPiece | None = None
    place: WhoPiece | None = None
    temp_tenths: int | None = None
    code: str | None = None
    decision: str | None = None
    direction: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What a whole check still needs: ``temperature``, ``code``."""
        absent = (("temperature", self.temp_tenths), ("code", self.code))
        return tuple(word for word, value in absent if value is None)


class Fault(enum.Enum):
    """Why a line cannot be understood."""

    UNREADABLE = "unreadable"
    TEMPERATURE = "temperature"
    """Looks like a temperature, but is none between 34.0 and 43.0 with one decimal."""
    TWICE = "twice"
    """Says one thing twice: two temperatures, colours, decisions or people."""
    TOO_LONG = "too_long"
    UNKNOWN_WHO = "unknown_who"
    """Nobody here has this number or door, and it is no whole telephone of a stranger."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed line.

    Attributes:
        line: the line in its normal form.
        readings: in a fixed order, whatever the order of the parts.
        fault: set when there is no reading; ``part`` is what it is about.
    """

    line: str
    readings: tuple[Reading, ...]
    fault: Fault | None = None
    part: str = ""

    @property
    def pieces(self) -> tuple[WhoPiece, ...]:
        """What `resolve` needs matches for."""
        found = (p for r in self.readings for p in (r.name, r.place) if p is not None)
        return tuple(dict.fromkeys(found))


def parse(text: str) -> Parsed:
    """Parse a line; never raises, whatever the text."""
    typed = normal_line(text)
    if len(typed) > MAX_LINE:
        return Parsed(typed[:MAX_LINE], (), Fault.TOO_LONG, typed[:MAX_LINE])
    line = folded(typed)
    if not line:
        return Parsed("", (Reading(),))
    lexicon = _Lexicon(line, typed)
    readings: dict[Reading, None] = {}
    for reading in _readings(lexicon, 0, Reading()):
        readings[reading] = None
        if len(readings) > MAX_READINGS:
            return Parsed(typed, (), Fault.UNREADABLE, typed)
    if not readings:
        return Parsed(typed, (), *_fault_of(lexicon))
    return Parsed(typed, tuple(sorted(readings, key=repr)))


_FIELD_OF = {
    Slot.NAME: "name",
    Slot.PLACE: "place",
    Slot.TEMPERATURE: "temp_tenths",
    Slot.CODE: "code",
    Slot.DECISION: "decision",
    Slot.DIRECTION: "direction",
}


class _Lexicon:
    """The pieces that may begin at each place of a line, found when they are asked for."""

    def __init__(self, line: str, typed: str) -> None:
        self.line = line
        self.typed = typed
        self._known: dict[int, tuple[Piece, ...]] = {}

    def at(self, place: int) -> tuple[Piece, ...]:
        if place not in self._known:
            self._known[place] = tuple(pieces_at(self.line, place, self.typed))
        return self._known[place]


def _readings(lexicon: _Lexicon, at: int, so_far: Reading) -> Iterator[Reading]:
    """Complete a reading from a place of the line, in every way that says nothing twice."""
    line = lexicon.line
    while at < len(line) and line[at] == " ":
        at += 1
    if at == len(line):
        yield so_far
        return
    for piece in lexicon.at(at):
        name = _FIELD_OF[piece.slot]
        if getattr(so_far, name) is None:
            yield from _readings(lexicon, piece.end, _with(so_far, name, piece))


def _with(reading: Reading, name: str, piece: Piece) -> Reading:
    values: dict[str, Any] = {field: getattr(reading, field) for field in _FIELD_OF.values()}
    return Reading(**{**values, name: piece.value})


_LIKE_TEMPERATURE = re.compile(r"[0-9]{1,3}\.[0-9]*(?:°c|°|度)?|[0-9]{2}")


def _fault_of(lexicon: _Lexicon) -> tuple[Fault, str]:
    """Which part of a line without a reading is to blame, and for what."""
    for token, typed in zip(lexicon.line.split(" "), lexicon.typed.split(" "), strict=True):
        if _LIKE_TEMPERATURE.fullmatch(token) and not _sayable(_Lexicon(token, typed)):
            return Fault.TEMPERATURE, typed
        if not _sayable(_Lexicon(token, typed)):
            return Fault.UNREADABLE, typed
    return Fault.TWICE, lexicon.typed


def _sayable(lexicon: _Lexicon) -> bool:
    """Whether pieces cover the line when each may come more than once."""
    reached = {0}
    for at in range(len(lexicon.line)):
        if at in reached:
            reached.update(piece.end for piece in lexicon.at(at))
    return len(lexicon.line) in reached
