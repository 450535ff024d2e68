"""Words of the kind `call`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Calls": "来电",
        "About": "事由",
        "Caller": "来电人",
    },
    options={
        "Policy question": "政策咨询",
        "Returnee check": "返郑排查",
        "Request": "诉求",
    },
    metrics={
        "calls.total": "来电",
        "calls.{topic}": "来电：{topic}",
    },
)
