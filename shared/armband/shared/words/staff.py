"""Words of the kind `staff`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Staff": "人员",
        "Organisation": "单位",
        "Team": "队伍",
        "Serves until": "服务到",
        "On the reserve list": "储备人员",
    },
    here={
        "name": "姓名",
    },
    metrics={
        "staff.total": "人员",
        "staff.{posts}": "人员：{posts}",
        "staff.reserve": "储备人员",
        "staff.expired": "服务已到期人员",
        "posts.filled": "网格五岗已配",
    },
)
