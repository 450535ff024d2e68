"""Words of the kind `household`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Households": "住户",
        "Door": "门牌",
        "building-unit-room, such as 3-2-502": "楼-单元-室，如 3-2-502",
        "Head of household": "户主",
        "People": "人口",
        "Care": "重点人群",
        "Liaison": "联户党员",
        "Collect waste": "清运生活垃圾",
    },
    options={
        "Elder living alone": "独居老人",
        "Very old person": "高龄老人",
        "Disabled person": "残疾人",
        "Family in need": "困难群众",
        "Expecting mother": "孕产妇",
    },
    metrics={
        "households.total": "住户",
        "households.people": "住户人口",
        "households.without_liaison": "无联户党员的住户",
        "households.care.{care}": "重点人群：{care}",
    },
)
