"""Words of the kind `sample`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Sample": "采样",
        "Samples": "采样",
        "Round": "轮次",
        "Round's day": "轮次日期",
        "How many of the household": "本户人数",
        "Why not": "未采原因",
        "a household or a resident must be given": "须填住户或居民",
    },
    options={
        "Declined": "拒采",
        "Exempt": "免采",
        "Absent": "不在",
    },
    here={
        "name": "姓名",
    },
    metrics={
        "samples.{status}": "采样：{status}",
        "samples.persons": "采样人数",
    },
)
