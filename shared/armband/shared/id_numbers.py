"""Citizens' ID numbers (GB 11643): told apart from other long numbers, and never kept. Pure."""

from __future__ import annotations

import re

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_LETTERS = "10X98765432"
_IN_TEXT = re.compile(
    r"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[0-9]{3}[0-9Xx](?![0-9])"
)
_RECORD = re.compile("[0-9a-f]{32}")
"""A record's id, or a hash: 32 digits of which eighteen may look like anything."""
KEPT = 4
"""Characters of one that may be kept: its tail."""


def is_id_number(number: str) -> bool:
    """Whether 18 characters are an ID number: region, day of birth, and ISO 7064 MOD 11-2."""
    if _IN_TEXT.fullmatch(number) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK_LETTERS[total % 11] == number[17].upper()


def holds_id_number(value: object) -> bool:
    """Whether a field's value has an ID number in it, alone or among other words."""
    if isinstance(value, list):
        return any(holds_id_number(item) for item in value)
    if not isinstance(value, str) or len(value) < 18 or _RECORD.fullmatch(value):
        return False
    return any(is_id_number(found) for found in _IN_TEXT.findall(value))


def without_id_numbers(text: str) -> str:
    """The text with stars for each ID number but its tail."""

    def tail(found: re.Match[str]) -> str:
        whole = found[0]
        return "*" * (len(whole) - KEPT) + whole[-KEPT:] if is_id_number(whole) else whole

    return _IN_TEXT.sub(tail, text)
