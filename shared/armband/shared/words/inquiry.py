"""Words of the kind `inquiry`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Inquiries": "流调",
        "Why": "原因",
        "Works at": "工作单位",
        "Ask back to": "追溯到",
        "2022-03-17 or -14": "2022-03-17 或 -14",
        "First symptoms": "首发症状日期",
        "2022-03-29": "2022-03-29",
        "Tests so far": "核酸情况",
        "Lives with": "同住人",
        "Finish the inquiry": "做完流调",
        "Close the inquiry": "流调完成",
    },
    options={
        "Confirmed case": "确诊病例",
        "Suspected": "疑似",
        "Returnee": "返郑人员",
    },
    here={
        "name": "姓名",
        "closed_at": "结束时间",
        "closed_by": "结束人",
    },
    metrics={
        "inquiries.opened": "新开流调",
        "inquiries.open": "进行中流调",
        "inquiries.closed": "办结流调",
    },
)
