"""What a stretch of a lane line may be: a temperature, a word of the lane, or part of a "who"."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from armband.client.search.terms import (
    DOOR,
    INITIALS,
    MIN_INITIALS,
    NAME,
    PINYIN,
    ROOM,
    Term,
    door_key,
    number_terms,
)

MAX_LINE = 80
"""Characters of one line; the longest sensible one has about forty."""
LOWEST_TENTHS = 340
HIGHEST_TENTHS = 430

CODES: Mapping[str, str] = (
    {"g": "green", "y": "yellow", "r": "red", "n": "none"}
    | {"绿": "green", "黄": "yellow", "红": "red", "无": "none"}
    | {"绿码": "green", "黄码": "yellow", "红码": "red", "无码": "none"}
    | {"green": "green", "yellow": "yellow", "red": "red", "none": "none"}
)
DECISIONS: Mapping[str, str] = {"放行": "passed", "劝返": "turned_back", "移交": "referred"} | {
    "pass": "passed",
    "back": "turned_back",
    "refer": "referred",
}
DIRECTIONS: Mapping[str, str] = {"进": "in", "出": "out", "in": "in", "out": "out"}

NEVER_IN_A_NAME = ("绿", "放行", "劝返", "移交")
"""Words that end a Chinese name beyond doubt; 红 and 黄 do not (王小红, 黄建国)."""
_NO_NAMES_ALONE = frozenset("gyrn绿黄红无进出")


class Slot(enum.Enum):
    """What a piece says; a line says each thing once."""

    TEMPERATURE = "temperature"
    CODE = "code"
    DECISION = "decision"
    DIRECTION = "direction"
    NAME = "name"
    PLACE = "place"
    """A number or a door: what names somebody without a name."""


class WhoKind(enum.Enum):
    """How a "who" was typed."""

    LETTERS = "letters"
    HAN = "han"
    NUMBER = "number"
    DOOR = "door"


@dataclass(frozen=True, slots=True)
class WhoPiece:
    """Part of a "who". ``text`` is in the form that is compared, ``typed`` as it was typed."""

    kind: WhoKind
    text: str
    typed: str

    @property
    def terms(self) -> tuple[Term, ...]:
        """What to look up: a person or door fits when any of these ranges holds it."""
        if self.kind is WhoKind.LETTERS:
            terms = (Term(PINYIN, self.text), Term(NAME, self.text))
            short = len(self.text) < MIN_INITIALS
            return terms if short else (Term(INITIALS, self.text), *terms)
        if self.kind is WhoKind.HAN:
            return (Term(NAME, self.text),)
        if self.kind is WhoKind.NUMBER:
            return number_terms(self.text)
        return (
            (Term(DOOR, self.text),) if "-" in self.text else (Term(ROOM, self.text, exact=True),)
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of the line, up to ``end``: the slot it fills and its value."""

    end: int
    slot: Slot
    value: str | int | WhoPiece


_DASHES = re.compile("[\u2010-\u2015\u2212\uff5e\uff0d~]")
_DECIMAL_MARK = re.compile(r"(3[4-9]|4[0-3])(?:[。·](?=[0-9])|[、，,](?=[0-9](?![0-9])))")
_SEPARATORS = re.compile(r"[\s,，。、;；:：|·!！?？()（）]+")
_NAME_DOT = re.compile("(?<=[\u3400-\u9fff])·(?=[\u3400-\u9fff])")
_KEPT_DOT = "\ue000"

_TEMPERATURE = re.compile(r"(3[4-9]|4[0-3])\.?([0-9])(?:°c|°|度)?")
_LETTERS = re.compile(r"[a-z]{1,30}")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·]{1,12}")
_NUMBER = re.compile(r"\+?[0-9]{3,15}|[0-9]{3}x|0[0-9]{2,3}-[0-9]{7,8}|1[0-9]{2}-[0-9]{4}-[0-9]{4}")
_PART = r"(?:[a-z]?[0-9]{1,4}[a-z]?|[a-z]|[一二三四五六七八九十]{1,3})"
_BETWEEN = r"(?:号楼|号?栋|号?幢|楼|座|单元|[-#/_])-?"
_DOOR = re.compile(
    rf"{_PART}(?:{_BETWEEN}{_PART}){{0,3}}{_BETWEEN}[a-z]?[0-9]{{1,5}}[a-z]?[室号户]?"
)
_ROOM = re.compile(r"[0-9]{2,5}[室户]")
_DOOR_WORD = re.compile("[号室户]|单元")
"""What stands in doors and never in names (楼 and 栋 do)."""
_MAX_WHO = 30


def normal_line(text: str) -> str:
    """A line as it is parsed: NFKC, decimal marks of an IME as points, one blank between parts."""
    line = _DASHES.sub("-", unicodedata.normalize("NFKC", text.replace(_KEPT_DOT, " ")))
    line = _DECIMAL_MARK.sub(r"\1.", line)
    line = _NAME_DOT.sub(_KEPT_DOT, line)
    return _SEPARATORS.sub(" ", line).replace(_KEPT_DOT, "·").strip()


def folded(line: str) -> str:
    """The line in lower case, character by character, so that places stay the same."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in line)


def pieces_at(line: str, at: int, typed: str) -> Iterator[Piece]:
    """Every piece that may begin at a place of a folded line."""
    found = _TEMPERATURE.match(line, at)
    if found and LOWEST_TENTHS <= int(found[1] + found[2]) <= HIGHEST_TENTHS:
        tenths = int(found[1] + found[2])
        yield Piece(found.end(), Slot.TEMPERATURE, tenths)
    for slot, words in _WORDS:
        for word, value in words.items():
            if line.startswith(word, at):
                yield Piece(at + len(word), slot, value)
    yield from _names_at(line, at, typed)
    yield from _places_at(line, at, typed)


_WORDS = ((Slot.CODE, CODES), (Slot.DECISION, DECISIONS), (Slot.DIRECTION, DIRECTIONS))


def _names_at(line: str, at: int, typed: str) -> Iterator[Piece]:
    for kind, pattern in ((WhoKind.LETTERS, _LETTERS), (WhoKind.HAN, _HAN)):
        run = pattern.match(line, at)
        if run is None:
            continue
        for end in range(at + 1, run.end() + 1):
            text = line[at:end].replace("·", "")
            if text and text not in _NO_NAMES_ALONE and not _DOOR_WORD.search(text):
                yield Piece(end, Slot.NAME, WhoPiece(kind, text, typed[at:end].strip("·")))


def _places_at(line: str, at: int, typed: str) -> Iterator[Piece]:
    for end in range(at + 2, min(len(line), at + _MAX_WHO) + 1):
        stretch = line[at:end]
        if stretch[-1] == " ":
            return
        if _NUMBER.fullmatch(stretch):
            digits = stretch.replace("-", "")
            yield Piece(end, Slot.PLACE, WhoPiece(WhoKind.NUMBER, digits, typed[at:end]))
        elif _DOOR.fullmatch(stretch) or _ROOM.fullmatch(stretch):
            yield Piece(end, Slot.PLACE, WhoPiece(WhoKind.DOOR, door_key(stretch), typed[at:end]))
