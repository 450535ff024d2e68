"""Words of the kind `ack`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Acknowledgement": "确认",
        "Acknowledgements": "确认",
        "Answer": "答复",
        "Who": "人员",
        "Terminal": "终端",
    },
    options={
        "Seen": "已知",
        "Coming": "到岗",
        "Cannot come": "不能到岗",
    },
    here={
        "by": "姓名",
    },
    metrics={
        "acks.total": "通知答复",
        "acks.{answer}": "通知答复：{answer}",
    },
)
