"""What the demo itself knows it has recorded, to hold the office's figures against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

FEVER_TENTHS = 373


class Tally:
    """Records of the day by id, each with what it must add to the roll-up of the whole office."""

    def __init__(self) -> None:
        self._records: dict[bytes, tuple[str, ...]] = {}

    def visit(self, record: bytes, channel: str, outcome: str) -> None:
        """A visit was saved on somebody's terminal."""
        metrics = ("visits.total", f"visits.{channel}", f"visits.outcome.{outcome}")
        self._records[record] = ("activity.records", *metrics)

    def check(self, record: bytes, code: str, decision: str, temp_tenths: int) -> None:
        """A check was saved on somebody's terminal."""
        metrics = ["checks.total", f"checks.code.{code}", f"checks.{decision}"]
        if temp_tenths >= FEVER_TENTHS:
            metrics.append("checks.fever")
        self._records[record] = ("activity.records", *metrics)

    def void(self, record: bytes) -> None:
        """A saved record was voided again."""
        del self._records[record]

    def expected(self) -> dict[str, int]:
        """Metric to count."""
        counts: Counter[str] = Counter()
        for metrics in self._records.values():
            counts.update(metrics)
        return dict(sorted(counts.items()))

    def differences(self, metrics: Mapping[str, int]) -> list[str]:
        """Where a roll-up row of the whole office does not say what was recorded."""
        wanted = self.expected()
        touched = {name for name in metrics if name.startswith(("visits.", "checks.", "activity."))}
        # What the tally does not follow (distinct counts, strangers ...) is the audit's to prove.
        names = sorted(wanted.keys() | (touched & _FOLLOWED))
        return [
            f"{name}: the roll-up says {metrics.get(name, 0)}, recorded were {wanted.get(name, 0)}"
            for name in names
            if metrics.get(name, 0) != wanted.get(name, 0)
        ]


_FOLLOWED = frozenset(
    {"visits.total", "visits.door", "visits.phone", "visits.wechat", "checks.total"}
    | {"checks.fever", "checks.passed", "checks.turned_back", "checks.referred"}
    | {f"checks.code.{code}" for code in ("green", "yellow", "red", "none")}
    | {f"visits.outcome.{outcome}" for outcome in ("met", "no_answer", "refused", "moved")}
    | {"activity.records"}
)
