"""The dispatch desk: 35 telephone calls, and 118 cases from the report to the verification."""

from __future__ import annotations

from typing import Any

from support.story.stage import COMMUNITY, DAY, GRID, OFFICE, Figures, Stage, adds, moment

CALLS = {"policy": 20, "returnee": 10, "request": 5}
CATEGORIES = {"prevention": 110, "security": 3, "population": 2, "emergency": 1, "livelihood": 2}
CHANNELS = {"wechat": 40, "patrol": 50, "circle": 17, "desk": 10, "phone": 1}
CASES, LATE = 118, 21
"""Cases of the day, and those accepted after the five minutes."""
ANSWER_S, IN_TIME_S, LATE_S, CLOSE_S = 60, 240, 900, 3600
"""From the report to the first answer; from the dispatch to the acceptance; until it is closed."""
TEXT = "来返郑人员需提前三天向社区报备；低风险地区核验健康码、行程码后正常出行。"


def answer_calls(stage: Stage) -> Figures:
    """35 calls; for the policy questions the text in force is at hand."""
    desk = stage.posts["desk"]
    stage.posts["street"].record(
        [
            {
                "kind": "policy_text",
                "unit": OFFICE,
                "title": "返郑报备",
                "text": TEXT,
                "from_day": "2022-03-01",
                "source": "2022 年第 8 号通告",
            }
        ]
    )
    topics = [topic for topic, count in CALLS.items() for _n in range(count)]
    ids = desk.record(
        [
            {
                "kind": "call",
                "unit": COMMUNITY,
                "topic": topic,
                "at": moment("08:00") + number * 15 * 60_000,
                "day": DAY,
                "caller": f"来电人{number + 1}",
                "phone": f"1549{number:07}",
            }
            for number, topic in enumerate(topics)
        ]
    )
    stage.sync("street", "desk")
    return adds(
        (DAY, "calls.total", len(topics)),
        *((DAY, f"calls.{topic}", count) for topic, count in CALLS.items()),
        ("", "policy_texts.total", 1),
    ) + _dispatch(stage, ids[-1])


def _dispatch(stage: Stage, call: str) -> Figures:
    """The last request becomes a case, which ends at the civil-affairs office (区民政局)."""
    desk, grid = stage.posts["desk"], stage.posts["grid"]
    cases = _reported(call)
    ids = desk.record(cases)
    _each(desk, ids, "dispatch", cases, "dispatched_at", ANSWER_S, rung="grid")
    (to_agency,) = (number for number, case in enumerate(cases) if "call" in case)
    desk.record(
        [
            {
                "kind": "case",
                "id": ids[to_agency],
                "step": "escalate",
                "rung": "agency",
                "agency": "区民政局",
                "dispatched_at": cases[to_agency]["at"] + 2 * ANSWER_S * 1000,
                "escalated_at": cases[to_agency]["at"] + 2 * ANSWER_S * 1000,
            }
        ]
    )
    stage.sync("desk", "grid")
    own = [number for number, case in enumerate(cases) if case["unit"] == GRID]
    arrived = {row["id"] for row in stage.exported("case") if "delivered_at" in row["fields"]}
    assert {ids[number] for number in own} <= arrived, "one exchange tells that it has arrived"
    for post, numbers in (
        (grid, own),
        (desk, [number for number in range(CASES) if number not in own]),
    ):
        post.record(
            [
                {
                    "kind": "case",
                    "id": ids[number],
                    "step": "accept",
                    "accepted_at": cases[number]["at"]
                    + (2 if number == to_agency else 1) * ANSWER_S * 1000
                    + (LATE_S if number < LATE else IN_TIME_S) * 1000,
                }
                for number in numbers
            ]
        )
    stage.sync("grid", "desk")
    _each(desk, ids, "finish", cases, "done_at", CLOSE_S - 300, result="已处置")
    _each(desk, ids, "close", cases, "closed_at", CLOSE_S)
    stage.sync("desk")
    return adds(
        (DAY, "cases.opened", CASES),
        (DAY, "cases.closed", CASES),
        (DAY, "cases.accepted", CASES),
        (DAY, "cases.accepted_in_time", CASES - LATE),
        (DAY, "cases.escalated", 1),
        *((DAY, f"cases.opened.{name}", count) for name, count in CATEGORIES.items()),
        *((DAY, f"cases.closed.{name}", count) for name, count in CATEGORIES.items()),
        *((DAY, f"cases.by.{name}", count) for name, count in CHANNELS.items()),
        *((DAY, f"cases.answer.p{percent}_s", ANSWER_S) for percent in (50, 90)),
        (DAY, "cases.accept.p50_s", IN_TIME_S),
        (DAY, "cases.accept.p90_s", LATE_S),
        *((DAY, f"cases.close.p{percent}_s", CLOSE_S) for percent in (50, 90)),
    )


def _reported(call: str) -> list[dict[str, Any]]:
    categories = [name for name, count in CATEGORIES.items() for _n in range(count)]
    channels = [name for name, count in CHANNELS.items() for _n in range(count)]
    cases: list[dict[str, Any]] = [
        {
            "kind": "case",
            "unit": _grid(number % 12 + 1),
            "category": category,
            "channel": channel,
            "brief": f"第{number + 1}件",
            "at": moment("07:00") + number * 5 * 60_000,
            "day": DAY,
        }
        for number, (category, channel) in enumerate(zip(categories, channels, strict=True))
    ]
    cases[-1]["call"] = call
    return cases


def _grid(number: int) -> str:
    return f"{COMMUNITY}/a{(number + 1) // 2}/g{number}"


def _each(
    post: Any,
    ids: list[str],
    step: str,
    cases: list[dict[str, Any]],
    moment_of: str,
    after_s: int,
    **fields: Any,
) -> None:
    """A step of every case, so long after its report."""
    post.record(
        [
            {
                "kind": "case",
                "id": record,
                "step": step,
                moment_of: case["at"] + after_s * 1000,
                **fields,
            }
            for record, case in zip(ids, cases, strict=True)
        ]
    )
