"""Words of the kind `round`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Round of testing": "核酸轮次",
        "Rounds of testing": "核酸轮次",
        "Round 3, 第3轮": "第3轮",
        "First day": "首日",
        "the same when empty": "不填即当天",
        "Place of sampling": "采样点",
        "Started at": "开始时间",
        "Started by": "开始人",
        "Start the round": "开始本轮",
        "Close the round": "结束本轮",
        "Resume the round": "重开本轮",
        "Take samples, or note why not": "采样，未采的记原因",
    },
    options={
        "To come": "待开始",
        "Under way": "进行中",
    },
    here={
        "closed_at": "结束时间",
        "closed_by": "结束人",
    },
    metrics={
        "rounds.total": "核酸轮次",
        "rounds.planned": "计划轮次",
        "rounds.open": "进行中轮次",
    },
)
