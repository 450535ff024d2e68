"""Words of the kind `screening`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Screenings": "排查",
        "when registered already": "已登记的填这里",
        "Register the returnee": "登记返郑人员",
    },
    options={
        "Nothing found": "无异常",
        "Is a returnee": "是返郑人员",
        "Abnormal": "异常",
        "Not reached": "未联系上",
    },
    here={
        "result": "结果",
        "name": "姓名",
    },
    metrics={
        "screenings.total": "排查人次",
        "screenings.{channel}": "排查：{channel}",
        "screenings.result.{result}": "排查结果：{result}",
        "screenings.persons": "排查人数",
        "screenings.ever": "累计排查人次",
        "screenings.ever.persons": "累计排查人数",
    },
)
