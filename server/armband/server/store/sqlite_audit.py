"""One moment of the store, row by row, for a recount."""

from __future__ import annotations

from collections.abc import Iterator

from armband.server.commit.rows import DigestKey, UnitDigest
from armband.server.model import OfficeRow
from armband.server.store import dbapi, sqlite_reports
from armband.server.store.audit_rows import AuditOp, AuditRecord
from armband.server.store.sqlite_office import read_office
from armband.server.store.values import decode_metrics, decode_places
from armband.shared.rollup import CellKey, MemberKey, Metrics, Places

OPS = """
    SELECT seq, id, prev, key_id, counter, branch, eff, hlc, suspect, record, kind, payload_hash,
           nonce, payload, hist
    FROM ops WHERE office = ? ORDER BY seq"""
OPS_BY_RECORD = """
    SELECT seq, id, prev, key_id, counter, branch, eff, hlc, suspect, record, kind, payload_hash,
           nonce, payload, hist
    FROM ops WHERE office = ? ORDER BY record, seq"""
RECORDS = "SELECT id, seq, kind, unit, state FROM records WHERE office = ? ORDER BY id"
CELLS = "SELECT day, unit, metrics FROM cells WHERE office = ? ORDER BY day, unit"
MEMBERS = """
    SELECT day, metric, member, places FROM members
    WHERE office = ? ORDER BY day, metric, member"""
DIGESTS = "SELECT kind, unit, count, digest FROM digests WHERE office = ? ORDER BY kind, unit"


class SqliteAuditSource:
    """See `port.AuditSource`; lives as long as the transaction in which it was made."""

    def __init__(self, conn: dbapi.Connection, office: str) -> None:
        self._conn = conn
        self._office = office

    def office(self) -> OfficeRow:
        """The office's row."""
        return read_office(self._conn, self._office)

    def ops(self) -> Iterator[AuditOp]:
        """The stamped operations by seq."""
        return self._ops(OPS)

    def ops_by_record(self) -> Iterator[AuditOp]:
        """The same by (record, seq)."""
        return self._ops(OPS_BY_RECORD)

    def _ops(self, sql: str) -> Iterator[AuditOp]:
        for row in self._conn.execute(sql, (self._office,)):
            yield AuditOp(*row)

    def records(self) -> Iterator[AuditRecord]:
        """The records by id."""
        for row in self._conn.execute(RECORDS, (self._office,)):
            yield AuditRecord(*row)

    def cells(self) -> Iterator[tuple[CellKey, Metrics]]:
        """The cells by key."""
        for day, unit, metrics in self._conn.execute(CELLS, (self._office,)):
            yield (day, unit), decode_metrics(metrics)

    def members(self) -> Iterator[tuple[MemberKey, Places]]:
        """The membership by key."""
        for day, metric, member, places in self._conn.execute(MEMBERS, (self._office,)):
            yield (day, metric, member), decode_places(places)

    def digests(self) -> Iterator[tuple[DigestKey, UnitDigest]]:
        """The digests by key."""
        for kind, unit, count, digest in self._conn.execute(DIGESTS, (self._office,)):
            yield (kind, unit), UnitDigest(count, digest)

    def changed_since(self, seq: int) -> Iterator[AuditOp]:
        """All operations of every record that changed after ``seq``, by (record, seq)."""
        return sqlite_reports.changed_since(self._conn, self._office, seq)
