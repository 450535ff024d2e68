"""Words of the kind `unit`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Unit": "辖区",
        "Units": "辖区",
        "Level": "层级",
        "Place type": "场所类型",
        "Responsible leader": "分包领导",
        "No manager": "无主管",
        "Partner unit": "共建单位",
        "Duty phone": "值班电话",
        "WeChat group": "微信群",
        "Statistical division code": "区划代码",
        "Moved to": "迁至",
        "Doors that moved": "迁出的门牌",
        "Moved on": "调整日期",
    },
    options={
        "Sub-district office": "街道",
        "Community": "社区",
        "Area": "片区",
        "Micro-grid": "微网格",
        "Compound": "楼院",
        "Building": "楼栋",
        "Villagers' group": "村民组",
        "Residence": "居民楼",
        "Shop street": "沿街商户",
        "Kindergarten": "幼儿园",
        "Construction site": "工地",
        "School": "学校",
        "Office building": "写字楼",
        "Market": "市场",
        "Village": "村庄",
    },
    metrics={
        "units.{level}": "辖区（{level}）",
        "units.unmanaged": "无主管楼院",
        "units.unmanaged.alone": "无主管且无共建单位",
    },
)
