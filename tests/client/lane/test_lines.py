"""The lane's lines as guards type them, against the small register of `support.lane_people`."""

from __future__ import annotations

import pytest

from armband.client.lane import (
    Incomplete,
    LaneCheck,
    NeedsChoice,
    NeedsDecision,
    Ready,
    Wrong,
    parse,
    read_line,
    resolve,
)
from armband.client.lane.words import reason, summary
from armband.shared.kinds import CATALOGUE
from armband.shared.policy import Policy
from support.lane_people import look_up

POLICY = Policy()


def told(check: LaneCheck) -> str:
    """A check in few words: who, door, temperature, colour, direction, decision."""
    values = (check.temperature, check.code, check.direction, check.decision)
    head = f"[{check.head}]" if check.head else ""
    return " ".join(part for part in (check.who, head, check.door, *values) if part)


READY = [
    # the whole check in eight keys, and the same in every order
    ("cm365g", "陈明 3-2-502 36.5 green passed"),
    ("cm 365 g", "陈明 3-2-502 36.5 green passed"),
    ("365 g cm", "陈明 3-2-502 36.5 green passed"),
    ("g cm 36.5", "陈明 3-2-502 36.5 green passed"),
    ("365gcm", "陈明 3-2-502 36.5 green passed"),
    ("g365cm", "陈明 3-2-502 36.5 green passed"),
    ("CM365G", "陈明 3-2-502 36.5 green passed"),
    ("chenming 36.5 绿", "陈明 3-2-502 36.5 green passed"),
    ("陈明365绿", "陈明 3-2-502 36.5 green passed"),
    ("绿365陈明", "陈明 3-2-502 36.5 green passed"),
    ("陈明绿365", "陈明 3-2-502 36.5 green passed"),
    ("陈明，36.5，绿", "陈明 3-2-502 36.5 green passed"),
    ("陈明、36.5、绿码", "陈明 3-2-502 36.5 green passed"),
    # temperatures
    ("cm 36.8 g", "陈明 3-2-502 36.8 green passed"),
    ("cm 368 g", "陈明 3-2-502 36.8 green passed"),
    ("cm 36。8 g", "陈明 3-2-502 36.8 green passed"),
    ("cm 36，8 g", "陈明 3-2-502 36.8 green passed"),
    ("cm ３６．８ g", "陈明 3-2-502 36.8 green passed"),
    ("cm ３６８ ｇ", "陈明 3-2-502 36.8 green passed"),
    ("cm36.8℃g", "陈明 3-2-502 36.8 green passed"),
    ("cm36.8度g", "陈明 3-2-502 36.8 green passed"),
    ("cm 34.0 g", "陈明 3-2-502 34.0 green passed"),
    ("cm 372 g", "陈明 3-2-502 37.2 green passed"),
    # nobody named
    ("365g", "36.5 green passed"),
    ("g365", "36.5 green passed"),
    ("36.5绿", "36.5 green passed"),
    ("in365g", "36.5 green in passed"),
    # telephone, ID number, door
    ("1111 365 g", "李雪婷 3-2-502 36.5 green passed"),
    ("1111365g", "李雪婷 3-2-502 36.5 green passed"),
    ("3651111g", "李雪婷 3-2-502 36.5 green passed"),
    ("13800001111 365 g", "李雪婷 3-2-502 36.5 green passed"),
    ("13800001111365g", "李雪婷 3-2-502 36.5 green passed"),
    ("138-0000-1111 365 g", "李雪婷 3-2-502 36.5 green passed"),
    ("123x 365 g", "李雪婷 3-2-502 36.5 green passed"),
    ("123X365g", "李雪婷 3-2-502 36.5 green passed"),
    ("4321 365 g", "陈明 3-2-502 36.5 green passed"),
    ("3-2-502 365 g", "[李雪婷] 3-2-502 36.5 green passed"),
    ("3-2-502365g", "[李雪婷] 3-2-502 36.5 green passed"),
    ("3653-2-502g", "[李雪婷] 3-2-502 36.5 green passed"),
    ("g3-2-502 365", "[李雪婷] 3-2-502 36.5 green passed"),
    ("3号楼2单元502 365 绿", "[李雪婷] 3-2-502 36.5 green passed"),
    ("三号楼二单元502室365绿", "[李雪婷] 3-2-502 36.5 green passed"),
    ("3—2—502 365 g", "[李雪婷] 3-2-502 36.5 green passed"),
    ("2-502 365 g", "[李雪婷] 3-2-502 36.5 green passed"),
    ("502 365 g", "[李雪婷] 3-2-502 36.5 green passed"),
    ("502室 365 g", "[李雪婷] 3-2-502 36.5 green passed"),
    ("1203 365 g", "[郭丽霞] 7-1-1203 36.5 green passed"),
    ("401 365 g", "[王小红] 5-2-401 36.5 green passed"),
    # a name and something that tells namesakes apart
    ("zw 5678 365 g", "张伟 3-1-201 36.5 green passed"),
    ("张伟9012 365绿", "张伟 5-2-302 36.5 green passed"),
    ("zw3-1-201365g", "张伟 3-1-201 36.5 green passed"),
    ("lxt 1-1-301 365 g", "李小婷 1-1-301 36.5 green passed"),
    # surnames
    ("sl365g", "单丽 6-1-101 36.5 green passed"),
    ("dl365g", "单丽 6-1-101 36.5 green passed"),
    # who or colour: who is known here says which
    ("gg365g", "高刚 6-1-103 36.5 green passed"),
    ("365ggg", "高刚 6-1-103 36.5 green passed"),
    ("glx365g", "郭丽霞 7-1-1203 36.5 green passed"),
    ("黄伟365绿", "黄伟 6-1-102 36.5 green passed"),
    ("王小红365绿", "王小红 5-2-401 36.5 green passed"),
    ("xulin365g", "徐林 5-2-302 36.5 green passed"),
    ("王建进365绿", "王建进 6-1-104 36.5 green passed"),
    # decisions and directions
    ("cm 376 g 放行", "陈明 3-2-502 37.6 green passed"),
    ("cm376g移交", "陈明 3-2-502 37.6 green referred"),
    ("cm 365 y 劝返", "陈明 3-2-502 36.5 yellow turned_back"),
    ("cm 365 r back", "陈明 3-2-502 36.5 red turned_back"),
    ("cm 365 n pass", "陈明 3-2-502 36.5 none passed"),
    ("378yrefer", "37.8 yellow referred"),
    ("cm 365 g 劝返", "陈明 3-2-502 36.5 green turned_back"),
    ("陈明365绿进", "陈明 3-2-502 36.5 green in passed"),
    ("出 cm 365 g", "陈明 3-2-502 36.5 green out passed"),
    ("cm 365 黄 放行", "陈明 3-2-502 36.5 yellow passed"),
    ("cm 365 无 移交", "陈明 3-2-502 36.5 none referred"),
    # strangers
    ("王五 365 g", "王五 36.5 green passed"),
    ("王五365绿", "王五 36.5 green passed"),
    ("王五绿365", "王五 36.5 green passed"),
    ("王五 13911112222 365 g", "王五 13911112222 36.5 green passed"),
    ("王五13911112222 365 g", "王五 13911112222 36.5 green passed"),
    ("13911112222 365 g", "13911112222 36.5 green passed"),
    ("13911112222365g", "13911112222 36.5 green passed"),
    ("0371-67771234 365 g", "037167771234 36.5 green passed"),
    ("阿依古丽·买买提 365 g", "阿依古丽·买买提 36.5 green passed"),
]


