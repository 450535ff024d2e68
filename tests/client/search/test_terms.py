from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.client.search.readings import MAX_SPELLINGS, spellings
from armband.client.search.surnames import SURNAME_READINGS
from armband.client.search.terms import (
    MAX_WORD_TERMS,
    Term,
    door_key,
    query_pieces,
    query_terms,
    record_terms,
)
from armband.shared.kinds import CATALOGUE

HOUSEHOLD = CATALOGUE["household"]
RESIDENT = CATALOGUE["resident"]
LI = {
    "name": "李雪婷",
    "phone": "13800001111",
    "id_tail": "123X",
    "note": "对门有钥匙 Key 需要买药，14号楼3单元门禁坏了",
}
DOOR = {"door": "3号楼2单元0502室", "head": "单雪婷", "phone": "+8613900002222"}


def found(text: str, terms: tuple[str, ...]) -> bool:
    """Whether a look-up of every piece of ``text`` finds a record with these terms."""
    pieces = query_pieces(text)

    def holds(query: Term) -> bool:
        return any(query.low <= term < query.high for term in terms)

    return bool(pieces) and all(
        any(holds(query) and all(map(holds, query.also)) for query in piece) for piece in pieces
    )


@pytest.mark.parametrize(
    "text",
    [
        "lxt",
        "LXT",
        "lx",
        "lixueting",
        "lixue",
        "李雪婷",
        "李",
        "雪婷",
        "婷",
        "李 雪 婷",
        "13800001111",
        "1111",
        "０００１１１１",
        "123X",
        "123x",
        "买药",
        "要买药",
        "key",
        "钥匙",
        "雪婷 1111",
        "lxt 123x",
        "14号楼",
        "3单元门禁",
        "14号楼3单元",
        "需要买药，14号",
    ],
)
def test_a_resident_is_found_by(text: str) -> None:
    assert found(text, record_terms(RESIDENT, LI))


@pytest.mark.parametrize(
    "text",
    [
        *("xt", "lxq", "138", "0000", "111", "124X", "雪李", "lxt 2222"),
        *("4号楼", "1号楼", "14栋", "2单元门禁", "14号楼门禁3室"),
    ],
)
def test_a_resident_is_not_found_by(text: str) -> None:
    assert not found(text, record_terms(RESIDENT, LI))


@pytest.mark.parametrize(
    "text",
    [
        "3-2-502",
        "3-2-0502",
        "3—2—502",
        "3号楼2单元502",
        "三号楼二单元502室",
        "3栋2单元502",
        "2-502",
        "502",
        "0502",
        "3-",
        "3-2",
        "3-2-",
        "3号楼",
        "3号楼2单元",
        "3号楼2单元5",
        "2222",
        "sxt",
        "dxt",
        "shanxueting",
        "danxueting",
    ],
)
def test_a_household_is_found_by(text: str) -> None:
    assert found(text, record_terms(HOUSEHOLD, DOOR))


@pytest.mark.parametrize("text", ["50", "3-2-503", "13号楼", "1-2-502", "02", "3-2-2"])
def test_a_household_is_not_found_by(text: str) -> None:
    assert not found(text, record_terms(HOUSEHOLD, DOOR))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("单丽", "sl", "dl"),
        ("曾强", "zq", "cq"),
        ("查明", "zm", "cm"),
        ("解放", "xf", "jf"),
        ("翟飞", "zf", "df"),
        ("区兰", "ol", "ql"),
        ("仇英", "qy", "cy"),
        ("朴信", "px", "px"),
        ("尉迟恭", "ycg", "wcg"),
        ("万俟兰", "mql", "wsl"),
        ("费雪乐", "bxy", "fxl"),
    ],
)
def test_surnames_are_found_by_the_right_and_the_wrong_reading(
    name: str, right: str, wrong: str
) -> None:
    terms = record_terms(RESIDENT, {"name": name})
    assert found(right, terms)
    assert found(wrong, terms)


