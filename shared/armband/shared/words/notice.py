"""Words of the kind `notice`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Notices": "通知",
        "To which posts": "发给哪些岗位",
        "Tell every household": "逐户告知",
        "Urgent": "紧急",
        "Holds until": "有效至",
        "From whom": "发布人",
        "Acknowledge the notice": "确认通知",
        "Answer the call-up": "答复一键启动",
    },
    options={
        "Notice": "通知",
        "Briefing": "培训传达",
        "Call-up": "一键启动",
    },
    metrics={
        "notices.total": "通知",
        "notices.sort.{sort}": "通知：{sort}",
        "notices.to_households": "逐户告知的通知",
    },
)
