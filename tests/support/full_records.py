"""Of each kind, records that together give every metric that the kind declares."""

from __future__ import annotations

from collections.abc import Mapping

from armband.shared.fields import Patch
from armband.shared.kinds import CATALOGUE

REF = "a" * 32
DAY = "2022-03-31"


def codes(kind: str, field: str) -> list[str]:
    """The option codes of a field."""
    return [option.code for option in CATALOGUE[kind].fields[field].options]


_UNIT: Patch = {"name": "x"}
_VISIT: Patch = {"household": REF, "channel": "door", "outcome": "met", "at": 1, "day": DAY}
_CASE: Patch = {
    "category": "security",
    "brief": "x",
    "channel": "phone",
    "state": "reported",
    "at": 1,
    "day": DAY,
}
_CASE_STEPS: Patch = {
    "dispatched_at": 2,
    "answered_at": 2,
    "escalated_at": 2,
    "accepted_at": 3,
    "closed_at": 5,
}
_ITEMS = ("measuring", "codes", "disinfection", "masks")
_CHECK: Patch = {"code": "red", "decision": "passed", "at": 1, "day": DAY}

_INSPECTION: Patch = {"shop": REF, "at": 1, "day": DAY, **dict.fromkeys(_ITEMS, False)}
_RECTIFICATION: Patch = {"shop": REF, "at": 1, "day": DAY, "due": DAY, "state": "open"}
_SHIFT: Patch = {"checkpoint": REF, "day": DAY, "begins_min": 0, "ends_min": 480}

_RETURNEE: Patch = {
    "name": "x",
    "arrived": DAY,
    "source": "issued",
    "risk": "high",
    "state": "registered",
    "at": 1,
    "day": DAY,
}
_COURSE: Patch = {"measure": "home", "starts": DAY, "days": 7, "temps_per_day": 2}
_FOLLOWUP: Patch = {"returnee": REF, "slot": "test", "at": 1, "day": DAY}
_SCREENING: Patch = {"channel": "online", "result": "normal", "at": 1, "day": DAY}
_INQUIRY: Patch = {"name": "x", "why": "case", "at": 1, "day": DAY}

_NOTICE: Patch = {"title": "x", "at": 1, "day": DAY, "households": True}
_ACK: Patch = {"notice": REF, "at": 1, "day": DAY}
_SERVICE: Patch = {"household": REF, "at": 1, "day": DAY}
_DELIVERY: Patch = {"household": REF, "status": "done", "at": 1, "day": DAY}
_SAMPLE: Patch = {"round": REF, "resident": REF, "at": 1, "round_day": DAY}

FULL: Mapping[str, list[Patch]] = {
    "returnee": [
        {**_RETURNEE, **_COURSE},
        *({**_RETURNEE, "source": code} for code in codes("returnee", "source")),
        *({**_RETURNEE, "measure": code} for code in codes("returnee", "measure")),
        *({**_RETURNEE, "state": code, "ended_at": 1} for code in codes("returnee", "state")),
    ],
    "followup": [
        {**_FOLLOWUP, "outcome": "seen_not_ok", "temp_tenths": 380, "symptoms": ["cough"]},
        *({**_FOLLOWUP, "outcome": code} for code in codes("followup", "outcome")),
        *(
            {**_FOLLOWUP, "outcome": "seen_ok", "result": code}
            for code in codes("followup", "result")
        ),
    ],
    "screening": [
        *({**_SCREENING, "channel": code} for code in codes("screening", "channel")),
        *({**_SCREENING, "result": code} for code in codes("screening", "result")),
    ],
    "inquiry": [{**_INQUIRY, "state": "open"}, {**_INQUIRY, "state": "closed", "closed_at": 1}],
    "stay": [{"inquiry": REF, "day": DAY, "place": "x"}],
    "shop": [{"name": "x"}, {"name": "x", "shut": True}],
    "inspection": [_INSPECTION],
    "rectification": [
        *({**_RECTIFICATION, "item": item} for item in _ITEMS),
        {**_RECTIFICATION, "item": "masks", "state": "fixed", "checked_at": 1},
    ],
    "shift": [{**_SHIFT, "state": "standing"}, {**_SHIFT, "state": "read", "handover": "x"}],
    "case": [
        *({**_CASE, "category": code} for code in codes("case", "category")),
        *({**_CASE, "channel": code} for code in codes("case", "channel")),
        {**_CASE, **_CASE_STEPS, "state": "cancelled"},
        *(
            {**_CASE, **_CASE_STEPS, "category": code, "state": "closed"}
            for code in codes("case", "category")
        ),
    ],
    "notice": [{**_NOTICE, "sort": code} for code in codes("notice", "sort")],
    "ack": [{**_ACK, "answer": code} for code in codes("ack", "answer")],
    "service": [
        *({**_SERVICE, "sort": code, "state": "open"} for code in codes("service", "sort")),
        *(
            {**_SERVICE, "sort": code, "state": "done", "done_at": 1, "escalated_at": 1}
            for code in codes("service", "sort")
        ),
    ],
    "delivery": [
        *({**_DELIVERY, "sort": code} for code in codes("delivery", "sort")),
        {**_DELIVERY, "sort": "waste", "status": "missed"},
    ],
    "round": [{"name": "x", "day": DAY, "state": state} for state in ("planned", "open")],
    "sample": [{**_SAMPLE, "status": code} for code in codes("sample", "status")],
    "reveal": [
        {"of": REF, "of_kind": "household", "why": code, "note": "x", "at": 1, "day": DAY}
        for code in codes("reveal", "why")
    ],
    "call": [{"topic": code, "at": 1, "day": DAY} for code in codes("call", "topic")],
    "policy_text": [{"title": "x", "text": "x", "from_day": DAY}],
    "unit": [
        {**_UNIT, "level": "compound", "no_manager": True},
        *({**_UNIT, "level": level} for level in codes("unit", "level")),
    ],
    "post": [{"staff": REF, "role": code} for code in codes("post", "role")],
    "resource": [{"name": "x", "type": code} for code in codes("resource", "type")],
    "household": [
        {"door": "1", "people": 3, "care": list(codes("household", "care"))},
    ],
    "resident": [{"name": "x", "residence": "floating", "registered_elsewhere": True}],
    "staff": [
        {"name": "x", "posts": list(codes("staff", "posts"))},
        {"name": "x", "until": DAY},
        {"name": "x", "reserve": True},
    ],
    "checkpoint": [{"name": "x"}],
    "visit": [
        {**_VISIT, "people_seen": 1, "temps": [380], "needs": "x", "notice": REF},
        *({**_VISIT, "channel": code} for code in codes("visit", "channel")),
        *({**_VISIT, "outcome": code} for code in codes("visit", "outcome")),
    ],
    "check": [
        {**_CHECK, "temp_tenths": 380, "direction": "in"},
        {**_CHECK, "direction": "out"},
        *({**_CHECK, "code": code} for code in codes("check", "code")),
        *({**_CHECK, "decision": code} for code in codes("check", "decision")),
    ],
}
