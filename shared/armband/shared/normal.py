"""Text as people type it and as registers carry it, brought into one form.

Full-width digits and letters become ordinary ones, blanks inside a Chinese name vanish (registers
space two-character names to three), a telephone becomes its digits.
"""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff\u00b7])\s+(?=[\u3400-\u9fff\u00b7])")
_PHONE_FILL = re.compile(r"[\s\-()./]")
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_NONE_MARKS = frozenset({"", "/", "-", "—", "无", "n/a", "none"})


def clean(text: str) -> str:
    """NFKC, trimmed, runs of blanks and line breaks as one blank."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def clean_name(text: str) -> str:
    """A name: as `clean`, and without blanks between Chinese characters."""
    return _CJK_GAP.sub("", clean(text))


def clean_phone(text: str) -> str | None:
    """A telephone's digits (with a leading plus if given), or None when it is no number."""
    digits = _PHONE_FILL.sub("", clean(text))
    return digits if _PHONE.fullmatch(digits) else None


def is_none_mark(text: str) -> bool:
    """Whether a register's cell says "none": empty, ``/``, ``-`` or 无."""
    return clean(text).lower() in _NONE_MARKS
