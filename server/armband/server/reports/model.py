"""A day's report, frozen or not, as data."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from armband.shared.rollup_report import AsOf, CoverageReport, RollupReport, Row


class FrozenDay(msgspec.Struct, frozen=True):
    """A day's figures as somebody fixed them.

    Attributes:
        edition: 1 for the first time that the day was frozen.
        hist: the history chain at ``figures.as_of.seq``, so that the records behind the figures
            are fixed, too.
        frozen_ms: when.
        author: who froze it: an account of the office's machine.
        figures: the unit and its direct parts on the day.
    """

    unit: str
    day: str
    edition: int
    hist: bytes
    frozen_ms: int
    author: str
    figures: RollupReport

    @property
    def checksum(self) -> str:
        """SHA-256 over all of it, as 64 hex digits: what is printed beside the signature."""
        return sha256(b"armband-day-1\0" + _canonical.encode(self)).hexdigest()


_canonical = msgspec.json.Encoder(order="deterministic")


class ChangedRecord(msgspec.Struct, frozen=True):
    """A record that counts otherwise on the day than when the day was frozen.

    Attributes:
        id: as 32 hex digits; ``armband-server export`` lists it.
        changed: stamp of its newest operation in UTC milliseconds.
        metrics: metric to how much more (or less) it gives.
    """

    id: str
    kind: str
    unit: str
    changed: int
    metrics: dict[str, int]


class Restatement(msgspec.Struct, frozen=True):
    """What has become of a frozen day.

    Attributes:
        as_of: the moment of comparison.
        rows: the day's figures of the unit and its parts then; empty when nothing differs.
        records: who made the difference, by kind and id, at most `MAX_RECORDS`.
        more: how many others there are.
    """

    as_of: AsOf
    rows: list[Row]
    records: list[ChangedRecord]
    more: int


MAX_RECORDS = 500


class DayReport(msgspec.Struct, frozen=True):
    """The report of one unit's day.

    Attributes:
        missing: the names of the grids that have not reported.
        figures: those that count: the frozen ones where the day is frozen.
        edition: 0 while the day is not frozen.
        hist: the history chain that the frozen figures are true at, in hex.
        checksum: of the frozen figures (see `FrozenDay.checksum`), else ``""``.
        proved: the office's history is still the one that the frozen figures were true at.
        restated: of a frozen day whose figures are not the same any more.
    """

    office: str
    office_name: str
    unit: str
    unit_name: str
    day: str
    missing: list[str]
    figures: RollupReport
    edition: int = 0
    frozen_ms: int = 0
    author: str = ""
    hist: str = ""
    checksum: str = ""
    proved: bool = True
    restated: Restatement | None = None

    @property
    def as_of(self) -> AsOf:
        """The moment at which the figures are true."""
        return self.figures.as_of

    @property
    def coverage(self) -> CoverageReport:
        """Which grids have reported."""
        return self.figures.coverage

    @property
    def whole(self) -> dict[str, int]:
        """The unit's own metrics."""
        return next((row.metrics for row in self.figures.rows if row.unit == self.unit), {})

    @property
    def parts(self) -> list[Row]:
        """The rows of its direct parts."""
        return [row for row in self.figures.rows if row.unit != self.unit]