@pytest.mark.parametrize(("line", "expected"), READY)
def test_enter_records(line: str, expected: str) -> None:
    outcome = read_line(line, look_up, POLICY)
    assert isinstance(outcome, Ready), reason(outcome)
    assert told(outcome.check) == expected


ASKED = [
    # line, every candidate
    ("lxt365g", ["李雪婷 3-2-502 36.5 green", "李小婷 1-1-301 36.5 green"]),
    ("365glxt", ["李雪婷 3-2-502 36.5 green", "李小婷 1-1-301 36.5 green"]),
    ("zw365g", ["张伟 3-1-201 36.5 green", "张伟 5-2-302 36.5 green"]),
    ("张伟365绿", ["张伟 3-1-201 36.5 green", "张伟 5-2-302 36.5 green"]),
    # letters that fit nobody may be a slip
    ("wangwu365g", ["wangwu 36.5 green"]),
    ("Smith 365 g", ["Smith 36.5 green"]),
    # the beginning or a part of a name is not the whole
    ("guol365g", ["郭丽霞 7-1-1203 36.5 green", "guol 36.5 green"]),
    ("丽霞365绿", ["郭丽霞 7-1-1203 36.5 green", "丽霞 36.5 green"]),
    ("丽霞绿365", ["郭丽霞 7-1-1203 36.5 green", "丽霞 36.5 green"]),
    # a colour, or the end of a name: never taken out of the name
    (
        "王建红365",
        [
            "王建红 36.5",
            "王建国 3-1-201 36.5 red",
            "王建进 6-1-104 36.5 red",
            "王建 36.5 red",
        ],
    ),
    (
        "王小红365放行",
        [
            "王小红 5-2-401 36.5 passed",
            "王小红 5-2-401 36.5 red passed",
            "王小 36.5 red passed",
        ],
    ),
    (
        "张三红365放行",
        ["张三 8-1-101 36.5 red passed", "张三红 36.5 passed"],
    ),
    # g and 徐林, or the beginning of 高徐林远 with the colour still to come
    ("gxl365", ["徐林 5-2-302 36.5 green", "高徐林远 8-1-102 36.5", "gxl 36.5"]),
    # the tail 5678 and a temperature, or the tail 5678365
    ("5678365g", ["张伟 3-1-201 36.5 green", "[张三] 8-1-101 green"]),
    # a known name with somebody else's telephone
    ("陈明 13911112222 365 g", ["陈明 3-2-502 36.5 green", "陈明 13911112222 36.5 green"]),
    ("王五 3-2-502 365 g", ["王五 3-2-502 36.5 green"]),
]


