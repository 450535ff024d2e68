"""Words of the kind `followup`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Follow-ups": "随访",
        "Which": "时段",
        "Test result": "核酸结果",
        "Day of the measure": "第几天",
        "5": "5",
        "a returnee, a resident or a household must be given": "要填返郑人员、居民或户之一",
        "whoever is seen is measured; give the temperature": "见到人就要量体温，请填体温",
        "Report the illness": "上报身体异常",
    },
    options={
        "Seen, well": "见到，正常",
        "Seen, ill": "见到，异常",
        "Not met": "未见到",
        "Not attempted": "未去",
        "Not performed": "未做",
        "Morning": "早",
        "Evening": "晚",
        "Test": "核酸",
        "Negative": "阴性",
        "Positive": "阳性",
        "Refused the test": "拒检",
    },
    metrics={
        "followups.due": "应随访次数",
        "followups.total": "随访记录",
        "followups.outcome.{outcome}": "随访：{outcome}",
        "followups.fever": "随访发热",
        "followups.symptoms": "随访有症状",
        "followups.result.{result}": "随访核酸：{result}",
        "followups.persons": "随访人数",
        "followups.done": "已随访次数",
        "followups.missed": "漏随访次数",
    },
)
