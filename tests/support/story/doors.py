"""From door to door: a broken thermometer, a home assessment, a shop, and a notice to everybody."""

from __future__ import annotations

from typing import Any

from support.story.opening import LIAISON_PERSON
from support.story.stage import (
    COMMUNITY,
    DAY,
    GRID,
    NEXT,
    NOW,
    Figures,
    Stage,
    adds,
    moment,
)

NEED = "体温计坏了，请代买一支"
FEEDBACK_MIN = 40
"""From the need to the thermometer at the door."""
ANSWERED_MIN = 30
"""From the question for the assessment to the agency that has it."""
ASSESSED_MIN = 25 * 60 + 40
"""And to the assessment itself, on the next day."""
SHOPS = {"老王超市": "food", "康民药店": "pharmacy", "美发屋": "barber"}


def buy_thermometer(stage: Stage) -> Figures:
    """The nearest liaison hears of it on the telephone, buys one, and leaves it at the door."""
    liaison = stage.posts["liaison"]
    (home, *_rest) = (home for home in stage.homes if home["unit"] == f"{GRID}/m01")
    liaison.run("record", "household", f"id={home['id']}", "care=home_isolation")
    liaison.record(
        [
            {
                "kind": "visit",
                "household": home["id"],
                "channel": "phone",
                "outcome": "met",
                "purpose": "care",
                "needs": NEED,
                "at": moment("19:00"),
                "day": DAY,
            }
        ]
    )
    liaison.sync()
    (service,) = (row["id"] for row in stage.exported("service") if row["fields"]["what"] == NEED)
    done_ms = moment("19:00") + FEEDBACK_MIN * 60_000
    liaison.record(
        [
            {
                "kind": "service",
                "id": service,
                "step": "assign",
                "staff": LIAISON_PERSON,
                "sort": "thermometer",
                "assigned_at": moment("19:02"),
            },
            {
                "kind": "service",
                "id": service,
                "step": "finish",
                "result": "已代买体温计，放在门口",
                "done_at": done_ms,
            },
            {
                "kind": "delivery",
                "household": home["id"],
                "sort": "waste",
                "status": "done",
                "at": moment("19:45"),
                "day": DAY,
            },
        ]
    )
    stage.sync("liaison", "desk")
    return adds(
        (NOW, "households.care.home_isolation", 1),
        *((NOW, f"households.care.{tag}", -1) for tag in home["fields"].get("care", [])),
        (DAY, "activity.records", 1),
        (DAY, "visits.total", 1),
        (DAY, "visits.phone", 1),
        (DAY, "visits.outcome.met", 1),
        (DAY, "visits.needs", 1),
        (DAY, "services.asked", 1),
        (DAY, "services.thermometer", 1),
        (DAY, "services.done", 1),
        (DAY, "services.done.thermometer", 1),
        *((DAY, f"deliveries.{what}", 1) for what in ("total", "waste", "households")),
    )


def assess_at_home(stage: Stage) -> Figures:
    """The mother is ill, the son is registered in another district: the agency comes to them."""
    desk = stage.posts["desk"]
    home = stage.homes[-1]
    (son,) = desk.record(
        [
            {
                "kind": "resident",
                "name": "小明",
                "household": home["id"],
                "relation": "child",
                "registered_elsewhere": True,
            }
        ]
    )
    (service,) = desk.record(
        [
            {
                "kind": "service",
                "household": home["id"],
                "resident": son,
                "sort": "appointment",
                "what": "多重残疾证上门鉴定",
                "registered_at": "惠济区",
                "at": moment("09:00"),
                "day": DAY,
            }
        ]
    )
    told = {"kind": "service", "id": service}
    desk.record(
        [
            {**told, "step": "escalate", "agency": "区残联", "escalated_at": moment("09:30")},
            {
                **told,
                "step": "appoint",
                "appointment_day": NEXT,
                "appointment_min": "10:00",
                "appointed_at": moment("15:00"),
            },
            {
                **told,
                "step": "finish",
                "result": "区残联、街道民政上门鉴定完成，家属致谢",
                "done_at": moment("10:40", NEXT),
            },
        ]
    )
    desk.sync()
    return adds(
        (NOW, "residents.total", 1),
        (NOW, "residents.registered_elsewhere", 1),
        (DAY, "services.asked", 1),
        (DAY, "services.appointment", 1),
        (DAY, "services.escalated", 1),
        # Of the day's two: this one and the thermometer.
        (DAY, "services.feedback.p50_s", ANSWERED_MIN * 60),
        (DAY, "services.feedback.p90_s", FEEDBACK_MIN * 60),
        (DAY, "services.finish.p50_s", FEEDBACK_MIN * 60),
        (DAY, "services.finish.p90_s", ASSESSED_MIN * 60),
        (NEXT, "services.done", 1),
        (NEXT, "services.done.appointment", 1),
    )


