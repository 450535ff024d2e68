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
)
