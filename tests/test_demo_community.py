from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from scripts.demo_community import build, write_registers


def test_it_has_the_size_of_the_real_one() -> None:
    community = build(1)
    places = community.places
    assert len({place.area for place in places}) == 6
    assert len({place.grid for place in places}) == 12
    assert len({place.microgrid for place in places}) == 58
    assert len(community.households) >= 2900
    assert len({(row.place.code, row.door) for row in community.households}) == 2900


def test_every_household_has_a_liaison_with_twenty_or_so() -> None:
    loads = Counter(row.liaison_phone for row in build(1).households)
    assert set(loads.values()) <= {20, 21}


def test_one_seed_is_one_community() -> None:
    assert build(5) == build(5)
    assert build(5) != build(6)


def test_no_telephone_is_anybodys() -> None:
    rows = build(1).households
    assert all(row.phone.startswith("154") and len(row.phone) == 11 for row in rows)


def test_registers_say_what_the_community_is(tmp_path: Path) -> None:
    community = build(1)
    files = write_registers(community, tmp_path)
    counts = {}
    for what, path in files.items():
        with path.open(encoding="utf-8", newline="") as file:
            counts[what] = len(list(csv.DictReader(file)))
    spouses = sum(bool(row.spouse) for row in community.households)
    assert counts == {"units": 1 + 6 + 12 + 58, "households": 2900, "residents": spouses}
