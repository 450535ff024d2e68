"""Chinese heads and labels of returnees, follow-ups, screenings and inquiries, as data."""

from __future__ import annotations

from collections.abc import Mapping

SPECIAL: Mapping[str, str] = {
    "returnee.days": "天数", "returnee.stay": "所到地点", "returnee.began_at": "开始时间",
    "returnee.began_by": "开始人", "returnee.ended_at": "结束时间", "screening.result": "结果",
    "inquiry.closed_at": "结束时间", "inquiry.closed_by": "结束人", "stay.begins_min": "起",
    "stay.ends_min": "止",
}  # fmt: skip
CHINESE: Mapping[str, str] = {
    "Police officer": "社区民警", "Follow-up": "随访",
}  # fmt: skip
