"""Words of the kind `visit`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Visits": "走访",
        "Purpose": "目的",
        "People seen": "见到人数",
        "Temperatures": "体温",
        "36.5 36.8": "36.5 36.8",
        "Needs": "需求",
        "Next visit": "下次走访",
        "Notice's day": "通知日期",
        "Visit again": "再次走访",
    },
    options={
        "Met": "见到",
        "No answer": "无人应答",
        "Refused": "拒访",
        "Moved away": "已搬走",
        "Sweep": "摸排",
        "Monitoring": "动态监测",
        "Care visit": "关怀走访",
    },
    metrics={
        "visits.total": "走访次数",
        "visits.households": "走访户数",
        "visits.{channel}": "走访：{channel}",
        "visits.outcome.{outcome}": "走访结果：{outcome}",
        "visits.people_seen": "走访见到人次",
        "visits.fever": "走访发热",
        "visits.needs": "走访发现需求",
        "publicity.households": "宣传已告知户数",
        "publicity.coverage_pct": "宣传覆盖率（%）",
        "activity.records": "走访和核验记录",
    },
)
