"""The checkpoint lane's line: one line is one check. Pure: text and matches in, outcome out.

parsed = parse("lxt365g")
matches = {piece: look_up(piece.terms) for piece in parsed.pieces}
outcome = resolve(parsed, matches, policy)
"""

from armband.client.lane.outcome import (
    Incomplete,
    LaneCheck,
    LaneOutcome,
    NeedsChoice,
    NeedsDecision,
    Ready,
    Wrong,
    decide,
    settle,
)
from armband.client.lane.parse import Fault, Parsed, Reading, parse
from armband.client.lane.pieces import WhoKind, WhoPiece
from armband.client.lane.resolve import MATCHES_WANTED, read_line, resolve

__all__ = [
    "MATCHES_WANTED",
    "Fault",
    "Incomplete",
    "LaneCheck",
    "LaneOutcome",
    "NeedsChoice",
    "NeedsDecision",
    "Parsed",
    "Reading",
    "Ready",
    "WhoKind",
    "WhoPiece",
    "Wrong",
    "decide",
    "parse",
    "read_line",
    "resolve",
    "settle",
]
