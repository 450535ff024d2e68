"""Twelve rounds of testing in January, an inquiry until half past two, and a one-key start."""

from __future__ import annotations

from armband.shared.days import day_of
from armband.shared.policy import Policy
from support.story.opening import GATE_PERSON, NIGHT_PERSON
from support.story.stage import (
    COMMUNITY,
    DAY,
    NEXT,
    NOW,
    Figures,
    Stage,
    adds,
    moment,
)

ROUNDS = 12
CALL_UP = "一键启动：核酸检测小组集合"
_NOT_SAMPLED = ("refused", "exempt", "absent")
"""How it stands with the last three on the roster of the last round."""


def sample_twelve_times(stage: Stage) -> Figures:
    """Every round begins with its roster, and ends with nobody missing on it."""
    desk = stage.posts["desk"]
    figures = adds()
    for number in range(1, ROUNDS + 1):
        day, name = f"2022-01-{2 + 2 * number:02}", f"第{number}轮"
        (of_round,) = desk.record([{"kind": "round", "unit": COMMUNITY, "name": name, "day": day}])
        desk.steps("round", [of_round], "start", opened_at=moment("06:00", day))
        (report,) = desk.ask("rounds", name)["rounds"]
        roster = report["missing"]
        people = report["total"]["people"]
        assert (people, sum(line["people"] for line in roster)) == (people, people)
        apart = dict(enumerate(_NOT_SAMPLED)) if number == ROUNDS else {}
        desk.record(
            [
                {
                    "kind": "sample",
                    "round": of_round,
                    line["kind"]: line["id"],
                    **({"people": line["people"]} if line["kind"] == "household" else {}),
                    "status": apart.get(place, "sampled"),
                    "at": moment("07:00", day) + place * 1000,
                }
                for place, line in enumerate(roster)
            ]
        )
        (report,) = desk.ask("rounds", name)["rounds"]
        assert (report["missing"], report["total"]["missing"]) == ([], 0), report["total"]
        desk.steps("round", [of_round], "close", closed_at=moment("18:00", day))
        others = [(status, roster[place]["people"]) for place, status in apart.items()]
        sampled = people - sum(count for _status, count in others)
        figures += adds(
            (day, "rounds.total", 1),
            (day, "samples.sampled", sampled),
            (day, "samples.persons", sampled),
            *((day, f"samples.{status}", count) for status, count in others),
        )
    assert len(desk.ask("rounds")["rounds"]) == ROUNDS
    desk.sync()
    return figures


def inquire(stage: Stage) -> Figures:
    """A close contact is asked until 02:30; it is the evening's work."""
    desk = stage.posts["desk"]
    (inquiry,) = desk.record(
        [
            {
                "kind": "inquiry",
                "unit": COMMUNITY,
                "name": "徐密接",
                "why": "contact",
                "at": moment("22:40"),
                "day": DAY,
            }
        ]
    )
    desk.record(
        [
            {"kind": "stay", "inquiry": inquiry, "day": DAY, "place": place, "begins_min": begins}
            for place, begins in (("桐柏路菜市场", "08:30"), ("单位食堂", "12:00"), ("家", "18:20"))
        ]
    )
    desk.steps("inquiry", [inquiry], "close", closed_at=moment("02:30", NEXT))
    desk.sync()
    return adds(
        (DAY, "inquiries.opened", 1),
        (NEXT, "inquiries.closed", 1),
        (NOW, "inquiries.places", 3),
    )


def call_up(stage: Stage) -> Figures:
    """The office calls the team up; all but two answer, and those two are named. It is now."""
    posts = "grid_manager,building_head,guard,secretary,leader"
    stage.verb("notify", CALL_UP, "--call-up", "--posts", posts)
    stage.sync()
    for key, words in (
        ("street", ("coming",)),
        ("grid", ("coming",)),
        ("liaison", ("coming",)),
        ("desk", ("cannot", "--note", "在区里开会")),
    ):
        stage.posts[key].run("ack", CALL_UP, "--answer", *words)
    stage.sync("street", "grid", "liaison", "desk")
    told = stage.verb("acks", CALL_UP, "--json").json
    assert told["expected"] == len(stage.posts)
    assert {person["name"] for person in told["missing"]} == {GATE_PERSON, NIGHT_PERSON}
    today = day_of(told["at"], Policy())
    return adds(
        (today, "notices.total", 1),
        (today, "notices.sort.call_up", 1),
        (today, "acks.total", 4),
        (today, "acks.coming", 3),
        (today, "acks.cannot", 1),
    )
