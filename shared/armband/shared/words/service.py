"""Words of the kind `service`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Services": "服务",
        "What": "内容",
        "Wanted by day": "希望日期",
        "Wanted by time": "希望时间",
        "14:30": "14:30",
        "Every day until": "每天做到",
        "Who does it": "由谁办",
        "Registered elsewhere at": "户籍所在地",
        "残联, 民政": "残联、民政",
        "Appointment": "预约日期",
        "Appointment time": "预约时间",
        "Assigned at": "派给时间",
        "Assigned by": "派出人",
        "Handed to the agency at": "转办时间",
        "Handed to the agency by": "转办人",
        "Appointment made at": "约定时间",
        "Appointment made by": "约定人",
        "Do the service": "办理服务",
        "Ask the agency for an appointment": "向外单位约时间",
        "Today's service": "今天的服务",
        "Go to the appointment and note what came of it": "赴约并记下结果",
        "Assign": "派人",
        "Hand to an agency": "转外单位",
        "Appointment made": "已约定",
    },
    options={
        "Assigned": "已派人",
        "With an agency": "外单位办理",
        "Appointment made": "已约定",
    },
    metrics={
        "services.asked": "新增服务需求",
        "services.{sort}": "新增服务需求：{sort}",
        "services.escalated": "转外单位办理的服务",
        "services.done": "办结服务",
        "services.done.{sort}": "办结服务：{sort}",
        "services.open": "未办结服务",
        "services.open.{sort}": "未办结服务：{sort}",
        "services.overdue": "逾期服务",
        "services.feedback.p50_s": "首次反馈用时 p50（秒）",
        "services.feedback.p90_s": "首次反馈用时 p90（秒）",
        "services.finish.p50_s": "服务办结用时 p50（秒）",
        "services.finish.p90_s": "服务办结用时 p90（秒）",
    },
)
