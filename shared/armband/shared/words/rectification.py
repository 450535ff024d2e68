"""Words of the kind `rectification`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Rectification": "整改",
        "Rectifications": "整改",
        "Item": "项目",
        "Re-checked": "复查时间",
        "Re-checked by": "复查人",
        "Re-check what was to be put right": "复查整改",
        "Re-check passed": "复查合格",
        "Re-check failed": "复查不合格",
        "Drop": "不再追究",
    },
    options={
        "Measures temperatures": "测温",
        "Checks codes": "验码",
        "Disinfects": "消杀",
        "Wears masks": "口罩",
        "Not put right": "未整改",
        "Put right": "已整改",
        "Dropped": "不再追究",
    },
    metrics={
        "rectifications.opened": "新开整改",
        "rectifications.opened.{item}": "新开整改：{item}",
        "rectifications.fixed": "整改完成",
        "rectifications.open": "整改中",
        "rectifications.overdue": "整改逾期",
    },
)
