"""Shops, their daily inspection, and what has to be put right."""

from __future__ import annotations

import pytest

from armband.shared.days import day_begins_ms
from armband.shared.errors import WrongStep
from armband.shared.fields import Patch
from armband.shared.kinds import View, kind_named
from armband.shared.kinds.duties import Rank
from armband.shared.kinds.workflow import Seen
from armband.shared.policy import Policy
from armband.shared.rollup import recount
from armband.shared.rollup_report import finished

POLICY = Policy()
UNIT = "o/c1/g1"
DAY = "2022-03-31"
SHOP = "5" * 32
AT = day_begins_ms(DAY, POLICY) + 36_000_000
FINE: Patch = {
    "shop": SHOP,
    "measuring": True,
    "codes": True,
    "disinfection": True,
    "masks": True,
    "at": AT,
    "day": DAY,
}


def inspection(number: int = 1, **fields: object) -> View:
    told = {**FINE, **fields}
    return View(bytes([number]) * 16, "inspection", UNIT, told)  # type: ignore[arg-type]  # any value


def opened(view: View) -> list[View]:
    drafts = kind_named("inspection").opened_by(view, POLICY)
    return [View(d.id, d.kind, d.unit, {**d.fields, "state": "open"}) for d in drafts]


def row(views: list[View], day: str) -> dict[str, int]:
    cells, _members = recount(views, POLICY)
    return finished({**cells.get((day, "o"), {}), **cells.get(("", "o"), {})}, day)


def test_each_no_opens_one_rectification_and_always_the_same() -> None:
    assert opened(inspection()) == []
    found = opened(inspection(disinfection=False, masks=False))
    assert [view.fields["item"] for view in found] == ["disinfection", "masks"]
    assert {view.fields["due"] for view in found} == {"2022-04-01"}
    assert found == opened(inspection(disinfection=False, masks=False))
    other = opened(inspection(2, disinfection=False))
    assert other[0].id not in {view.id for view in found}
    later = opened(inspection(disinfection=False, fix_by="2022-04-05"))
    assert later[0].fields["due"] == "2022-04-05"
    for view in found:
        kind_named("rectification").check_new({**view.fields, "unit": UNIT})


def test_open_and_overdue_are_worked_out_of_the_newest_days_row() -> None:
    (wanting,) = opened(inspection(disinfection=False))
    views = [inspection(disinfection=False), wanting]
    today = row(views, DAY)
    assert today["rectifications.opened.disinfection"] == 1
    assert today["inspections.failed.disinfection"] == 1
    assert today["rectifications.open"] == 1
    assert "rectifications.overdue" not in today
    assert row(views, "2022-04-01").get("rectifications.overdue") is None
    assert row(views, "2022-04-02")["rectifications.overdue"] == 1
    assert not [name for name in today if "@" in name]


def test_a_passed_re_check_closes_it_on_the_day_of_the_re_check() -> None:
    (wanting,) = opened(inspection(disinfection=False))
    checked = AT + 86_400_000
    fixed = View(
        wanting.id,
        wanting.kind,
        UNIT,
        {**wanting.fields, "state": "fixed", "checked_at": checked},
    )
    assert "rectifications.open" not in row([fixed], "2022-04-01")
    assert row([fixed], "2022-04-01")["rectifications.fixed"] == 1
    assert "rectifications.fixed" not in row([fixed], DAY)


def test_what_is_to_be_done_about_shops() -> None:
    shop = View(bytes.fromhex(SHOP), "shop", UNIT, {"name": "阳光超市"})
    (daily,) = kind_named("shop").duties_of(shop, POLICY)
    assert (daily.daily, daily.rank, daily.prefill) == (True, Rank.ROUTINE, {"shop": SHOP})
    (done,) = kind_named("inspection").settled_by(inspection(), POLICY)
    assert (done.key, done.at_ms) == (daily.key, AT)
    shut = View(shop.id, "shop", UNIT, {"name": "阳光超市", "shut": True})
    assert kind_named("shop").duties_of(shut, POLICY) == ()
    (wanting,) = opened(inspection(masks=False))
    (again,) = kind_named("rectification").duties_of(wanting, POLICY)
    assert again.due_ms == day_begins_ms("2022-04-02", POLICY)
    assert again.step == "pass"


def test_shops_that_wait_for_their_inspection_are_those_that_trade_and_were_not_seen() -> None:
    shops = [
        View(bytes([n]) * 16, "shop", UNIT, {"name": f"店{n}", "shut": n == 3}) for n in range(4)
    ]
    seen = inspection(9, shop=shops[0].id.hex())
    assert row([*shops, seen, inspection(8, shop=shops[0].id.hex())], DAY)["shops.waiting"] == 2


def test_a_rectification_is_not_put_right_twice() -> None:
    kind = kind_named("rectification")
    patch: Patch = {"step": "pass", "state": "fixed"}
    kind.check_step(patch, Seen({"state": "open"}, ("open",)))
    with pytest.raises(WrongStep, match="leads from open"):
        kind.check_step(patch, Seen({"state": "fixed"}, ("fixed",)))
