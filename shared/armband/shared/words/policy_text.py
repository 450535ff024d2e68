"""Words of the kind `policy_text`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Policy text": "政策口径",
        "Policy texts": "政策口径",
        "In force from": "生效日期",
        "Last day in force": "失效前最后一天",
        "Topic": "主题",
        "Document and version": "文号与版本",
    },
    metrics={
        "policy_texts.total": "政策口径",
    },
)
