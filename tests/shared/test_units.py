from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.shared.errors import InvalidUnit
from armband.shared.units import (
    MAX_DEPTH,
    check_unit,
    depth_below,
    in_scope,
    is_within,
    lineage,
    parent_of,
    unit_order,
)

CODES = st.lists(
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,4}", fullmatch=True), min_size=1, max_size=6
).map("/".join)


@pytest.mark.parametrize("code", ["lianhu", "lianhu/yangguang/a1/g3/m07", "a-b/3", "0"])
def test_good_codes(code: str) -> None:
    assert check_unit(code) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "/",
        "a/",
        "/a",
        "a//b",
        "A",
        "莲湖",
        "a b",
        "a_b",
        "-a",
        "a/-b",
        "a\n",
        "a/..",
        "x" * 161,
    ],
)
def test_bad_codes(code: str) -> None:
    with pytest.raises(InvalidUnit) as caught:
        check_unit(code)
    assert "lianhu/yangguang" in str(caught.value)


def test_depth_has_a_bound() -> None:
    assert check_unit("/".join("a" * MAX_DEPTH))
    with pytest.raises(InvalidUnit):
        check_unit("/".join("a" * (MAX_DEPTH + 1)))


def test_a_neighbour_whose_code_begins_alike_is_not_within() -> None:
    assert not is_within("lianhu/g10", "lianhu/g1")
    assert is_within("lianhu/g1/m1", "lianhu/g1")
    assert not is_within("lianhu", "lianhu/g1")


@given(CODES, CODES)
def test_within_is_being_a_prefix_of_the_path(code: str, unit: str) -> None:
    parts, above = code.split("/"), unit.split("/")
    assert is_within(code, unit) == (parts[: len(above)] == above)
    assert is_within(code, unit) == (unit in lineage(code))
    assert in_scope(code, [unit, "nowhere"]) == is_within(code, unit)


@given(CODES)
def test_the_lineage_goes_up_to_the_office(code: str) -> None:
    above = lineage(code)
    assert above[0] == code
    assert above[-1] == code.split("/", maxsplit=1)[0]
    assert [parent_of(unit) for unit in above] == [*above[1:], ""]
    assert [depth_below(code, unit) for unit in above] == list(range(len(above)))
    assert not in_scope(code, [])


def test_people_find_units_in_their_order() -> None:
    right = ["a", "a/a2/g10", "a/g1", "a/g01/m2", "a/g9", "a/g9/m2", "a/g9/m10", "a/g10", "b3"]
    right.reverse()
    assert sorted(right, key=unit_order) == right[::-1]


@given(st.lists(CODES, unique=True))
def test_the_order_is_one_and_parents_come_first(codes: list[str]) -> None:
    ordered = sorted(codes, key=unit_order)
    codes.reverse()
    assert ordered == sorted(codes, key=unit_order)
    for code in codes:
        for above in lineage(code)[1:]:
            assert above not in codes or ordered.index(above) < ordered.index(code)
