"""Chinese heads and labels of shops, inspections and shifts in exports."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "Trade": "行业", "Food shop": "食品店", "Restaurant": "餐饮", "Pharmacy": "药店",
    "Market stall": "摊位", "Barber": "理发", "Hotel": "宾馆", "Parcel station": "快递点",
    "Repair shop": "维修", "Address": "地址", "Not trading": "停业", "Shop": "商户",
    "Measures temperatures": "测温", "Checks codes": "验码", "Disinfects": "消杀",
    "Wears masks": "口罩", "Put right by": "整改期限", "Item": "项目", "Not put right": "未整改",
    "Put right": "已整改", "Dropped": "不再追究", "Inspection": "巡查", "Re-checked": "复查时间",
    "Re-checked by": "复查人", "Shift from": "自", "Shift to": "至", "On duty": "在岗",
    "Ended": "已下班", "Note read": "已交接", "Called off": "已取消", "On watch": "值守人",
    "Began": "上岗时间", "Began by": "上岗人", "Hand-over note": "交接记录",
    "Note read at": "接班时间",
    "Note read by": "接班人",
}  # fmt: skip
TITLES: Mapping[str, str] = {
    "shop": "商户台账", "inspection": "巡查台账", "rectification": "整改台账", "shift": "值班台账",
}  # fmt: skip