def test_a_given_name_with_two_readings_is_found_by_both() -> None:
    terms = record_terms(RESIDENT, {"name": "王长乐"})
    assert all(found(text, terms) for text in ("wcl", "wzl", "wcy", "wzy"))


def test_names_in_latin_letters_and_with_a_dot() -> None:
    assert found("smith", record_terms(RESIDENT, {"name": "John Smith"}))
    assert found("js", record_terms(RESIDENT, {"name": "John Smith"}))
    dotted = record_terms(RESIDENT, {"name": "阿依古丽·买买提"})
    assert all(found(text, dotted) for text in ("aygl", "古丽买买提", "古丽·买", "买买提"))


def test_only_fields_that_say_so_are_indexed() -> None:
    terms = record_terms(RESIDENT, {"name": "李雪婷", "sex": "female", "id_hash": "a" * 32})
    assert not any("female" in term or "aaa" in term for term in terms)


def test_values_of_a_wrong_type_are_passed_over() -> None:
    assert record_terms(RESIDENT, {"name": 5, "phone": None, "note": ["x"]}) == ()


def test_terms_are_sorted_unique_and_bounded() -> None:
    terms = record_terms(
        RESIDENT, {"name": "乐" * 60, "note": "".join(map(chr, range(0x4E00, 0x5E00)))}
    )
    assert list(terms) == sorted(set(terms))
    assert sum(term.startswith("w:") for term in terms) == MAX_WORD_TERMS
    initials, whole = spellings("乐" * 60)
    assert len(initials) <= MAX_SPELLINGS
    assert len(whole) <= MAX_SPELLINGS


def test_an_exact_term_finds_only_itself() -> None:
    exact = Term("r", "502", exact=True)
    assert exact.low <= "r:502" < exact.high
    assert not exact.low <= "r:5021" < exact.high


def test_bounds_hold_as_utf8_bytes_too() -> None:
    query = Term("n", "李")
    for term in ("n:李", "n:李雪婷", "n:李\U00020000"):
        assert query.low.encode() <= term.encode() < query.high.encode()
    assert not query.low.encode() <= "n:杏".encode() < query.high.encode()


def test_surname_tables_hold_plain_syllables() -> None:
    for surname, readings in SURNAME_READINGS.items():
        assert len(surname) == 1
        assert all(reading.isascii() and reading.isalpha() for reading in readings)


@given(st.text(max_size=40))
def test_no_text_is_too_odd_to_look_up(text: str) -> None:
    for terms in query_pieces(text):
        assert all(term.low < term.high for term in terms)
    assert isinstance(query_terms(text), tuple)
    assert isinstance(door_key(text), str)


@given(st.text(min_size=1, max_size=20), st.text(max_size=30))
def test_no_record_is_too_odd_to_index(name: str, note: str) -> None:
    terms = record_terms(HOUSEHOLD, {"door": name, "head": name, "phone": note, "note": note})
    assert all(term[1] == ":" for term in terms)


@given(st.text("李王张雪婷明红长乐单", min_size=2, max_size=4))
def test_every_part_of_a_name_finds_it(name: str) -> None:
    terms = record_terms(RESIDENT, {"name": name})
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            assert found(name[start:end], terms)
    assert all(found(letters, terms) for letters in spellings(name)[0])


def test_a_register_is_indexed_in_well_under_a_second_or_two() -> None:
    surnames, given_names = "李王张刘陈杨赵黄周吴单曾", "雪婷明伟芳娜敏静强磊军洋勇艳杰娟涛"
    households = [
        {
            "door": f"{n % 9}-{n % 4}-{n % 30}02",
            "head": surnames[n % 12] + given_names[n % 17] + given_names[n // 17 % 17],
            "phone": f"138{n:08}",
        }
        for n in range(22_000)
    ]
    record_terms(HOUSEHOLD, households[0])  # the import of pypinyin is not what is measured
    started = time.perf_counter()
    for household in households:
        record_terms(HOUSEHOLD, household)
    assert time.perf_counter() - started < 4.0  # 0.5 s measured; the bound allows a busy machine
