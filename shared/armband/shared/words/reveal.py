"""Words of the kind `reveal`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Reveal": "查看记录",
        "Reveals": "查看记录",
        "Record looked at": "被查看记录",
        "Its kind": "记录类别",
        "Why looked at": "查看原因",
        "another reason must be said in words": "其他原因须写明",
    },
    options={
        "To call them": "需要联系本人",
        "To make sure who it is": "核对身份",
        "Urgent help": "紧急救助",
        "Epidemiological inquiry": "流行病学调查",
        "To put the record right": "更正信息",
        "Another reason": "其他原因",
    },
    metrics={
        "reveals.total": "查看记录",
        "reveals.{why}": "查看记录：{why}",
    },
)
