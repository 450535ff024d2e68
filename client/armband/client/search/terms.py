"""Index terms of a record, and what to look up for a piece of typed text. Pure, and fast in bulk.

A term is one letter for its class, a colon and the text. The store keeps ``terms(term, record)``
with a B-tree on the term, so that every look-up is a range:

    i:lxt           initials of a name            f:lixueting    whole pinyin
    n:雪婷          every suffix of a name        d:2-502        every suffix of a door
    r:502           room alone                    p:1111…831     telephone, digits reversed
    t:123X          tail of an ID number          w:买药          words of notes

A suffix as a term makes any substring a prefix, and a telephone's tail is a prefix of its reverse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from armband.client.search.readings import spellings
from armband.shared.fields import Search, Value
from armband.shared.kinds import Kind
from armband.shared.normal import clean, clean_door, clean_name

INITIALS, PINYIN, NAME, DOOR, ROOM, PHONE, ID_TAIL, WORDS = "ifndrptw"

MAX_NAME_SUFFIXES = 24
MAX_WORD_TERMS = 200
"""Index terms of one record's notes; a longer note is found by its beginning."""
WORD_WINDOW = 4
"""Chinese characters that one term of a note holds."""
MAX_WORD_RUNS = 6
"""Stretches of digits, letters or characters of one typed word that are looked up."""
MIN_INITIALS = 2
MIN_PHONE_TAIL = 4
_LAST = "\U0010ffff"
_RUNS = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")
_DOOR_PART = r"[0-9a-z\u3400-\u9fff]"
_DOOR_SHAPE = re.compile(rf"[0-9a-z]{{1,6}}(?:-{_DOOR_PART}{{1,6}})*-{_DOOR_PART}{{0,6}}")
_DOOR_HANGS = re.compile(r"[0-9a-z](?:-|号?楼|栋|幢|座|单元)$")
_ROOM_SHAPE = re.compile(r"[0-9]{1,5}[a-z]?")
_ID_TAIL_SHAPE = re.compile(r"[0-9]{3}[0-9x]")
_PHONE_SHAPE = re.compile(r"\+?[0-9]{4,15}")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Term:
    """One range to look up: ``low <= term < high``.

    Attributes:
        kind: the class, one of `INITIALS` … `WORDS`.
        text: what stands after the class.
        exact: only this very term; else everything that begins with it.
        also: ranges that must hold the record as well; they have no ``also`` of their own.
    """

    kind: str
    text: str
    exact: bool = False
    also: tuple[Term, ...] = ()

    @property
    def low(self) -> str:
        """The range's lower bound, inclusive."""
        return f"{self.kind}:{self.text}"

    @property
    def high(self) -> str:
        """The range's upper bound, exclusive (compare as code points or as UTF-8 bytes)."""
        return self.low + ("\0" if self.exact else _LAST)


def door_key(text: str) -> str:
    """A door as it is compared: ``3号楼2单元0502`` is ``3-2-502``."""
    return _ZEROS.sub("", clean_door(text).lower())


def record_terms(kind: Kind, fields: Mapping[str, Value]) -> tuple[str, ...]:
    """The index terms of a record, in order and without repeats."""
    terms: set[str] = set()
    for name, role in _searched(kind):
        value = fields.get(name)
        if isinstance(value, str) and value:
            terms.update(_MAKERS[role](value))
    return tuple(sorted(terms))


def query_terms(text: str) -> tuple[Term, ...]:
    """What one piece of typed text may mean; a record fits when any of these ranges holds it."""
    piece = clean_name(text).lower()
    key = _name_key(piece)
    if not key:
        return ()
    terms: list[Term] = []
    if key.isascii() and key.isalpha():
        terms.extend(letter_terms(key))
    else:
        terms.extend((*number_terms(piece), *door_terms(piece), Term(NAME, key)))
    return tuple(dict.fromkeys((*terms, *_word_query(piece))))


def query_pieces(text: str) -> tuple[tuple[Term, ...], ...]:
    """A whole search line: a record fits when it fits every piece between blanks."""
    pieces = clean(text).split(" ")
    return tuple(terms for piece in pieces if (terms := query_terms(piece)))


_roles: dict[str, tuple[tuple[str, Search], ...]] = {}


def _searched(kind: Kind) -> tuple[tuple[str, Search], ...]:
    """The searched fields of a kind, worked out once."""
    if kind.name not in _roles:
        roles = ((name, declared.search) for name, declared in kind.fields.items())
        _roles[kind.name] = tuple((name, role) for name, role in roles if role is not Search.NO)
    return _roles[kind.name]


