"""Words of the kind `checkpoint`."""

from __future__ import annotations

from armband.shared.words.declare import Words

WORDS = Words(
    labels={
        "Checkpoints": "卡点",
        "Form": "形式",
    },
    options={
        "Fixed": "固定",
        "Temporary": "临时",
        "Joint": "联合",
    },
    metrics={
        "checkpoints.total": "卡点",
    },
)
