"""An invented community for the demo, as the registers that its office would import.

阳光花苑: 6 areas, 12 grids, 58 micro-grids, 2,900 households. Nobody in it exists: names are drawn
from a seed, telephones from the range 154…, which no operator gives out.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

OFFICE_CODE = "lianhu"
OFFICE_NAME = "莲湖街道办事处"
COMMUNITY_CODE = "yangguang"
COMMUNITY_NAME = "阳光花苑社区"
COMMUNITY_SHORT = "阳光花苑"
COMMUNITY = f"{OFFICE_CODE}/{COMMUNITY_CODE}"
AREAS = 6
GRIDS = 12
MICROGRIDS = 58
HOUSEHOLDS_PER_MICROGRID = 50
LIAISONS = 140

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董"
    "萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
)
_GIVEN = (
    "伟芳娜敏静秀丽强磊军洋艳勇杰娟涛明超霞平刚桂英华玉兰建国文志海云春梅红"
    "雪婷小宇欣晨佳琪子涵浩然思雨博学永福安康德胜"
)
_CARE = (("独居老人", 0.03), ("残疾人", 0.015), ("困难群众", 0.01), ("居家隔离", 0.005))
# Two who answer to the same initials, so that the lane has something to ask about.
_PLANTED = {("3", "2", "502"): "李雪婷", ("1", "1", "301"): "李小婷"}


@dataclass(frozen=True, slots=True)
class Place:
    """A micro-grid with what stands above it; all numbers count from 1."""

    area: int
    grid: int
    microgrid: int

    @property
    def code(self) -> str:
        """Its unit code."""
        return f"{COMMUNITY}/a{self.area}/g{self.grid}/m{self.microgrid:02}"


@dataclass(frozen=True, slots=True)
class Household:
    """A row of the household register."""

    place: Place
    building: str
    stair: str
    room: str
    head: str
    phone: str
    people: int
    care: str
    liaison: str
    liaison_phone: str
    spouse: str = ""
    """Somebody else of the household who has a record of their own; the head always has."""
    spouse_phone: str = ""

    @property
    def door(self) -> str:
        """Building-unit-room."""
        return f"{self.building}-{self.stair}-{self.room}"


@dataclass(frozen=True, slots=True)
class Community:
    """The whole of it."""

    places: tuple[Place, ...]
    households: tuple[Household, ...]


def build(seed: int) -> Community:
    """The community of a seed."""
    rng = random.Random(seed)
    places = _places()
    rows: list[Household] = []
    liaison = ("", "")
    until = 0.0
    share = MICROGRIDS * HOUSEHOLDS_PER_MICROGRID / LIAISONS
    for place in places:
        for building, stair, room in _doors(place):
            if len(rows) >= until:
                liaison, until = (invented_name(rng), invented_phone(rng)), until + share
            rows.append(_household(rng, place, (building, stair, room), liaison))
    return Community(places, tuple(rows))


def _household(
    rng: random.Random, place: Place, door: tuple[str, str, str], liaison: tuple[str, str]
) -> Household:
    people = rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5))
    pair = people > 1 and rng.random() < 0.5
    return Household(
        place,
        *door,
        head=_PLANTED.get(door) or invented_name(rng),
        phone=invented_phone(rng),
        people=people,
        care=next((tag for tag, share in _CARE if rng.random() < share), ""),
        liaison=liaison[0],
        liaison_phone=liaison[1],
        spouse=invented_name(rng) if pair else "",
        spouse_phone=invented_phone(rng) if pair else "",
    )


def _places() -> tuple[Place, ...]:
    per_area = GRIDS // AREAS
    places = []
    for microgrid in range(1, MICROGRIDS + 1):
        grid = (microgrid - 1) * GRIDS // MICROGRIDS + 1
        places.append(Place((grid - 1) // per_area + 1, grid, microgrid))
    return tuple(places)


def _doors(place: Place) -> Iterable[tuple[str, str, str]]:
    """One building a micro-grid: two stairwells, two doors a floor."""
    doors = [
        (str(place.microgrid), str(stair), f"{floor}{room:02}")
        for stair in (1, 2)
        for floor in range(1, 14)
        for room in (1, 2)
    ]
    return doors[:HOUSEHOLDS_PER_MICROGRID]


def invented_name(rng: random.Random) -> str:
    """A surname and one or two more characters."""
    return rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2, 2))))


def invented_phone(rng: random.Random) -> str:
    """Eleven digits that are nobody's."""
    return f"154{rng.randrange(10**8):08}"


def write_registers(community: Community, folder: Path) -> dict[str, Path]:
    """Write the registers as an office would send them; the keys are what ``import`` takes."""
    files = {what: folder / f"{what}.csv" for what in ("units", "households", "residents")}
    _write(files["units"], ("名称", "级别", "代码", "上级代码"), _unit_rows(community))
    unit_heads = ("社区", "片区", "网格", "微网格", "楼栋", "单元", "房号")
    _write(
        files["households"],
        (*unit_heads, "户主", "联系电话", "人口数", "重点人群", "联户党员", "党员电话"),
        (
            (*_where(h), h.head, h.phone, h.people, h.care, h.liaison, h.liaison_phone)
            for h in community.households
        ),
    )
    _write(
        files["residents"],
        (*unit_heads, "姓名", "联系电话", "与户主关系"),
        ((*_where(h), h.spouse, h.spouse_phone, "配偶") for h in community.households if h.spouse),
    )
    return files


def _unit_rows(community: Community) -> Iterable[Sequence[object]]:
    yield COMMUNITY_NAME, "社区", COMMUNITY, OFFICE_CODE
    seen: set[str] = set()
    for place in community.places:
        area = f"{COMMUNITY}/a{place.area}"
        grid = f"{area}/g{place.grid}"
        for name, level, code, parent in (
            (f"第{place.area}片区", "片区", area, COMMUNITY),
            (f"第{place.grid}网格", "网格", grid, area),
            (f"微网格{place.microgrid:02}", "微网格", place.code, grid),
        ):
            if code not in seen:
                seen.add(code)
                yield name, level, code, parent


def _where(row: Household) -> tuple[str, ...]:
    return (
        COMMUNITY_NAME,
        f"第{row.place.area}片区",
        f"第{row.place.grid}网格",
        f"微网格{row.place.microgrid:02}",
        f"{row.building}号楼",
        f"{row.stair}单元",
        row.room,
    )


def _write(path: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