def _name_key(name: str) -> str:
    return clean_name(name).lower().replace(" ", "").replace("·", "")


def _index_name(name: str) -> list[str]:
    key = _name_key(name)
    initials, whole = spellings(clean_name(name))
    return [
        *(f"{NAME}:{key[at:]}" for at in range(min(len(key), MAX_NAME_SUFFIXES))),
        *(f"{INITIALS}:{letters}" for letters in initials),
        *(f"{PINYIN}:{letters}" for letters in whole),
    ]


def _index_door(door: str) -> list[str]:
    parts = door_key(door).split("-")
    suffixes = ["-".join(parts[at:]) for at in range(len(parts))]
    return [*(f"{DOOR}:{suffix}" for suffix in suffixes[:-1]), f"{ROOM}:{suffixes[-1]}"]


def _index_phone(phone: str) -> list[str]:
    digits = phone.lstrip("+")
    return [f"{PHONE}:{digits[::-1]}"]


def _index_id_tail(tail: str) -> list[str]:
    return [f"{ID_TAIL}:{tail.upper()}"]


def _index_words(text: str) -> list[str]:
    terms: dict[str, None] = {}
    for run in _RUNS.findall(clean(text).lower()):
        if run.isascii():
            terms[f"{WORDS}:{run}"] = None
        else:
            for at in range(len(run)):
                terms[f"{WORDS}:{run[at : at + WORD_WINDOW]}"] = None
        if len(terms) >= MAX_WORD_TERMS:
            break
    return list(terms)[:MAX_WORD_TERMS]


_MAKERS = {
    Search.NAME: _index_name,
    Search.DOOR: _index_door,
    Search.PHONE: _index_phone,
    Search.ID_TAIL: _index_id_tail,
    Search.WORDS: _index_words,
}


def letter_terms(piece: str) -> tuple[Term, ...]:
    """Letters: initials, whole pinyin, or a name in Latin letters."""
    terms = [Term(PINYIN, piece), Term(NAME, piece)]
    if len(piece) >= MIN_INITIALS:
        terms.insert(0, Term(INITIALS, piece))
    return tuple(terms)


def han_terms(piece: str) -> tuple[Term, ...]:
    """Chinese characters: any part of a name."""
    return (Term(NAME, _name_key(piece)),)


def number_terms(piece: str) -> tuple[Term, ...]:
    """Digits: the tail of a telephone or the whole one, an ID number's tail, a room."""
    terms = []
    digits = piece.lstrip("+")
    if _PHONE_SHAPE.fullmatch(piece) and len(digits) >= MIN_PHONE_TAIL:
        terms.append(Term(PHONE, digits[::-1]))
    if _ID_TAIL_SHAPE.fullmatch(piece):
        terms.append(Term(ID_TAIL, piece.upper(), exact=True))
    if _ROOM_SHAPE.fullmatch(piece):
        terms.append(Term(ROOM, _ZEROS.sub("", piece), exact=True))
    return tuple(terms)


def door_terms(piece: str) -> tuple[Term, ...]:
    """A door or its end (``3-2-502``, ``2-502``, ``3号楼2单元502``), or its beginning."""
    key = _unfinished_door(piece) or door_key(piece)
    return (Term(DOOR, key),) if _DOOR_SHAPE.fullmatch(key) else ()


def _unfinished_door(piece: str) -> str:
    """``3号楼`` and ``3-`` as ``3-``: what every door of that building begins with."""
    if not _DOOR_HANGS.search(piece):
        return ""
    return door_key(piece + "1").removesuffix("1")


def _word_query(piece: str) -> list[Term]:
    """A note's words; ``3号楼`` asks for ``3`` and for ``号楼``, wherever in the note they stand.

    Of a longer run its first characters are asked for, and of many runs the first: what is found
    may be too much.
    """
    runs: list[str] = _RUNS.findall(piece)
    terms = [
        # Digits that something follows are whole: 3号楼 is not 31号楼.
        Term(WORDS, run, exact=at < len(runs) - 1)
        if run.isascii()
        else Term(WORDS, run[:WORD_WINDOW])
        for at, run in enumerate(runs[:MAX_WORD_RUNS])
    ]
    return [replace(terms[0], also=tuple(terms[1:]))] if terms else []
