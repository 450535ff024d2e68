"""Words of the kind `delivery`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Delivery": "送办",
        "Deliveries": "送办",
    },
    options={
        "Not done": "未办成",
    },
)