@pytest.mark.parametrize(("line", "expected"), ASKED)
def test_a_person_is_asked(line: str, expected: list[str]) -> None:
    outcome = read_line(line, look_up, POLICY)
    assert isinstance(outcome, NeedsChoice), outcome
    assert [told(check) for check in outcome.candidates] == expected
    assert reason(outcome)


@pytest.mark.parametrize(
    ("line", "reasons"),
    [
        ("cm376g", ("fever",)),
        ("cm373g", ("fever",)),
        ("cm365y", ("code",)),
        ("cm365r", ("code",)),
        ("cm 365 n", ("code",)),
        ("378 黄", ("fever", "code")),
        ("王小红 365 红", ("code",)),
    ],
)
def test_a_decision_is_needed(line: str, reasons: tuple[str, ...]) -> None:
    outcome = read_line(line, look_up, POLICY)
    assert isinstance(outcome, NeedsDecision), outcome
    assert outcome.reasons == reasons
    assert outcome.check.decision is None


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("", ("temperature", "code")),
        ("   ", ("temperature", "code")),
        ("c", ("temperature", "code")),
        ("cm", ("temperature", "code")),
        ("cm365", ("code",)),
        ("cm 365 放行", ("code",)),
        ("cm g", ("temperature",)),
        ("365", ("code",)),
        ("g", ("temperature",)),
        ("1380", ("temperature", "code")),
        ("13912345678", ("temperature", "code")),
        ("13912340365g", ("temperature",)),
        ("glxt365", ("code",)),
        ("gg365", ("code",)),
        ("陈明365", ("code",)),
    ],
)
def test_a_check_is_not_whole(line: str, missing: tuple[str, ...]) -> None:
    outcome = read_line(line, look_up, POLICY)
    if line == "glxt365":  # g + lxt, where lxt is known: a choice between two people
        assert isinstance(outcome, NeedsChoice)
        return
    assert isinstance(outcome, Incomplete), outcome
    assert outcome.missing == missing


