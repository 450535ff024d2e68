"""Words of the kind `post`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Post": "岗位",
        "Role": "岗位",
        "must not be before the first day": "不能早于起始日",
    },
    metrics={
        "posts.total": "岗位记录",
        "posts.{role}": "岗位记录：{role}",
        "posts.vacant": "网格五岗空缺",
    },
)
