"""Words of the kind `shift`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Shift": "班次",
        "Shifts": "班次",
        "Shift from": "自",
        "20:00": "20:00",
        "Shift to": "至",
        "08:00": "08:00",
        "On watch": "值守人",
        "Hand-over note": "交接记录",
        "Note read at": "接班时间",
        "Note read by": "接班人",
        "Begin": "上岗",
        "End with a note": "写交接下班",
        "I have read the note": "已阅交接",
        "Call off": "取消班次",
        "Begin the shift": "上岗",
        "End the shift with a note to the next": "下班并写交接",
        "Read the hand-over note": "阅读交接记录",
    },
    options={
        "Planned": "已排班",
        "On duty": "在岗",
        "Ended": "已下班",
        "Note read": "已交接",
        "Called off": "已取消",
    },
    metrics={
        "shifts.total": "班次",
        "shifts.stood": "已上岗班次",
        "shifts.handed_over": "有交接记录的班次",
        "shifts.notes_read": "交接已阅的班次",
        "staff.on_duty": "正在值守",
    },
)