@pytest.mark.parametrize(
    ("line", "fault", "part"),
    [
        ("cm 33.9 g", "temperature", "33.9"),
        ("cm 43.1 g", "temperature", "43.1"),
        ("cm 36.55 g", "temperature", "36.55"),
        ("cm 36 g", "temperature", "36"),
        ("cm cm 365 g", "twice", "cm cm 365 g"),
        ("cm 365 366 g g", "twice", "cm 365 366 g g"),
        ("cm 365 g r", "twice", "cm 365 g r"),
        ("cm 365 g 放行 劝返", "twice", "cm 365 g 放行 劝返"),
        ("cm 365 g @@", "unreadable", "@@"),
        ("365 g €5", "unreadable", "€5"),
        ("9876 365 g", "unknown_who", "9876"),
        ("9-9-999 365 g", "unknown_who", "9-9-999"),
        ("999室 365 g", "unknown_who", "999室"),
        ("cm 9-9-999 365 g", "unknown_who", "9-9-999"),
        ("1391234567 365 g", "unknown_who", "1391234567"),
        ("x" * 100, "too_long", "x" * 80),
    ],
)
def test_a_line_is_wrong(line: str, fault: str, part: str) -> None:
    outcome = read_line(line, look_up, POLICY)
    assert isinstance(outcome, Wrong), outcome
    assert (outcome.fault.value, outcome.part) == (fault, part)
    assert reason(outcome)


@pytest.mark.parametrize("line", [row[0] for row in READY])
def test_what_is_ready_is_a_valid_record_and_says_what_it_shows(line: str) -> None:
    outcome = read_line(line, look_up, POLICY)
    assert isinstance(outcome, Ready)
    fields = outcome.check.fields()
    whole = {**fields, "unit": "o", "at": 1_650_000_000_000, "day": "2022-04-15"}
    CATALOGUE["check"].check_new(whole)
    shown = summary(outcome.check)
    temp = fields["temp_tenths"]
    assert isinstance(temp, int)
    assert f"{temp // 10}.{temp % 10}" in shown
    assert (fields.get("stranger_name") or "") in shown  # type: ignore[operator]  # a text here
    assert (fields.get("stranger_phone") or "") in shown  # type: ignore[operator]  # a text here


def test_a_resident_and_a_door_are_recorded_as_such() -> None:
    resident = read_line("cm365g", look_up, POLICY)
    door = read_line("3-1-201 365 g", look_up, POLICY)
    assert isinstance(resident, Ready)
    assert isinstance(door, Ready)
    assert "resident" in resident.check.fields()
    assert "household" not in resident.check.fields()
    assert "household" in door.check.fields()


def test_the_fever_threshold_is_the_offices() -> None:
    assert isinstance(read_line("cm375g", look_up, Policy(fever_tenths=380)), Ready)
    assert isinstance(read_line("cm365g", look_up, Policy(fever_tenths=360)), NeedsDecision)


def test_who_lives_at_a_door_is_not_meant_by_it() -> None:
    """A look-up of a door, or of its head's name or telephone, also finds who lives there."""
    for line in ("3-2-502 365 g", "502 365 g", "李雪婷 365 g", "1111 365 g", "13800001111 365 g"):
        outcome = read_line(line, look_up, POLICY)
        assert isinstance(outcome, Ready), reason(outcome)
        assert "陈明" not in told(outcome.check)
    beginning = read_line("lix365g", look_up, POLICY)
    assert isinstance(beginning, NeedsChoice)
    assert "陈明" not in "".join(told(check) for check in beginning.candidates)


def test_who_lives_at_a_door_is_found_by_name_and_door() -> None:
    outcome = read_line("cm 3-2-502 365 g", look_up, POLICY)
    assert isinstance(outcome, Ready)
    assert told(outcome.check) == "陈明 3-2-502 36.5 green passed"


def test_the_only_one_of_a_list_that_was_cut_off_is_asked_about() -> None:
    parsed = parse("cm365g")
    matches = {piece: look_up(piece) for piece in parsed.pieces}
    most = max(len(found) for found in matches.values())
    assert isinstance(resolve(parsed, matches, POLICY, most + 1), Ready)
    assert isinstance(resolve(parsed, matches, POLICY, most), NeedsChoice)


def test_letters_that_fit_nobody_are_told_what_a_stranger_needs() -> None:
    said = reason(read_line("wangwu365g", look_up, POLICY))
    assert "wangwu" in said
    assert "stranger" in said
