"""Chinese heads and labels of notices, services and rounds of testing, as data."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "Notice": "通知", "Notice's day": "通知日期", "Planned": "计划", "Sort": "类别",
    "Briefing": "培训传达", "Call-up": "一键启动", "To which posts": "发给哪些岗位",
    "Tell every household": "逐户告知", "Holds until": "有效至", "From whom": "发布人",
    "Answer": "答复", "Seen": "已知", "Coming": "到岗", "Cannot come": "不能到岗",
    "Terminal": "终端", "Delivery without contact": "无接触配送", "Waste collection": "清运垃圾",
    "Errand": "跑腿", "Medicine": "买药", "Thermometer": "体温计",
    "Appointment with an agency": "预约外单位", "Assigned": "已派人",
    "With an agency": "外单位办理",
    "Appointment made": "已约定", "Wanted by day": "希望日期", "Wanted by time": "希望时间",
    "Every day until": "每天做到", "Who does it": "由谁办",
    "Registered elsewhere at": "户籍所在地",
    "Appointment": "预约日期", "Appointment time": "预约时间", "Assigned at": "派给时间",
    "Assigned by": "派出人", "Handed to the agency at": "转办时间",
    "Handed to the agency by": "转办人", "Appointment made at": "约定时间",
    "Appointment made by": "约定人", "Status": "情况", "Not done": "未办成", "Not yet": "未登记",
    "Service": "服务", "First day": "首日", "To come": "待开始", "Under way": "进行中",
    "Place of sampling": "采样点", "Started at": "开始时间", "Started by": "开始人",
    "Round": "轮次", "Declined": "拒采", "Exempt": "免采", "Absent": "不在",
    "Round's day": "轮次日期", "How many of the household": "本户人数", "Why not": "未采原因",
    "Who": "人员", "Person": "居民", "What": "内容", "Visit": "走访",
}  # fmt: skip
TITLES: Mapping[str, str] = {
    "notice": "通知台账", "ack": "通知确认台账", "service": "服务台账", "delivery": "送办台账",
    "round": "核酸轮次台账", "sample": "采样台账",
}  # fmt: skip
