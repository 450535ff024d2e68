"""Words of the kind `resource`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Resource": "资源",
        "Resources": "资源",
        "Type": "类型",
        "Amount": "数量",
        "Counted in": "计量单位",
        "boxes, beds, people ...": "箱、张、人等",
    },
    options={
        "Organisation": "单位",
        "Premises": "场地",
        "Materials": "物资",
    },
    metrics={
        "resources.total": "资源",
        "resources.{type}": "资源：{type}",
    },
)
