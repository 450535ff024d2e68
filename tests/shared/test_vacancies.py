"""`posts.vacant` beside the staffing report: equal in a register as it should be, and where not."""

from __future__ import annotations

import pytest

from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE, View
from armband.shared.kinds.post_roles import GRID_POSTS
from armband.shared.policy import Policy
from armband.shared.rollup import recount
from armband.shared.staffing import Roster, staffing
from armband.shared.wire import UnitName

DAY, LATER = "2022-03-31", "2022-04-30"
LEVELS = {"o": "office", "o/c1": "community", "o/c1/g1": "grid", "o/c1/g2": "grid"}
GRID, SECOND, COMMUNITY = "o/c1/g1", "o/c1/g2", "o/c1"
NAMED: Patch = {"name": "李雪婷", "posts": [GRID_POSTS[0]]}


Told = tuple[str, str, Patch]
"""Kind, unit and fields of a record."""


def post(unit: str, role: str = GRID_POSTS[0], **more: str) -> Told:
    return "post", unit, {"staff": (bytes([1]) * 16).hex(), "role": role, **more}


def both(*told: Told) -> tuple[int, int]:
    """Vacancies as the roll-ups and as the staffing report have them."""
    units: list[Told] = [
        ("unit", code, {"name": code, "level": level}) for code, level in LEVELS.items()
    ]
    person: Told = ("staff", COMMUNITY, {"name": "李雪婷"})
    views = [
        View(bytes([number]) * 16, kind, unit, fields)
        for number, (kind, unit, fields) in enumerate((person, *told, *units), 1)
    ]
    now = recount(views, Policy())[0]["", "o"]
    roster = Roster(DAY, {code: UnitName(code, code, level) for code, level in LEVELS.items()})
    roster.take(views)
    derive = CATALOGUE["post"].derive
    assert derive is not None
    return derive(now, DAY)["posts.vacant"], staffing(roster, "o").vacant


@pytest.mark.parametrize(
    ("told", "vacant"),
    [
        pytest.param([], 10, id="nobody"),
        pytest.param([post(GRID)], 9, id="a post"),
        pytest.param([("staff", GRID, NAMED)], 9, id="named in the register"),
        pytest.param([post(GRID), ("staff", GRID, NAMED)], 9, id="both, of one grid"),
        pytest.param([post(GRID), post(GRID)], 9, id="two people in one post"),
        pytest.param([post(GRID), post(SECOND)], 8, id="one person in two grids"),
        pytest.param([post(GRID, "liaison")], 10, id="none of the five"),
        pytest.param([post(GRID, role) for role in GRID_POSTS], 5, id="a full grid"),
    ],
)
def test_both_say_the_same(told: list[Told], vacant: int) -> None:
    assert both(*told) == (vacant, vacant)


@pytest.mark.parametrize(
    ("told", "summed", "exact"),
    [
        pytest.param([post(COMMUNITY)], 9, 10, id="on another unit than a grid"),
        pytest.param([post(GRID, since=LATER)], 9, 10, id="begins later"),
        pytest.param([post(GRID, until=LATER)], 10, 9, id="with a last day"),
    ],
)
def test_what_the_definition_says_that_sums_cannot_tell(
    told: list[Told], summed: int, exact: int
) -> None:
    assert both(*told) == (summed, exact)
    meaning = CATALOGUE["post"].metrics["posts.vacant"]
    assert all(words in meaning for words in ("another unit", "begins later", "a last day"))
