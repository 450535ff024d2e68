"""How a name may be typed in Latin letters: initials (``lxt``) and whole pinyin (``lixueting``).

Right and wrong readings of surnames and every usual reading of a character with several are all
given, up to a bound: a person must be found by whoever types, not by who reads best.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from armband.client.search.surnames import SURNAME_READINGS

READINGS_PER_CHARACTER = 3
MAX_SPELLINGS = 16
"""Most initials, and most whole spellings, of one name."""


def is_han(char: str) -> bool:
    """Whether a character is Chinese script."""
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"


@lru_cache(maxsize=8192)
def character_readings(char: str) -> tuple[str, ...]:
    """The usual readings of a Chinese character, toneless, the commonest first; ü is ``v``."""
    # Imported here: 0.2 s and 56 MB that a program without search need not pay.
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    readings = [reading for reading in found[0] if reading.isascii()] if found else []
    return tuple(readings[:READINGS_PER_CHARACTER])


def _syllables(name: str) -> list[tuple[str, ...]]:
    """Per character or Latin word of a name, its readings; characters without any are left out."""
    parts: list[tuple[str, ...]] = []
    latin = ""
    for char in f"{name} ":
        if char.isascii() and char.isalnum():
            latin += char.lower()
            continue
        if latin:
            parts.append((latin,))
            latin = ""
        if is_han(char):
            readings = character_readings(char)
            if not parts:
                surname = SURNAME_READINGS.get(char, ())
                readings = tuple(dict.fromkeys(surname + readings))
            if readings:
                parts.append(readings)
    return parts


@lru_cache(maxsize=65536)
def spellings(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The initials and the whole spellings of a name, as somebody may type them.

    ``李雪婷`` gives ``(("lxt",), ("lixueting",))``; ``单丽`` both ``sl`` and ``dl``.
    """
    parts = _syllables(name)
    if not parts:
        return (), ()
    letters = [tuple(dict.fromkeys(reading[0] for reading in part)) for part in parts]
    return _joined(letters), _joined(parts)


def _joined(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map("".join, islice(product(*parts), MAX_SPELLINGS))))
