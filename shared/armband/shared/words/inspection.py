"""Words of the kind `inspection`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Inspections": "巡查",
        "Measures temperatures": "测温",
        "Checks codes": "验码",
        "Disinfects": "消杀",
        "Wears masks": "口罩",
        "tomorrow when empty": "空着为明天",
    },
    metrics={
        "inspections.total": "巡查次数",
        "inspections.shops": "巡查商户数",
        "inspections.failed": "巡查不合格",
        "inspections.failed.measuring": "巡查不合格：测温",
        "inspections.failed.codes": "巡查不合格：验码",
        "inspections.failed.disinfection": "巡查不合格：消杀",
        "inspections.failed.masks": "巡查不合格：口罩",
    },
)
