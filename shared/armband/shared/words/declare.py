"""How the Chinese of what a kind declares is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """The Chinese of one kind's declarations; the English stands in these themselves.

    Attributes:
        labels: of the kind, its fields, hints, steps, duties and the problems that it names.
        options: of options; apart, as one English word may label a field and an option.
        here: field to its label where this kind says it otherwise than the rest.
        metrics: metric to its name; ``{field}`` stands for each option of that field in turn, on
            the left for its code, on the right for its word. Raw material has none.
    """

    labels: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    here: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)
