"""Promises of the lane that hold for every line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from hypothesis import example, given, settings
from hypothesis import strategies as st

from armband.client.lane import (
    Incomplete,
    LaneCheck,
    LaneOutcome,
    NeedsChoice,
    NeedsDecision,
    Ready,
    Wrong,
    parse,
    read_line,
)
from armband.client.lane.pieces import CODES, DECISIONS, DIRECTIONS, folded, normal_line
from armband.client.lane.words import reason, summary
from armband.shared.policy import Policy
from support.examples import examples
from support.lane_people import look_up

POLICY = Policy()
NAMES = [
    "lxt",
    "cm",
    "gg",
    "glx",
    "xulin",
    "陈明",
    "王小红",
    "王建进",
    "黄伟",
    "王五",
    "王红",
    "wangwu",
]
PLACES = ["1111", "3-2-502", "502", "123x", "13911112222", "5678", "3号楼2单元502", "365", "4321"]
TEMPS = ["36.5", "365", "３６５", "36。8", "378", "401"]
WORDS = [*CODES, *DECISIONS, *DIRECTIONS]
JUNK = ["g", "36", "@", "365", "-", ".", "x", "红红", "李", "乐", "99999999"]


def read(line: str) -> LaneOutcome:
    return read_line(line, look_up, POLICY)


def told_checks(outcome: LaneOutcome) -> Sequence[LaneCheck]:
    if isinstance(outcome, Ready | NeedsDecision):
        return (outcome.check,)
    return () if isinstance(outcome, Wrong) else outcome.candidates


@st.composite
def parts(draw: st.DrawFn) -> list[str]:
    """The parts of a line: mostly sensible, sometimes twice the same thing or rubbish."""
    chosen = [
        *draw(st.lists(st.sampled_from(NAMES), max_size=1)),
        *draw(st.lists(st.sampled_from(PLACES), max_size=1)),
        *draw(st.lists(st.sampled_from(TEMPS), min_size=0, max_size=1)),
        *draw(st.lists(st.sampled_from(WORDS), max_size=3)),
        *draw(st.lists(st.sampled_from(JUNK), max_size=1)),
    ]
    return draw(st.permutations(chosen))


@st.composite
def whole_lines(draw: st.DrawFn) -> list[str]:
    """The parts of a line that says everything once."""
    chosen = [
        *draw(st.lists(st.sampled_from(NAMES), max_size=1)),
        *draw(st.lists(st.sampled_from(PLACES), max_size=1)),
        draw(st.sampled_from(TEMPS)),
        draw(st.sampled_from(list(CODES))),
        *draw(st.lists(st.sampled_from(list(DECISIONS)), max_size=1)),
        *draw(st.lists(st.sampled_from(list(DIRECTIONS)), max_size=1)),
    ]
    return draw(st.permutations(chosen))


LANE_TEXT = st.one_of(
    st.text(max_size=90),
    st.text("gyrnlxtcm365 .-绿黄红无王小红陈明放行劝返进出号楼单元。，·+室@IOU", max_size=24),
    parts().map(" ".join),
    parts().map("".join),
)


@given(LANE_TEXT)
@settings(max_examples=examples(120))
def test_no_text_raises_and_every_refusal_has_words(text: str) -> None:
    outcome = read(text)
    if not isinstance(outcome, Ready):
        assert reason(outcome)
    for check in told_checks(outcome):
        assert summary(check)


@given(LANE_TEXT)
@settings(max_examples=examples(120))
def test_a_colour_is_only_ever_what_was_typed(text: str) -> None:
    """The hard rule: no check, recorded or proposed, has a colour that the line does not hold."""
    line = folded(normal_line(text))
    for check in told_checks(read(text)):
        if check.code is not None:
            assert any(word in line for word, code in CODES.items() if code == check.code)
    for reading in parse(text).readings:
        if reading.code is not None:
            assert any(word in line for word, code in CODES.items() if code == reading.code)


@given(LANE_TEXT)
@settings(max_examples=examples(120))
def test_only_green_without_fever_passes_by_itself(text: str) -> None:
    outcome = read(text)
    line = folded(normal_line(text))
    if isinstance(outcome, Ready):
        check = outcome.check
        assert check.temp_tenths is not None
        assert check.code is not None
        typed = any(word in line for word in DECISIONS)
        if check.code != "green" or check.temp_tenths >= POLICY.fever_tenths:
            assert typed
        if not typed:
            assert check.decision == "passed"


@given(parts(), st.randoms(use_true_random=False))
@settings(max_examples=examples(120))
@example(["王红", "365", "g"], None)
def test_the_order_of_the_parts_does_not_matter(chosen: list[str], random: object) -> None:
    outcome = read(" ".join(chosen))
    shuffled = list(chosen)
    if random is not None:
        random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    again = read(" ".join(shuffled))
    if isinstance(outcome, Wrong):
        assert isinstance(again, Wrong)  # which part is named first may differ
        assert again.fault == outcome.fault or len(set(chosen)) > 1
    else:
        assert again == outcome


@given(st.one_of(parts(), whole_lines()))
@settings(max_examples=examples(300))
@example(["黄", "红红", "365", "放行"])
@example(["王五", "红", "365", "放行"])
@example(["王建", "进", "365", "绿"])
@example(["g", "lx", "365"])
@example(["3", "65", "g"])
def test_without_blanks_a_line_gives_the_same_or_is_asked_about(chosen: list[str]) -> None:
    spaced, glued = read(" ".join(chosen)), read("".join(chosen))
    if isinstance(spaced, Ready | NeedsDecision):
        assert glued == spaced or isinstance(glued, NeedsChoice | Incomplete | Wrong)
        assert not (isinstance(glued, Wrong) and len("".join(chosen)) < 80)


def line_of(check: LaneCheck) -> str:
    """The line that says a check in full."""
    letters = {code: word for word, code in chain(CODES.items()) if len(word) == 1}
    decisions = {code: word for word, code in DECISIONS.items()}
    return " ".join(
        part
        for part in (
            check.who if check.person else check.name,
            check.phone or (check.person.door if check.person else ""),
            check.temperature,
            letters.get(check.code or "", ""),
            decisions.get(check.decision or "", ""),
            check.direction or "",
        )
        if part
    )


@given(whole_lines())
@settings(max_examples=examples(120))
def test_what_is_recorded_can_be_said_again(chosen: list[str]) -> None:
    """Round trip: a recorded check, said in full as a line, is the same check or a choice of it."""
    outcome = read(" ".join(chosen))
    if not isinstance(outcome, Ready):
        return
    again = read(line_of(outcome.check))
    same = [replace(check, decision=outcome.check.decision) for check in told_checks(again)]
    assert outcome.check in same