def inspect_shops(stage: Stage) -> Figures:
    """Three shops; one does not disinfect, puts it right, and passes the next day."""
    grid = stage.posts["grid"]
    shops = grid.record(
        [
            {"kind": "shop", "name": name, "trade": trade, "unit": GRID}
            for name, trade in SHOPS.items()
        ]
    )
    grid.record(
        [
            {**_inspection(shops[0], moment("09:10"), DAY), "disinfection": False},
            _inspection(shops[1], moment("09:20"), DAY),
        ]
    )
    grid.sync()
    (opened,) = stage.exported("rectification")
    assert (opened["fields"]["item"], opened["fields"]["due"]) == ("disinfection", NEXT)
    again = ("record", "rectification", f"id={opened['id']}", "step=reopen", "due=+1")
    assert "reopen" in grid.run(*again, code=1).out
    grid.steps(
        "rectification",
        [opened["id"]],
        "pass",
        checked_at=moment("09:05", NEXT),
        result="已消杀，有记录",
    )
    grid.record([_inspection(shop, moment("09:06", NEXT), NEXT) for shop in shops])
    grid.sync()
    return adds(
        (NOW, "shops.total", 3),
        (NOW, "shops.trading", 3),
        (DAY, "inspections.total", 2),
        (DAY, "inspections.shops", 2),
        (DAY, "inspections.failed", 1),
        (DAY, "inspections.failed.disinfection", 1),
        (DAY, "shops.waiting", 1),
        (DAY, "rectifications.opened", 1),
        (DAY, "rectifications.opened.disinfection", 1),
        (NEXT, "rectifications.fixed", 1),
        (NEXT, "inspections.total", 3),
        (NEXT, "inspections.shops", 3),
    )


def _inspection(shop: str, at: int, day: str) -> dict[str, Any]:
    right = dict.fromkeys(("measuring", "codes", "disinfection", "masks"), True)
    return {"kind": "inspection", "shop": shop, "at": at, "day": day, **right}


def tell_everybody(stage: Stage) -> Figures:
    """A notice to every household: not at home once, told at each door in the end."""
    desk = stage.posts["desk"]
    (notice,) = desk.record(
        [
            {
                "kind": "notice",
                "unit": COMMUNITY,
                "title": "致居民的一封信",
                "sort": "publicity",
                "households": True,
                "at": moment("08:30"),
                "day": DAY,
            }
        ]
    )
    visit = {"kind": "visit", "purpose": "publicity", "notice": notice, "day": DAY}
    absent = {"household": stage.homes[0]["id"], "channel": "door", "outcome": "no_answer"}
    desk.record([{**visit, **absent, "at": moment("09:00")}])
    desk.record(
        [
            {
                **visit,
                "household": home["id"],
                "channel": "wechat" if number % 3 == 0 else "door",
                "outcome": "met",
                "at": moment("14:00") + number * 1000,
            }
            for number, home in enumerate(stage.homes)
        ]
    )
    told = desk.ask("told", "致居民的一封信")
    homes = len(stage.homes)
    by_wechat = (homes + 2) // 3
    assert {row["coverage_pct"] for row in told["units"]} == {100}, told["units"][:3]
    desk.sync()
    return adds(
        (DAY, "notices.total", 1),
        (DAY, "notices.sort.publicity", 1),
        (DAY, "notices.to_households", 1),
        (DAY, "publicity.households", homes),
        (DAY, "publicity.coverage_pct", 100),
        (DAY, "visits.households", homes),
        (DAY, "visits.total", homes + 1),
        (DAY, "activity.records", homes + 1),
        (DAY, "visits.outcome.no_answer", 1),
        (DAY, "visits.outcome.met", homes),
        (DAY, "visits.wechat", by_wechat),
        (DAY, "visits.door", homes - by_wechat + 1),
    )
