"""From readings and matches to the outcome: what Enter does, or what must be asked.

Rules, in order:

1. A reading whose number or door fits nobody is dropped when another reading lives.
2. Beside a reading that is whole and whose "who" is sure or known here, these cannot be what was
   meant and are dropped: one whose letters nobody here begins with, an unfinished one whose number
   is unknown here, one whose Chinese name holds 绿 or a decision, and an unsure one whose name is a
   part of the sure one's (王建 and 进, beside 王建进). But where a Chinese name holds 红,
   黄 or 无, known or not, the line is asked about: no colour is taken out of a name.
3. If one choice remains it is taken; if several remain, a person chooses.

No rule drops a reading that would be recorded by itself. So leaving out a blank, which only adds
readings, never turns one record into another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from armband.client.lane.outcome import (
    Incomplete,
    LaneCheck,
    LaneOutcome,
    NeedsChoice,
    Wrong,
    settle,
)
from armband.client.lane.parse import Fault, Parsed, Reading, parse
from armband.client.lane.pieces import CODES, NEVER_IN_A_NAME, WhoKind, WhoPiece
from armband.client.lane.who import Grade, Meant, who_is_meant
from armband.client.model import Match
from armband.shared.policy import Policy

MATCHES_WANTED = 200
"""How many matches of a piece to look up; those of whole terms must come first."""
MAX_CANDIDATES = 50
"""Candidates of one outcome; who is not among them is found by typing more."""
_SOFT_COLOURS = tuple(word for word in CODES if word in "黄红无")


def resolve(
    parsed: Parsed,
    matches: Mapping[WhoPiece, Sequence[Match]],
    policy: Policy,
    limit: int = MATCHES_WANTED,
) -> LaneOutcome:
    """What a parsed line comes to.

    Args:
        parsed: the line.
        matches: who fits each of ``parsed.pieces``, at most ``limit`` of them. A list that long may
            have been cut off, so that "the only one" cannot be told from it: then it is asked.
        policy: the office's.
    """
    if parsed.fault is not None:
        return Wrong(parsed.fault, parsed.part)
    cut = {piece for piece, found in matches.items() if len(found) >= limit}
    meant = [who_is_meant(reading, matches, cut) for reading in parsed.readings]
    alive = sorted((one for one in meant if one.grade is not Grade.DEAD), key=_likeliest_first)
    if not alive:
        return _nobody(parsed.readings)
    left = _plausible(alive)
    candidates = tuple(dict.fromkeys(check for one in left for check in one.candidates))
    if len(candidates) == 1 and any(one.grade is Grade.SURE for one in left):
        return settle(candidates[0], policy)
    return _asked(candidates[:MAX_CANDIDATES])


def read_line(
    text: str, match: Callable[[WhoPiece], Sequence[Match]], policy: Policy
) -> LaneOutcome:
    """Parse and resolve in one step, where matches are at hand."""
    parsed = parse(text)
    return resolve(parsed, {piece: match(piece) for piece in parsed.pieces}, policy)


def _likeliest_first(one: Meant) -> tuple[bool, bool, bool]:
    return (not one.known, one.grade is not Grade.SURE, not one.begun)


def _asked(candidates: tuple[LaneCheck, ...]) -> NeedsChoice | Incomplete:
    lacking = [check.missing for check in candidates]
    common = tuple(word for word in lacking[0] if all(word in missing for missing in lacking))
    return Incomplete(common, candidates) if common else NeedsChoice(candidates)


def _nobody(readings: Sequence[Reading]) -> Wrong | Incomplete:
    """Every reading names somebody who is not here: wrong, unless more may be coming."""
    whole = [reading for reading in readings if not reading.missing]
    reading = (whole or readings)[0]
    if not whole and reading.place is not None and reading.place.text.isdigit():
        return Incomplete(reading.missing, ())
    part = reading.place or reading.name
    return Wrong(Fault.UNKNOWN_WHO, part.typed if part else "")


def _plausible(alive: list[Meant]) -> list[Meant]:
    """Rule 2."""
    whole = [one for one in alive if not one.reading.missing]
    sure = [one for one in whole if one.grade is Grade.SURE]
    firm = [one for one in whole if one.grade is Grade.SURE or one.known]
    if not firm:
        return _without_odd_names(alive)
    return [one for one in alive if one in firm or _may_be_meant(one, sure)]


def _may_be_meant(one: Meant, sure: list[Meant]) -> bool:
    name = one.reading.name
    if one.known:
        return True
    if name is None:
        return not one.reading.missing
    if _is_part_of_a_sure_name(one, name, sure):
        return False
    if name.kind is WhoKind.HAN:
        return not _is_odd(name) or any(colour in name.text for colour in _SOFT_COLOURS)
    return one.begun


def _is_part_of_a_sure_name(one: Meant, name: WhoPiece, sure: list[Meant]) -> bool:
    return one.grade is Grade.OPEN and any(
        other.reading.name is not None
        and name.text != other.reading.name.text
        and name.text in other.reading.name.text
        for other in sure
    )


def _is_odd(name: WhoPiece) -> bool:
    """Whether a Chinese name holds a word that no name holds."""
    return any(word in name.text for word in NEVER_IN_A_NAME)


def _without_odd_names(alive: list[Meant]) -> list[Meant]:
    def is_odd(one: Meant) -> bool:
        name = one.reading.name
        return bool(one.reading.missing) and not one.known and name is not None and _is_odd(name)

    return [one for one in alive if not is_odd(one)] or alive
