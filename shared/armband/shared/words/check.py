"""Words of the kind `check`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Check": "核验",
        "Checks": "核验",
        "Code seen": "所见颜色",
        "Decision": "处置",
        "Stranger's name": "访客姓名",
        "Stranger's phone": "访客电话",
        "Direction": "方向",
        "Measured at": "测温部位",
        "Itinerary card": "行程卡",
    },
    options={
        "Green": "绿",
        "Yellow": "黄",
        "Red": "红",
        "None shown": "未出示",
        "Grey": "灰",
        "Expired": "过期",
        "No phone": "无手机",
        "Passed": "放行",
        "Turned back": "劝返",
        "Referred": "移交",
        "In": "进",
        "Out": "出",
        "Forehead": "额",
        "Wrist": "腕",
        "Ear": "耳",
        "Armpit": "腋",
        "Starred": "带星",
    },
    metrics={
        "checks.total": "核验人次",
        "checks.persons": "核验人数",
        "checks.{decision}": "核验处置：{decision}",
        "checks.code.{code}": "所见{code}",
        "checks.{direction}": "核验：{direction}",
        "checks.fever": "核验发热",
        "checks.strangers": "核验访客",
    },
)
