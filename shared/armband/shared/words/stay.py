"""Words of the kind `stay`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Place of an inquiry": "流调地点",
        "Places of inquiries": "流调地点",
        "08:30": "08:30",
        "To": "派给",
        "09:15": "09:15",
        "How they came": "如何前往",
        "With whom": "接触人员",
    },
    here={
        "begins_min": "起",
        "ends_min": "止",
    },
    metrics={
        "inquiries.places": "流调地点",
    },
)
