from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armband.shared.ids import id_from_hex, natural_record_id, new_record_id


@given(st.integers(0, 2**47), st.integers(0, 2**47), st.binary(min_size=10, max_size=10))
def test_ids_of_a_later_millisecond_sort_later(one: int, two: int, random_10: bytes) -> None:
    ids = (new_record_id(one, random_10), new_record_id(two, bytes(10)))
    assert all(len(made) == 16 for made in ids)
    if one != two:
        assert (ids[0] < ids[1]) == (one < two)


def test_a_new_id_takes_ten_random_bytes() -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        new_record_id(1, b"short")


KEYS = st.lists(st.text(max_size=6), max_size=4)


@given(
    st.text(max_size=5), st.text(max_size=5), KEYS, st.text(max_size=5), st.text(max_size=5), KEYS
)
def test_a_natural_id_is_its_key_and_nothing_else(
    office: str, kind: str, key: list[str], office2: str, kind2: str, key2: list[str]
) -> None:
    """Also where parts run together: ("ab", "c") is another key than ("a", "bc")."""
    same = (office, kind, *key) == (office2, kind2, *key2)
    first = natural_record_id(office, kind, *key)
    assert (first == natural_record_id(office2, kind2, *key2)) == same
    assert len(first) == 16


def test_parts_of_a_key_do_not_run_together() -> None:
    assert natural_record_id("o", "k", "ab", "c") != natural_record_id("o", "k", "a", "bc")
    assert natural_record_id("o", "k", "a", "") != natural_record_id("o", "k", "a")


def test_a_natural_id_never_changes() -> None:
    """Written down: records of existing offices hang on it."""
    made = natural_record_id("lianhu", "household", "lianhu/yangguang", "3-2-502")
    assert made.hex() == "d8f4da2323fcfd2f99d5d088179b63ae"


def test_ids_as_hex() -> None:
    made = new_record_id(5, bytes(range(10)))
    assert id_from_hex(made.hex()) == made
    for text in ("", "ab", made.hex() + "00", "zz" * 16):
        with pytest.raises(ValueError):  # noqa: PT011 both ways of being wrong are ValueErrors
            id_from_hex(text)


def test_a_clock_before_1970_makes_ids_too() -> None:
    assert new_record_id(-5, b"0123456789") == bytes(6) + b"0123456789"
