"""Words of the kind `shop`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Shops": "商户",
        "Trade": "行业",
        "Address": "地址",
        "Not trading": "停业",
        "Inspect the shop": "巡查商户",
    },
    options={
        "Food shop": "食品店",
        "Restaurant": "餐饮",
        "Pharmacy": "药店",
        "Market stall": "摊位",
        "Barber": "理发",
        "Hotel": "宾馆",
        "Parcel station": "快递点",
        "Repair shop": "维修",
    },
    metrics={
        "shops.total": "商户",
        "shops.trading": "营业商户",
        "shops.shut": "停业商户",
        "shops.waiting": "今日待巡查商户",
    },
)
