"""The lane's lines: whatever is typed has an outcome, always the same one, and words for it."""

from __future__ import annotations

from random import Random

from armband.client.lane import (
    LaneCheck,
    LaneOutcome,
    NeedsDecision,
    Ready,
    Wrong,
    decide,
    parse,
    read_line,
    resolve,
)
from armband.client.lane.pieces import CODES, DECISIONS, DIRECTIONS, folded, normal_line
from armband.client.lane.words import reason, summary
from armband.shared.errors import InvalidRecord
from armband.shared.kinds import CATALOGUE
from armband.shared.policy import Policy
from fuzz.engine import Target
from support.lane_people import look_up

_POLICY = Policy()
_CHECK = CATALOGUE["check"]
_PEOPLE = (
    "lxt", "cm", "gg", "xulin", "陈明", "王小红", "王建进", "黄伟", "张伟", "1111", "3-2-502",
    "502", "123x", "13911112222", "5678", "3号楼2单元502", "４３２１", "买买提·艾力", "+8613",
)  # fmt: skip
_TEMPERATURES = ("36.5", "365", "３６５", "36。8", "37.8℃", "401", "36.5度", "36，5", "43.0")
_JUNK = ("g", "@", "-", ".", "·", "\u3000", "x", "红红", "℃", "①", "ﬁ", "İ", "ß", "\u0301", "𠀀")
_WORDS = (*_PEOPLE, *_TEMPERATURES, *CODES, *DECISIONS, *DIRECTIONS, *_JUNK)


def run(raw: bytes) -> None:
    """A line as typed; undecodable bytes become lone surrogates, as some terminals send them."""
    text = raw.decode("utf-8", "surrogateescape")
    parsed = parse(text)
    outcome = resolve(parsed, {piece: look_up(piece) for piece in parsed.pieces}, _POLICY)
    assert bool(reason(outcome)) != isinstance(outcome, Ready)
    line = normal_line(text)
    assert normal_line(line) == line, "the normal form is a fixed point"
    again = read_line(line, look_up, _POLICY)
    assert again == outcome, "the normal form reads the same, and so does anything twice"
    told = dict.fromkeys(_checks(outcome))
    for check in told:
        assert summary(check)
        _check_colour(check, text)
    for reading in parsed.readings:
        assert reading.temp_tenths is None or 340 <= reading.temp_tenths <= 430
    if isinstance(outcome, Ready):
        _check_record(outcome.check)


def _checks(outcome: LaneOutcome) -> tuple[LaneCheck, ...]:
    if isinstance(outcome, Ready | NeedsDecision):
        return (outcome.check,)
    return () if isinstance(outcome, Wrong) else outcome.candidates


def _check_colour(check: LaneCheck, text: str) -> None:
    """The hard rule: a colour is only ever what was typed."""
    line = folded(normal_line(text))
    if check.code is not None:
        assert any(word in line for word, code in CODES.items() if code == check.code)


def _check_record(check: LaneCheck) -> None:
    """What Enter records is a good record, or the field is named; a decision changes no more."""
    fields = {"unit": "lianhu/yg", "at": 1_655_000_000_000, "day": "2022-06-12", **check.fields()}
    try:
        _CHECK.check_new(fields)
    except InvalidRecord as error:
        if error.field not in ("stranger_name", "stranger_phone"):
            raise
    decided = decide(check, "referred").fields()
    assert {**decided, "decision": check.decision} == check.fields()


def _swap_parts(raw: bytes, other: bytes, random: Random) -> bytes:
    parts, others = raw.split(b" "), other.split(b" ")
    at = random.randrange(len(parts))
    match random.randrange(4):
        case 0:
            parts[at] = random.choice(others)
        case 1:
            parts.insert(at, random.choice(_WORDS).encode())
        case 2:
            random.shuffle(parts)
        case _:
            return b"".join(parts)
    return b" ".join(parts)


def _seeds() -> list[bytes]:
    lines = [
        "", "lxt365g", "lxt 36.5 g", "3-2-502 365 绿", "王小红 36。8 黄 放行", "5678 378 g 移交",
        "13911112222 陌生人 365 g in", "cm 365 r back", "3号楼2单元502 365 绿码 进", "36.5", "g",
        "张伟 365 g", "王建进365绿", "999 365 g", "李 365", "36", "365 365",
    ]  # fmt: skip
    return [line.encode() for line in lines]


TARGET = Target(
    run,
    _seeds,
    (_swap_parts,),
    tuple(word.encode() for word in _WORDS),
    ("armband.client.lane", "armband.client.search"),
    max_bytes=120,
)
