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
    metrics={
        "deliveries.total": "送办",
        "deliveries.{sort}": "送办：{sort}",
        "deliveries.households": "送办户数",
        "deliveries.missed": "送办未成",
    },
)
